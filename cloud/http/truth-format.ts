import { z } from "@hono/zod-openapi";
import type { Unit } from "../store/store";
import { truthOfGrants, type DoorTruth } from "../truth/revocation-truth";
import { formatInstant } from "./grant-format";
import { Id, Instant } from "./schemas";

export const FormattedTruth = z
  .looseObject({
    door: Id,
    name: z.string(),
    state: z.enum(["acknowledged", "never-delivered", "ended", "pending"]),
    version: z.int().nullable().openapi({ description: "First list without the access; null: not signed yet." }),
    acknowledgedAt: Instant.nullable(),
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

/** `mayOpenUntil` null with `pending`: no limit until the door is reached. `sum` shows how it comes about. */
function formatTruth({ door, doorName, state, version, acknowledgedAt, latest }: DoorTruth): FormattedTruth {
  const shown = latest !== undefined && latest.end > 0 ? latest : undefined;
  return {
    door,
    name: doorName,
    state,
    version: version ?? null,
    acknowledgedAt: acknowledgedAt === undefined ? null : formatInstant(acknowledgedAt),
    mayOpenUntil: shown === undefined ? null : formatInstant(shown.until),
    says: sayTruth(state, shown === undefined ? undefined : formatInstant(shown.until)),
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

function sayTruth(state: DoorTruth["state"], until: string | undefined): string {
  switch (state) {
    case "acknowledged":
      return "the door has acknowledged it";
    case "never-delivered":
      return "the door never had this access";
    case "ended":
      return "the door has not acknowledged it, but its last lease has ended";
    case "pending":
      return until === undefined ? "no limit until the door is reached" : `may open until at most ${until}`;
  }
}
