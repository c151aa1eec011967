import { z } from "@hono/zod-openapi";
import type { Carriers } from "../../couriers/courier-news";
import type { Unit } from "../../store/store";
import { truthOfGrants, type DoorTruth } from "../../truth/revocation-truth";
import { formatInstant } from "./grant-format";
import { Id, Instant } from "../schemas";

/** Phones that carry a door's news (X2). */
export const CarryingPhones = z.strictObject({ phones: z.int(), since: Instant, latest: Instant.openapi({ description: "When one of them last asked, within ten minutes." }) }).openapi("CarryingPhones");

export const FormattedTruth = z
  .looseObject({
    door: Id,
    name: z.string(),
    state: z.enum(["acknowledged", "never-delivered", "stolen", "ended", "pending"]).openapi({ description: "stolen: the door is no part of the building any more, and nobody waits for it." }),
    version: z.int().nullable().openapi({ description: "First list without the access; null: not signed yet." }),
    acknowledgedAt: Instant.nullable(),
    acknowledgedBy: z.enum(["network", "phone"]).nullable().openapi({ description: "Which way the door's receipt came: over its own connection, or by a phone that was there." }),
    carriers: CarryingPhones.nullable().openapi({ description: "Phones that were given the news to carry to this door, where it has not acknowledged it; null: none. That they carry it proves nothing." }),
    mayOpenUntil: Instant.nullable().openapi({ description: "null with `pending`: no limit until the door is reached." }),
    says: z.string(),
    sum: z.looseObject({}).nullable().openapi({ description: "How `mayOpenUntil` comes about." }),
  })
  .openapi("DoorTruth");
export type FormattedTruth = z.output<typeof FormattedTruth>;

/** The truth of all of a person's revoked grants. */
export async function truthOfPerson(unit: Unit, person: string, now: number): Promise<FormattedTruth[]> {
  const grants = await unit
    .selectFrom("grants as grant")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .where("credential.person_id", "=", person)
    .where("grant.revoked_at", "is not", null)
    .select("grant.id")
    .execute();
  return (await truthOfGrants(unit, grants.map((grant) => grant.id), now)).map(formatTruth);
}

export async function truthOfRevocation(unit: Unit, revocation: string, now: number): Promise<FormattedTruth[]> {
  const grants = await unit.selectFrom("grants").select("id").where("revocation_id", "=", revocation).execute();
  return (await truthOfGrants(unit, grants.map((grant) => grant.id), now)).map(formatTruth);
}

/** The truth of all rights that ended with a lost phone (A1). */
export async function truthOfPhone(unit: Unit, phone: string, now: number): Promise<FormattedTruth[]> {
  const endings = unit.selectFrom("phone_endings").select("revocation_id").where("phone_id", "=", phone);
  const grants = await unit.selectFrom("grants").select("id").where("revocation_id", "in", endings).execute();
  return (await truthOfGrants(unit, grants.map((grant) => grant.id), now)).map(formatTruth);
}

/** The truth of all rights that a key had and has no more, those by groups too. */
export async function truthOfKey(unit: Unit, key: string, now: number): Promise<FormattedTruth[]> {
  const credentials = unit.selectFrom("credentials").select("id").where("key_id", "=", key);
  const grants = await unit.selectFrom("grants").select("id").where("credential_id", "in", credentials).where("revoked_at", "is not", null).execute();
  return (await truthOfGrants(unit, grants.map((grant) => grant.id), now)).map(formatTruth);
}

/** Of one door: `name` is the person's. */
export const PersonAtDoor = FormattedTruth.omit({ door: true }).extend({ person: Id });
export type PersonAtDoor = z.output<typeof PersonAtDoor>;

/** Everybody whose access to a door has ended without its having acknowledged that, with their worst case. */
export async function truthAtDoor(unit: Unit, door: string, now: number): Promise<PersonAtDoor[]> {
  const rows = await unit
    .selectFrom("grant_doors as at")
    .innerJoin("grants as grant", "grant.id", "at.grant_id")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .innerJoin("people as person", "person.id", "credential.person_id")
    .where("at.door_id", "=", door)
    .where("at.acknowledged_at", "is", null)
    .where("at.never_left", "=", 0)
    .where("grant.revoked_at", "is not", null)
    .orderBy("person.id")
    .select(["grant.id as grant", "person.id as person", "person.name"])
    .execute();
  const people: PersonAtDoor[] = [];
  for (const { person, name } of new Map(rows.map((row) => [row.person, row])).values()) {
    const grants = rows.filter((row) => row.person === person).map((row) => row.grant);
    const truth = (await truthOfGrants(unit, grants, now, door)).map(formatTruth).find(({ state }) => state === "pending" || state === "ended" || state === "stolen");
    if (truth === undefined) continue;
    const { door: _, ...rest } = truth;
    people.push({ ...rest, person, name });
  }
  return people;
}

/** `mayOpenUntil` null with `pending`: no limit until the door is reached. `sum` shows how it comes about. */
function formatTruth({ door, doorName, state, version, acknowledgedAt, acknowledgedBy, carriers, latest }: DoorTruth): FormattedTruth {
  const shown = latest !== undefined && latest.end > 0 ? latest : undefined;
  return {
    door,
    name: doorName,
    state,
    version: version ?? null,
    acknowledgedAt: acknowledgedAt === undefined ? null : formatInstant(acknowledgedAt),
    acknowledgedBy: acknowledgedBy ?? null,
    carriers: formatCarriers(carriers),
    mayOpenUntil: shown === undefined ? null : formatInstant(shown.until),
    says: [sayTruth(state, shown === undefined ? undefined : formatInstant(shown.until)), ...(acknowledgedBy === "phone" ? ["a phone brought its receipt"] : []), ...(carriers === undefined ? [] : [sayCarriers(carriers)])].join("; "),
    sum:
      shown === undefined
        ? null
        : {
            [shown.bound === "lease" ? "lastLeaseEnds" : "rightEnds"]: formatInstant(shown.end),
            graceSeconds: shown.graceSeconds,
            clockSeconds: shown.clockSeconds,
            driftSeconds: shown.driftSeconds,
            unlockSeconds: shown.unlockSeconds,
          },
  };
}

export function formatCarriers(carriers: Carriers | undefined): z.output<typeof CarryingPhones> | null {
  return carriers === undefined ? null : { phones: carriers.phones, since: formatInstant(carriers.since), latest: formatInstant(carriers.latest) };
}

function sayCarriers({ phones, since }: Carriers): string {
  return `${phones === 1 ? "a phone carries" : `${phones} phones carry`} the news, the first since ${formatInstant(since)}`;
}

function sayTruth(state: DoorTruth["state"], until: string | undefined): string {
  switch (state) {
    case "acknowledged":
      return "the door has acknowledged it";
    case "never-delivered":
      return "the door never had this access";
    case "stolen":
      return "the door is lost or stolen: what it knew is renewed everywhere else";
    case "ended":
      return "the door has not acknowledged it, but its last lease has ended";
    case "pending":
      return until === undefined ? "no limit until the door is reached" : `may open until at most ${until}`;
  }
}
