import type { Dictionary } from "./dictionary";
import { ENGLISH } from "./explain-english";
import { FRENCH } from "./explain-french";

/** By their ISO 639 codes. */
export const DICTIONARIES = { en: ENGLISH, fr: FRENCH } satisfies Record<string, Dictionary>;

export type Language = keyof typeof DICTIONARIES;
