import { audit } from "../audit/audit";
import { GUESTS_PER_HOUSEHOLD_MAX, RESIDENTS_PER_HOUSEHOLD_MAX } from "../limits";
import { DIGITS_MIN } from "../access/pin";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";

/** What a manager lets households do (O5, O12, O14). It binds members; whoever lives there already stays. */
export interface HouseholdRules {
  mayAddResidents: boolean;
  mayAddGuests: boolean;
  /** Of one household, pending ones included. */
  residentsMax: number;
  guestsMax: number;
  /** From start to end of a permanent guest's access; null: as far as any grant may reach. */
  guestDaysMax: number | null;
  /** From the giving of a share to its end (O12). */
  shareDaysMax: number;
  /** Codes renew after as many days; null: never by themselves (O14). */
  pinRenewalDays: number | null;
  /** For how long an old code still opens beside the new one. */
  pinOverlapDays: number;
  /** A code of its own for each door, instead of one for all. */
  pinPerDoor: boolean;
  /** Shortest code that is drawn; longer ones where a door's population asks for them (X9). */
  pinDigitsMin: number;
  /** Whether there are groups of doors and people (N12); they are the manager's. */
  groups: boolean;
}

export const DEFAULT_RULES: HouseholdRules = {
  mayAddResidents: true,
  mayAddGuests: true,
  residentsMax: RESIDENTS_PER_HOUSEHOLD_MAX,
  guestsMax: GUESTS_PER_HOUSEHOLD_MAX,
  guestDaysMax: 366,
  shareDaysMax: 90,
  pinRenewalDays: null,
  pinOverlapDays: 7,
  pinPerDoor: false,
  pinDigitsMin: DIGITS_MIN,
  groups: false,
};

/** @param text properties.rules: what its manager has set, of any version of this program. */
export function parseRules(text: string): HouseholdRules {
  return { ...DEFAULT_RULES, ...(JSON.parse(text) as Partial<HouseholdRules>) };
}

/** The rules in force at a property. */
export async function readRules(unit: Unit, property: string): Promise<HouseholdRules> {
  const { rules } = await unit.selectFrom("properties").select("rules").where("id", "=", property).executeTakeFirstOrThrow();
  return parseRules(rules);
}

/**
 * Households get other rules; whoever lives there already stays (O5).
 * @throws {Refusal} `in-use`: groups are not switched off while there are some.
 */
export async function setRules(unit: Unit, property: string, rules: HouseholdRules, actor: string, now: number): Promise<void> {
  if (!rules.groups && (await unit.selectFrom("groups").select("id").where("property_id", "=", property).limit(1).executeTakeFirst()) !== undefined) {
    throw new Refusal("in-use", "There are groups, by which people open doors: remove them first.");
  }
  const { version } = await unit.selectFrom("properties").select("version").where("id", "=", property).executeTakeFirstOrThrow();
  await unit.updateTable("properties").set({ rules: JSON.stringify(rules), version: version + 1 }).where("id", "=", property).execute();
  await audit(unit, { at: now, actor, action: "property.rules", subject: `property/${property}`, detail: { ...rules } });
}
