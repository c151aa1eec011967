import type { Unit } from "../store/store";

/** Rows of one INSERT: databases bound the number of parameters. */
const NOTES_AT_ONCE = 1_000;

/**
 * Notes, in the transaction that changes it, that a door's list may be out of date in any way. Nothing is lost with
 * the process: whoever starts next finds the note.
 */
export async function noteDoors(unit: Unit, doors: readonly string[], now: number): Promise<void> {
  await insertNotes(unit, doors.map((door_id) => ({ door_id, credential_id: null, created_at: now })));
}

/** A credential whose rights at a door have changed. */
export interface ChangedRights {
  door: string;
  /** The one that has the grants: a second PIN and a duress PIN go with theirs. */
  credential: string;
}

/**
 * As `noteDoors`, where nothing but the rights of these credentials has changed: their grants, terms, holder's class
 * or suspension. Then what was issued says the rest, and no other grant is read. What else a list is made of, as
 * the door's orders or a tag, takes a note without a name.
 */
export async function noteChanges(unit: Unit, changes: readonly ChangedRights[], now: number): Promise<void> {
  await insertNotes(unit, changes.map(({ door, credential }) => ({ door_id: door, credential_id: credential, created_at: now })));
}

async function insertNotes(unit: Unit, notes: readonly { door_id: string; credential_id: string | null; created_at: number }[]): Promise<void> {
  for (let at = 0; at < notes.length; at += NOTES_AT_ONCE) await unit.insertInto("outbox").values(notes.slice(at, at + NOTES_AT_ONCE)).execute();
}

/** What is noted of a door. */
export interface DoorNotes {
  /** The newest note. */
  last: number;
  /** The credentials that all of its notes name; undefined where one names none: anything may have changed. */
  changed: string[] | undefined;
}

export async function readNotes(unit: Unit, door: string): Promise<DoorNotes | undefined> {
  const notes = await unit.selectFrom("outbox").select(["id", "credential_id"]).where("door_id", "=", door).orderBy("id").execute();
  const last = notes.at(-1);
  if (last === undefined) return undefined;
  const named = notes.map((note) => note.credential_id).filter((credential) => credential !== null);
  return { last: last.id, changed: named.length === notes.length ? [...new Set(named)] : undefined };
}

/** A list that considers them is signed and stored. */
export async function deleteNotes(unit: Unit, door: string, { last }: DoorNotes): Promise<void> {
  await unit.deleteFrom("outbox").where("door_id", "=", door).where("id", "<=", last).execute();
}

export async function isNoted(unit: Unit, door: string): Promise<boolean> {
  const note = await unit.selectFrom("outbox").select("id").where("door_id", "=", door).limit(1).executeTakeFirst();
  return note !== undefined;
}

/** Doors with notes, the oldest first; those that wait since a restore keep theirs. */
export async function notedDoors(unit: Unit): Promise<string[]> {
  const rows = await unit
    .selectFrom("outbox")
    .select("door_id")
    .where("door_id", "not in", (eb) => eb.selectFrom("doors").select("doors.id").where("doors.held_at", "is not", null))
    .groupBy("door_id").orderBy((eb) => eb.fn.min("id")).execute();
  return rows.map((row) => row.door_id);
}
