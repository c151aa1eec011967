import type { ApiClient } from "./api-client";
import { PROPERTY, RESIDENTS, type Resident } from "./residents";

/** A door as an installer finds it: its name, and the text of its claim QR. */
export interface FoundDoor {
  name: string;
  id: string;
  claim: string;
}

export interface SeededPerson {
  id: string;
  about: string;
  name: string;
  pin: string;
}

interface Named {
  id: string;
  name: string;
}

interface Access {
  pins: { id: string; revokedAt: string | null; grants: { revokedAt: string | null; notAfter?: string }[] }[];
}

/**
 * Makes sure that the house is there: property, doors, people. What is there already stays as it is, so that a
 * second start changes nothing, and one after a crash finishes what the first began.
 * @param now ms since 1970.
 */
export async function seedHouse(api: ApiClient, doors: readonly FoundDoor[], timeZone: string, now: number): Promise<string> {
  const property =
    (await api.list<Named>("/properties")).find(({ name }) => name === PROPERTY) ??
    (await api.post<Named>("/properties", { name: PROPERTY, timeZone }));
  const known = await api.list<Named>(`/doors?property=${property.id}`);
  for (const { name, id, claim } of doors) {
    if (!known.some((door) => door.id === id)) await api.post("/doors", { property: property.id, name, claim });
  }
  const people = await api.list<Named>(`/people?property=${property.id}`);
  for (const resident of RESIDENTS) {
    if (!people.some(({ name }) => name === resident.name)) await addResident(api, property.id, doors, resident, now);
  }
  return property.id;
}

/** Waits until every door has acknowledged a list. @returns the names of those that have not within the time. */
export async function waitForLists(api: ApiClient, doors: readonly FoundDoor[], limitMs: number): Promise<string[]> {
  const end = Date.now() + limitMs;
  for (;;) {
    const missing: string[] = [];
    for (const { name, id } of doors) {
      const { list } = await api.get<{ list: { upToDate: boolean } | null }>(`/doors/${id}/who-can-open`);
      if (!list?.upToDate) missing.push(name);
    }
    if (missing.length === 0 || Date.now() > end) return missing;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The PINs that still may open something; each view is in the cloud's audit. */
export async function readPins(api: ApiClient, property: string): Promise<SeededPerson[]> {
  const people = await api.list<Named & { revokedAt: string | null }>(`/people?property=${property}`);
  const seeded: SeededPerson[] = [];
  for (const { name, about } of RESIDENTS) {
    const person = people.find((one) => one.name === name && one.revokedAt === null);
    if (!person) continue;
    const { pins } = await api.get<Access>(`/people/${person.id}/access`);
    for (const { id, revokedAt, grants } of pins) {
      const live = grants.filter((grant) => grant.revokedAt === null);
      if (revokedAt !== null || live.length === 0) continue;
      const { pin } = await api.get<{ pin: string }>(`/people/${person.id}/pins/${id}`);
      const [{ notAfter }] = live;
      seeded.push({ id: person.id, name, pin, about: notAfter === undefined ? about : `${about}, until ${notAfter}` });
    }
  }
  return seeded;
}

/** Moves somebody in, with a PIN. @param now ms since 1970. */
export async function addResident(api: ApiClient, property: string, doors: readonly FoundDoor[], resident: Resident, now: number): Promise<void> {
  const { name, windows, uses, endsAfterDays } = resident;
  const grant = {
    doors: resident.doors.filter((index) => index < doors.length).map((index) => doors[index].id),
    ...(windows && { windows }),
    ...(uses !== undefined && { uses }),
    ...(endsAfterDays !== undefined && { notAfter: new Date(now + endsAfterDays * 86_400_000).toISOString() }),
  };
  await api.post("/people", { property, name, class: resident.class, pins: [{ grants: [grant] }] });
}
