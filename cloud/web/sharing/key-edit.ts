import type { Schema } from "../api/client";
import { timesOf, type TimesDraft } from "./key-draft";

type Key = Schema<"Key">;

/** A key as it is being edited. */
export interface KeyEdit {
  name: string;
  doors: string[];
  times: TimesDraft;
}

export function draftOf({ name, doors, windows, ownProfile, uses, notBefore, notAfter }: Key): KeyEdit {
  const when = ownProfile === "admin" ? "admin" : ownProfile !== null ? "profile" : windows.length > 0 ? "week" : "always";
  const times: TimesDraft = { when, windows, profile: when === "profile" ? ownProfile! : "", counted: uses !== null, uses: String(uses ?? 1), from: notBefore ?? undefined, until: notAfter ?? undefined };
  return { name, doors: doors.map(({ door }) => door), times };
}

/** Only what is other than it was: a suspended key stays so, and what the giver may not set is not sent back to be refused. */
export function changesOf(key: Key, { name, doors, times }: KeyEdit): Schema<"KeyChange"> {
  const { profile, windows, uses, usesTogether, notBefore, notAfter } = timesOf(times, doors.length);
  const before = key.doors.map(({ door }) => door);
  return {
    ...(name !== key.name && { name }),
    ...(!sameSet(doors, before) && { doors }),
    ...(profile !== key.ownProfile && { profile }),
    ...(JSON.stringify(windows) !== JSON.stringify(key.windows) && { windows }),
    ...(uses !== key.uses && { uses }),
    ...(usesTogether !== key.usesTogether && { usesTogether }),
    ...(!sameInstant(notBefore, key.notBefore) && { notBefore }),
    ...(!sameInstant(notAfter, key.notAfter) && { notAfter }),
  };
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each) => b.includes(each));
}

function sameInstant(a: string | null, b: string | null): boolean {
  return a === b || (a !== null && b !== null && Date.parse(a) === Date.parse(b));
}
