import { join } from "node:path";
import type { ApiClient } from "./api-client";
import type { FoundDoor } from "./seed";
import { enter, type Session } from "./session";

/** Who lives in the demo's house and opens with a phone; any of their phones carries news to any of its doors. */
const TENANTS = [
  { name: "Dina Rossi", email: "dina@example.com", flat: "Flat 1" },
  { name: "Emil Novak", email: "emil@example.com", flat: "Flat 2" },
] as const;

export interface Tenant {
  name: string;
  email: string;
  /** Of their place in their household; undefined once they have moved out. */
  person: string | undefined;
  session: Session;
}

interface Places {
  places: { person: string; property: string; state: string }[];
  invitations: { id: string }[];
}

/**
 * Makes sure that the tenants have their flats and accounts, and signs them in. Whoever has moved out stays out.
 * @param folder where their sessions are kept.
 * @throws {Error} messages leave this computer, so that nobody here can read the codes in them.
 */
export async function seedTenants(api: ApiClient, property: string, doors: readonly FoundDoor[], folder: string): Promise<Tenant[]> {
  const tenants: Tenant[] = [];
  const units = await api.list<{ id: string; name: string }>(`/properties/${property}/units`);
  for (const { name, email, flat } of TENANTS) {
    const session = await enter(api, { email, name }, join(folder, `session-${email}`));
    let mine = await session.get<Places>("/account/places");
    if (mine.places.length === 0) {
      if (mine.invitations.length === 0) {
        const { id: unit } = units.find((each) => each.name === flat) ?? (await api.post<{ id: string }>(`/properties/${property}/units`, { name: flat, doors: doors.map(({ id }) => id) }));
        await api.post("/leases", { unit, leaseholders: [{ name, email }] });
        mine = await session.get<Places>("/account/places");
      }
      for (const { id } of mine.invitations) await session.send("POST", `/account/invitations/${id}/accept`);
      mine = await session.get<Places>("/account/places");
    }
    tenants.push({ name, email, session, person: mine.places.find(({ state }) => state === "active")?.person });
  }
  return tenants;
}
