import { ascii } from "../../protocol/bytes";
import { CredentialKind, credentialTag } from "../../protocol/credential";
import { drawPin, pinDigitsFor } from "../access/pin";
import type { DoorSecrets } from "../doors/door-secrets";
import type { Sealing } from "../keys/sealing";
import { nativeHashes } from "../keys/native-hashes";
import type { Unit } from "../store/store";

/** A value that is free at some doors, and what each of them knows it by. */
export interface FreePin {
  pin: string;
  fingerprint: Uint8Array;
  /** By door; null where the door is not claimed yet. */
  tags: Map<string, Uint8Array | null>;
}

const DRAWS_MAX = 1_000; // chance of as many collisions in a row: nil; then something is broken

/**
 * Draws a PIN that nobody has, or may still have, at any of the doors it is to open (X9), as long as the fullest of
 * them asks for.
 * @param draw a uniform integer in [0, bound); a CSPRNG's unless a test says otherwise.
 */
export async function drawFreePin(unit: Unit, sealing: Sealing, secrets: DoorSecrets, doors: readonly string[], draw?: (bound: number) => number): Promise<FreePin> {
  const populations = await unit
    .selectFrom("door_credentials")
    .select((eb) => ["door_id", eb.fn.countAll().as("count")])
    .where("door_id", "in", doors)
    .where("released_at", "is", null)
    .groupBy("door_id")
    .execute();
  const digits = pinDigitsFor(1 + Math.max(0, ...populations.map((row) => Number(row.count))));
  const rows = await unit.selectFrom("doors").select(["id", "enrolment", "door_key"]).where("id", "in", doors).execute();
  for (let count = 0; count < DRAWS_MAX; count++) {
    const pin = drawPin(digits, draw);
    const fingerprint = sealing.pinFingerprint(pin);
    const tags = new Map(rows.map((door) => [door.id, door.door_key === null ? null : credentialTag(nativeHashes, secrets.keysOf(door).tag, CredentialKind.pin, ascii(pin))]));
    if (!(await isTaken(unit, fingerprint, tags))) return { pin, fingerprint, tags };
  }
  throw new Error("found no free PIN");
}

/** Taken is a value, and also one that a door could not tell from another's by its tag. */
async function isTaken(unit: Unit, fingerprint: Uint8Array, tags: FreePin["tags"]): Promise<boolean> {
  const doors = [...tags.keys()];
  const same = await unit.selectFrom("door_credentials").select("door_id").where("door_id", "in", doors).where("released_at", "is", null).where("fingerprint", "=", fingerprint).limit(1).executeTakeFirst();
  if (same !== undefined) return true;
  for (const [door, tag] of tags) {
    if (tag === null) continue;
    const clash = await unit.selectFrom("door_credentials").select("door_id").where("door_id", "=", door).where("released_at", "is", null).where("tag", "=", tag).executeTakeFirst();
    if (clash !== undefined) return true;
  }
  return false;
}
