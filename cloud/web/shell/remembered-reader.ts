import { isLanguage, type LanguageName } from "../language/speaking";

/** Who was signed in here when there last was a network: enough to greet them and no more. */
export interface RememberedReader {
  name: string;
  language: LanguageName;
}

const READER = "latchkey-reader";
const PLACE = "latchkey-place";
const LEAVING = "latchkey-leaving";

/** undefined: nobody, or this browser keeps nothing. */
export function rememberedReader(): RememberedReader | undefined {
  try {
    const { name, language } = JSON.parse(kept(READER) ?? "{}") as Partial<Record<keyof RememberedReader, unknown>>;
    return typeof name === "string" && isLanguage(language) ? { name, language } : undefined;
  } catch {
    return undefined;
  }
}

export function rememberReader({ name, language }: RememberedReader): void {
  keep(READER, JSON.stringify({ name, language }));
}

export function forgetReader(): void {
  keep(READER, undefined);
  keep(PLACE, undefined);
}

/** Path of the place where they were last: their home, or a property. */
export function lastPlace(): string | undefined {
  return kept(PLACE);
}

export function keepLastPlace(path: string): void {
  keep(PLACE, path);
}

/** Whether somebody has signed out here and the cloud has not heard it yet: it must, before anything else. */
export function isLeaving(): boolean {
  return kept(LEAVING) !== undefined;
}

export function setLeaving(leaving: boolean): void {
  keep(LEAVING, leaving ? "1" : undefined);
}

/** Calls back when another tab of this browser signs somebody in or out. @returns ends that. */
export function onReaderChange(changed: () => void): () => void {
  const hear = ({ key }: StorageEvent): void => (key === READER ? changed() : undefined);
  addEventListener("storage", hear);
  return () => removeEventListener("storage", hear);
}

function kept(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

function keep(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // A browser that keeps nothing asks again with each page: that costs an answer, no right.
  }
}
