import { Client, addIdentifier, authenticateAgain, messagesTo, signIn, siteClient } from "./sign-in";
import type { Json } from "./cloud-rig";
import type { World, WorldDoor } from "./world";

/** A building with flats, a manager, and people who live there: everything through the API, as they would do it. */
export class Building {
  readonly world: World;
  manager!: Client;

  private constructor(world: World) {
    this.world = world;
  }

  /** @param world with its doors. */
  static async of(world: World): Promise<Building> {
    const building = new Building(world);
    building.manager = await managerOf(world, world.property, "manager@example.com");
    return building;
  }

  /** A flat that opens these doors (all by default). @returns its id. */
  async flat(name: string, doors: readonly WorldDoor[] = this.world.doors, number?: string): Promise<string> {
    return (await this.manager.post(`/properties/${this.world.property}/units`, { name, doors: doors.map((door) => door.id), ...(number !== undefined && { number }) })).id;
  }

  /** Other rules for the property. */
  async rules(changes: object): Promise<void> {
    const { headers, body } = await this.manager.send("GET", `/properties/${this.world.property}/rules`);
    await this.manager.expect(200, "PUT", `/properties/${this.world.property}/rules`, { ...body, ...changes }, { "if-match": headers.get("etag")! });
  }

  /** A lease of one leaseholder whose account has both addresses, so that it is theirs at once. */
  async leaseholder(flat: string, who: string, terms: object = {}): Promise<Tenant> {
    const client = await signIn(this.world, `${who}@example.com`, { name: who });
    const phone = phoneOf(who);
    await addIdentifier(client, phone);
    const { household, leases } = await this.manager.post("/leases", { unit: flat, leaseholders: [{ name: who, email: `${who}@example.com`, phone }], ...terms });
    return { client, household, person: leases[0].person };
  }

  /** Somebody who has been invited by e-mail and has accepted. @param by an administrator. */
  async invited(by: Tenant, who: string, member: object): Promise<Tenant> {
    const { person } = await by.client.post(`/households/${by.household}/members`, { email: `${who}@example.com`, ...member });
    const client = await signIn(this.world, `${who}@example.com`, { name: who });
    const { invitations } = await client.get("/account/places");
    await client.post(`/account/invitations/${invitations[0].id}/accept`, {}, 200);
    return { client, household: by.household, person };
  }
}

/** Somebody with a place in a household, and their browser. */
export interface Tenant {
  client: Client;
  household: string;
  person: string;
}

/** The manager of a property, appointed by the site through an invitation. */
export async function managerOf(world: World, property: string, email: string): Promise<Client> {
  await siteClient(world).post(`/properties/${property}/managers`, { email });
  const manager = await signIn(world, email, { name: "The manager" });
  await manager.post("/managers/accept", { token: await lastToken(world, email, "manager-invitation") }, 200);
  return manager;
}

/** A French mobile number of somebody's own, made of their name. */
export function phoneOf(who: string): string {
  const digits = [...who].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 10_000_000, 7);
  return `+3361${String(digits).padStart(7, "0")}`;
}

/** The token in the newest link to an address. */
export async function lastToken(world: World, identifier: string, kind?: string): Promise<string> {
  const messages = (await messagesTo(world, identifier)).filter((message) => kind === undefined || message.kind === kind);
  const token = messages.flatMap((message) => /#([A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])/.exec(message.text)?.[1] ?? [])[0];
  if (token === undefined) throw new Error(`no link was sent to ${identifier}`);
  return token;
}

/** The digits that somebody may see of a member: their newest code in force (O10). */
export async function pinOf(viewer: Client, person: string): Promise<string> {
  await authenticateAgain(viewer);
  const { items } = await viewer.get(`/members/${person}/pins`);
  const inForce = items.filter((code: Json) => code.kind === "pin" && code.replacedAt === null);
  return (await viewer.get(`/members/${person}/pins/${inForce[inForce.length - 1].id}`)).pin;
}
