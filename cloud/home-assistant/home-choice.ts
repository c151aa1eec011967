import { audit } from "../audit/audit";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";

/** What a manager lets the home's own Home Assistant have of a property's doors (X13). Nothing, until they say so. */
export interface HomeChoice {
  /** Whether its doors are published there at all. */
  enabled: boolean;
  /** Whether it may open them: an opening from afar like others, under its own name. */
  unlock: boolean;
  /** Whether it is told who came in, and not only that somebody did (O15). */
  names: boolean;
  /** Of the names of what is published. */
  language: "en" | "fr";
}

export const NO_HOME: HomeChoice = { enabled: false, unlock: false, names: false, language: "en" };

/** @param text properties.home_assistant: of any version of this program. */
export function parseHomeChoice(text: string): HomeChoice {
  const { enabled, unlock, names, language } = { ...NO_HOME, ...(JSON.parse(text) as Partial<HomeChoice>) };
  return { enabled, unlock, names, language };
}

/** @throws {Refusal} `not-found`. */
export async function readHomeChoice(unit: Unit, property: string): Promise<HomeChoice> {
  const row = await unit.selectFrom("properties").select("home_assistant").where("id", "=", property).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such property.");
  return parseHomeChoice(row.home_assistant);
}

/** The property exists. */
export async function setHomeChoice(unit: Unit, property: string, choice: HomeChoice, actor: string, now: number): Promise<void> {
  const { version } = await unit.selectFrom("properties").select("version").where("id", "=", property).executeTakeFirstOrThrow();
  await unit.updateTable("properties").set({ home_assistant: JSON.stringify(choice), version: version + 1 }).where("id", "=", property).execute();
  await audit(unit, { at: now, actor, action: "property.home-assistant", subject: `property/${property}`, detail: { ...choice } });
}

/** Whether Home Assistant may open doors of a property now. */
export function mayUnlock({ enabled, unlock }: HomeChoice): boolean {
  return enabled && unlock;
}
