import type { Unit } from "../store/store";

/** What people and programs can be told of (N13, X13). */
export const OCCURRENCE_KINDS = [
  "door-opened", // somebody's credential, or an unlock from afar, opened it
  "door-refused", // a credential was presented, and refused
  "door-forced", // the leaf opened, and nobody had been let in or out
  "door-held-open",
  "door-alarm", // what a door says of itself does not add up
  "duress", // somebody was made to open
  "changed", // somebody changed what the property's people or doors may do
] as const;
export type OccurrenceKind = (typeof OCCURRENCE_KINDS)[number];

/** Entries in the sense of O15: when somebody came. */
export const ENTRY_KINDS: readonly OccurrenceKind[] = ["door-opened", "door-refused", "duress"];

/** They go before all else, and what there is too much of does not hold them up. */
export const URGENT_KINDS: readonly OccurrenceKind[] = ["door-forced", "door-alarm", "duress"];

/** Something that has happened at a property. */
export interface Occurrence {
  property: string;
  door?: string | undefined;
  /** Whose credential it was, or whom a change is about. */
  person?: string | undefined;
  kind: OccurrenceKind;
  /** Unix seconds, by the door's clock; null: it had none. */
  at: number | null;
  /** It took too long to arrive to be news. */
  late: boolean;
  /** JSON without secrets and without what names a person: a refusal's reason, an audited action and who did it. */
  detail: Record<string, unknown>;
}

/**
 * Notes what has happened, in the transaction that stores it, for whoever wants to be told; they are told after the
 * commit. Where nobody at the property listens for its kind it is forgotten at once.
 */
export async function noteOccurrence(unit: Unit, { property, door, person, kind, at, late, detail }: Occurrence, now: number): Promise<void> {
  if (!(await isListenedFor(unit, property, kind))) return;
  await unit
    .insertInto("occurrences")
    .values({ property_id: property, door_id: door ?? null, person_id: person ?? null, kind, at, late: late ? 1 : 0, detail: JSON.stringify(detail), created_at: now })
    .execute();
}

/** Whether some rule or some webhook of the property names such a kind. */
export async function isListenedFor(unit: Unit, property: string, kind: OccurrenceKind): Promise<boolean> {
  const named = `%"${kind}"%`; // in a JSON list of kinds
  const rule = await unit.selectFrom("notification_rules").select("id").where("property_id", "=", property).where("events", "like", named).limit(1).executeTakeFirst();
  if (rule !== undefined) return true;
  return (await unit.selectFrom("webhooks").select("id").where("property_id", "=", property).where("events", "like", named).limit(1).executeTakeFirst()) !== undefined;
}
