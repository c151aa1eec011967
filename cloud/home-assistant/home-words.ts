import type { HomeChoice } from "./home-choice";

/**
 * Names of what a door shows in Home Assistant; the door's own name stands before each. Where there is none, Home
 * Assistant says what kind of thing it is in its reader's language.
 */
export interface HomeWords {
  model: string;
  lock: string;
  forced: string;
  held: string;
  keypad: string;
  problem: string;
  lastAccess: string;
  activity: string;
}

export const HOME_WORDS: Record<HomeChoice["language"], HomeWords> = {
  en: { model: "Door controller", lock: "Lock", forced: "Forced open", held: "Held open", keypad: "Keypad locked out", problem: "Trouble", lastAccess: "Last access", activity: "Activity" },
  fr: { model: "Contrôleur de porte", lock: "Serrure", forced: "Ouverte de force", held: "Restée ouverte", keypad: "Clavier bloqué", problem: "Anomalie", lastAccess: "Dernier passage", activity: "Activité" },
};
