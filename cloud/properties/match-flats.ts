import { matchHousehold, type CredentialParts } from "../households/member-access";
import type { GivenCredential } from "../people/give-credential";
import { tellAddition, type TellParts } from "../pins/tell-renewal";
import type { Unit } from "../store/store";
import { householdsOf, type UnitEffect } from "./unit-effect";

export type FlatParts = CredentialParts & TellParts;

/** What a change of doors came to. */
export interface DoorsChanged {
  effect: UnitEffect[];
  /** Codes that are new, of people whom nobody but whoever makes the change can give them to (P2). */
  given: Map<string, GivenCredential[]>;
}

/**
 * Brings what everybody in some flats opens in line with the flats' doors. A code stays and reaches the doors that are
 * new; where it cannot be used, there is another one for those, and its holder is told.
 * @returns codes of people whom nobody could tell.
 * @throws {Refusal} `door-full`.
 */
export async function matchFlats(unit: Unit, parts: FlatParts, flats: readonly string[], actor: string, now: number): Promise<DoorsChanged["given"]> {
  const untold: DoorsChanged["given"] = new Map();
  for (const flat of flats) {
    for (const household of await householdsOf(unit, flat)) {
      for (const [person, given] of await matchHousehold(unit, parts, household, actor, now)) {
        if (given.length > 0 && (await tellAddition(unit, parts, person, now)) === "nobody") untold.set(person, given);
      }
    }
  }
  return untold;
}
