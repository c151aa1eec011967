import type { Unit } from "../store/store";
import type { PinParts } from "./codes";
import { renewCodes, type RenewedCodes } from "./renew-codes";
import { tellRenewal, type TellParts, type Told } from "./tell-renewal";

/** Somebody whose codes were renewed because another one knew them. */
export interface RenewedPerson extends RenewedCodes {
  person: string;
  name: string;
  told: Told;
}

/**
 * Renews every code that somebody has seen and that still opens, at once and without overlap: for whoever a court has
 * told to stay away (O7). To be called after their own access has ended. Whose codes they were is told.
 * @param viewers as `pin_views` names them: `account/…`.
 * @param household whose codes: what they have seen elsewhere, their own in another flat, is not the court's concern.
 * @param removal the act that it is part of.
 * @throws {Refusal} `door-full`.
 */
export async function renewViewedPins(unit: Unit, parts: PinParts & TellParts, viewers: readonly string[], household: string, removal: string | undefined, actor: string, now: number): Promise<RenewedPerson[]> {
  if (viewers.length === 0) return [];
  const seen = await unit
    .selectFrom("pin_views as view")
    .innerJoin("credentials as credential", "credential.id", "view.credential_id")
    .innerJoin("people as person", "person.id", "credential.person_id")
    .innerJoin("memberships as place", "place.person_id", "person.id")
    .where("view.viewer", "in", viewers)
    .where("place.household_id", "=", household)
    .where("credential.revoked_at", "is", null)
    .where("person.revoked_at", "is", null)
    .select(["view.credential_id", "person.id", "person.name"])
    .orderBy("person.id")
    .execute();
  const only = new Set(seen.map(({ credential_id }) => credential_id));
  const renewed: RenewedPerson[] = [];
  for (const [id, name] of new Map(seen.map((row) => [row.id, row.name]))) {
    const codes = await renewCodes(unit, parts, id, { reason: "security", overlapSeconds: 0, only, ...(removal !== undefined && { removal }) }, actor, now);
    if (codes.revocation === undefined) continue;
    const told = await tellRenewal(unit, parts, id, { reason: "security", oldUntil: undefined }, now);
    renewed.push({ ...codes, person: id, name, told });
  }
  return renewed;
}
