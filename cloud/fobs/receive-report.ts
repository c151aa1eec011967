import { fobKeys } from "../../protocol/fob-identity";
import { toHex } from "../../protocol/bytes";
import { openFobReport, type FobReport } from "../../protocol/fob-report";
import { ProtocolError } from "../../protocol/protocol-error";
import { audit } from "../audit/audit";
import type { Keystore } from "../keys/keystore";
import { nativeHashes } from "../keys/native-hashes";
import type { PinParts } from "../pins/codes";
import { Refusal, type ProblemCode } from "../refusal";
import { activateKey } from "../sharing/activate-key";
import { readKey } from "../sharing/read-key";
import type { Unit } from "../store/store";
import type { Transact } from "../store/transaction";
import type { FobRow } from "../store/rows/fob-rows";
import { fobIdentity } from "./register-fob";

/**
 * What a fob says of itself, whoever brings it (S4, S8): only this makes an assignment acknowledged, and a button
 * free. An older report than the last changes nothing.
 * @throws {Refusal} `wrong-fob`: it is not this fob's, or was altered.
 */
export async function receiveReport(unit: Unit, keystore: Pick<Keystore, "sealing">, fob: FobRow, bytes: Uint8Array, actor: string, now: number): Promise<void> {
  const { active, staged } = openReport(keystore, fob, bytes);
  await unit.updateTable("fobs").set({ heard_at: now }).where("id", "=", fob.id).execute();
  if (active < fob.active || (active === fob.active && staged <= fob.staged)) return;
  await unit.updateTable("fobs").set({ active, staged }).where("id", "=", fob.id).execute();
  if (active === fob.active) return;
  await unit.deleteFrom("fob_buttons").where("fob_id", "=", fob.id).where("cleared", "<=", active).execute();
  const keys = await unit.selectFrom("keys").select(["id", "property_id"]).where("fob_id", "=", fob.id).orderBy("id").execute();
  for (const property of new Set(keys.map((key) => key.property_id))) {
    await audit(unit, { at: now, actor, action: "fob.acknowledge", subject: `fob/${fob.id}`, detail: { property, sequence: active } });
  }
}

function openReport(keystore: Pick<Keystore, "sealing">, fob: FobRow, bytes: Uint8Array): FobReport {
  try {
    const report = openFobReport(nativeHashes, fobKeys(nativeHashes, fobIdentity(keystore, fob)), bytes);
    if (toHex(report.fob) === fob.id) return report;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
  throw new Refusal("wrong-fob");
}

/** Keys that wait for a fob, and that it has a button for now. */
export async function acknowledgedKeys(unit: Unit, fob: string): Promise<string[]> {
  const rows = await unit
    .selectFrom("fob_buttons as button")
    .innerJoin("fobs as fob", "fob.id", "button.fob_id")
    .innerJoin("keys as key", "key.id", "button.key_id")
    .where("fob.id", "=", fob)
    .where("key.state", "=", "pending")
    .where("button.clearing", "=", 0)
    .whereRef("button.since", "<=", "fob.active")
    .select("key.id")
    .distinct()
    .orderBy("key.id")
    .execute();
  return rows.map((row) => row.id);
}

/**
 * Lets the keys open that a fob has acknowledged (S4), each in a transaction of its own: one for which it is too late,
 * or for which a door has no room, keeps no other waiting.
 * @returns why some did not.
 */
export async function activateAcknowledged(transact: Transact, parts: PinParts, fob: string): Promise<{ key: string; code: ProblemCode }[]> {
  const failed: { key: string; code: ProblemCode }[] = [];
  for (const id of await transact((unit) => acknowledgedKeys(unit, fob))) {
    try {
      await transact(async (unit, now) => activateKey(unit, parts, await readKey(unit, id), now));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      failed.push({ key: id, code: error.code });
    }
  }
  return failed;
}
