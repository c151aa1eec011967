import { equalBytes } from "../../protocol/bytes";
import { decodeDelta } from "../../protocol/delta";
import { hash8 } from "../../protocol/manifest";
import { ProtocolError } from "../../protocol/protocol-error";
import { openReceipt, type Receipt } from "../../protocol/receipt";
import { releaseCredentials } from "../issuing/credential-release";
import { changesNothing } from "../issuing/door-orders";
import { noteDoors } from "../issuing/outbox";
import { nativeHashes } from "../keys/native-hashes";
import { CHANGED_CREDENTIALS_MAX } from "../limits";
import { noteOccurrence } from "../notifications/occurrence";
import type { HeardBy } from "../store/rows/courier-rows";
import type { Unit } from "../store/store";
import type { DoorAlarmKind, DoorRow } from "../store/rows/door-rows";
import type { DoorSecrets } from "./door-secrets";

/**
 * Takes what a door says of itself (SPEC 9). Only this moves what counts as acknowledged, and only forward: a door
 * that restarts with less than it acknowledged denies (`list-lost`), it does not open by an older list.
 * @param bytes untrusted. @param by which way they came.
 * @returns whether the door needs a new list made, because nobody here knows the one that it has.
 * @throws {ProtocolError} `malformed`, `bad-mac`, `wrong-enrolment`, `old-counter`: nothing has changed.
 */
export async function receiveReceipt(unit: Unit, secrets: DoorSecrets, id: string, bytes: Uint8Array, by: HeardBy, now: number): Promise<boolean> {
  const door = await unit.selectFrom("doors").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  const receipt = openReceipt(nativeHashes, secrets.keysOf(door).receipt, bytes);
  if (receipt.enrolment !== door.enrolment) throw new ProtocolError("wrong-enrolment");
  if (receipt.counter <= door.receipt_counter) throw new ProtocolError("old-counter");
  await unit
    .updateTable("doors")
    // Whoever says this has the login that the claim gave: the answer to that is of no more use.
    .set({ claim_answer: null, claim_digest: null, receipt_counter: receipt.counter, receipt: bytes, heard_at: now, heard_by: by, signed_time: Math.max(door.signed_time, receipt.signedTime), keyset_number: receipt.keysetNumber })
    .where("id", "=", id)
    .execute();
  await raiseAlarms(unit, secrets, door, receipt, now);
  if (door.held_at !== null) return receiveFromHeld(unit, door, receipt, by, now);
  if (receipt.version === 0) return replaceLostList(unit, id, now);
  if (receipt.version > door.acknowledged_version) {
    const known = await isIssued(unit, id, receipt);
    if (known === "unknown") return replaceUnknownList(unit, id, receipt, now);
    if (known === "whole") await acknowledge(unit, door, receipt, by, now);
  }
  return false;
}

/** After a restore: a door that has nothing newer than the backup goes on as before, any other one waits for a person. */
async function receiveFromHeld(unit: Unit, door: DoorRow, receipt: Receipt, by: HeardBy, now: number): Promise<boolean> {
  await lookAtKeyset(unit, door.id, receipt, now);
  const known = receipt.version > 0 && receipt.version <= door.version ? await isIssued(unit, door.id, receipt) : "unknown";
  const asBefore = receipt.version > 0 && receipt.version === door.acknowledged_version;
  if (known === "unknown" && !asBefore) {
    await raiseAlarm(unit, door.id, "unknown-list", `The cloud was restored from a backup, and the door has ${receipt.version === 0 ? "no list" : "a list that was made after it"}. It keeps that until somebody who runs the site says to go on.`, now);
    return false;
  }
  await unit.updateTable("doors").set({ held_at: null }).where("id", "=", door.id).execute();
  if (known === "whole" && receipt.version > door.acknowledged_version) await acknowledge(unit, door, receipt, by, now);
  return true;
}

/** A door that has heard of newer keys than this cloud knows of takes nothing that it signs. */
async function lookAtKeyset(unit: Unit, door: string, receipt: Receipt, now: number): Promise<void> {
  const { number } = await unit.selectFrom("keysets").select("number").orderBy("number", "desc").limit(1).executeTakeFirstOrThrow();
  if (receipt.keysetNumber <= number) return;
  await raiseAlarm(unit, door, "unknown-list", `The door trusts keyset ${receipt.keysetNumber}, and this cloud knows ${number}: give the site new keys until there is a later one.`, now);
}

/** Whether the list that a receipt names is one of ours, to the last byte; in part, where a new base lacks the delta with the door's orders. */
async function isIssued(unit: Unit, door: string, receipt: Receipt): Promise<"whole" | "part" | "unknown"> {
  const base = await findBase(unit, door, receipt.manifestHash);
  if (base === undefined || base.epoch !== receipt.epoch) return "unknown";
  const delta = await unit.selectFrom("list_deltas").select("payload").where("door_id", "=", door).where("base_version", "=", base.version).where("version", "=", receipt.version).executeTakeFirst();
  if (receipt.deltaHash.every((byte) => byte === 0)) {
    if (base.version !== receipt.version) return "unknown";
    return delta === undefined || changesNothing(decodeDelta(delta.payload)) ? "whole" : "part";
  }
  return delta !== undefined && equalBytes(hash8(nativeHashes, delta.payload), receipt.deltaHash) ? "whole" : "unknown";
}

/** The base whose manifest a receipt names, of those that a door may have. */
export async function findBase(unit: Unit, door: string, manifestHash: Uint8Array): Promise<{ version: number; epoch: number } | undefined> {
  const bases = await unit.selectFrom("list_bases").select(["version", "epoch", "manifest"]).where("door_id", "=", door).execute();
  return bases.find((base) => equalBytes(hash8(nativeHashes, base.manifest), manifestHash));
}

/**
 * The door has a list that this database does not know: it was restored from a backup, or the list key is in other
 * hands. A whole new list goes out, newer than the door's, unless that one is from the far future: then only new
 * keys help, and people must know.
 */
async function replaceUnknownList(unit: Unit, door: string, receipt: Receipt, now: number): Promise<boolean> {
  await raiseAlarm(unit, door, "unknown-list", `The door says that it has list ${receipt.epoch}/${receipt.version}, which this cloud does not know.`, now);
  if (receipt.version > now + FUTURE_SECONDS) return false;
  await unit.updateTable("list_bases").set({ state: "withdrawn" }).where("door_id", "=", door).execute();
  await unit.updateTable("doors").set({ version: receipt.version, offered_version: receipt.version }).where("id", "=", door).where("version", "<", receipt.version).execute();
  await noteDoors(unit, [door], now);
  return true;
}

/**
 * The door has no list any more. The base that it had may be signed by a key that it trusts no longer, so a new one is
 * made; the one that it is to change to, if any, serves as it is.
 */
async function replaceLostList(unit: Unit, door: string, now: number): Promise<boolean> {
  const { numUpdatedRows } = await unit.updateTable("list_bases").set({ state: "withdrawn" }).where("door_id", "=", door).where("state", "=", "current").executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await noteDoors(unit, [door], now);
  return true;
}

const FUTURE_SECONDS = 7 * 86_400; // versions are Unix seconds, so one this far ahead is not ours

async function acknowledge(unit: Unit, { id: door, acknowledged_version }: DoorRow, receipt: Receipt, by: HeardBy, now: number): Promise<void> {
  await unit.updateTable("doors").set({ acknowledged_epoch: receipt.epoch, acknowledged_version: receipt.version, acknowledged_at: now, acknowledged_by: by }).where("id", "=", door).execute();
  const base = (await findBase(unit, door, receipt.manifestHash))!;
  // The base that the door has is its current one; older ones are of no more use to anybody.
  await unit.deleteFrom("list_bases").where("door_id", "=", door).where("version", "<", base.version).execute();
  await unit.updateTable("list_bases").set({ state: "current" }).where("door_id", "=", door).where("version", "=", base.version).execute();
  await unit.deleteFrom("list_deltas").where("door_id", "=", door).where("version", "<", receipt.version).execute();
  await unit
    .updateTable("grant_doors")
    .set({ acknowledged_at: now, acknowledged_by: by })
    .where("door_id", "=", door)
    .where("acknowledged_at", "is", null)
    .where("never_left", "=", 0)
    .where("removed_version", "<=", receipt.version)
    .execute();
  await unit.updateTable("grant_doors").set({ changed_version: null, former_end: null, former_uses: null }).where("door_id", "=", door).where("changed_version", ">", 0).where("changed_version", "<=", receipt.version).execute();
  await releaseCredentials(unit, door, now, await removedSince(unit, door, acknowledged_version, receipt.version));
}

/** The credentials of which grants went from a door's list after one version and until another; undefined where they are many. */
async function removedSince(unit: Unit, door: string, after: number, until: number): Promise<string[] | undefined> {
  const removed = await unit
    .selectFrom("grant_doors as at")
    .innerJoin("grants as grant", "grant.id", "at.grant_id")
    .where("at.door_id", "=", door)
    .where("at.removed_version", ">", after)
    .where("at.removed_version", "<=", until)
    .select("grant.credential_id")
    .distinct()
    .limit(CHANGED_CREDENTIALS_MAX + 1)
    .execute();
  return removed.length > CHANGED_CREDENTIALS_MAX ? undefined : removed.map((row) => row.credential_id);
}

async function raiseAlarms(unit: Unit, secrets: DoorSecrets, door: DoorRow, receipt: Receipt, now: number): Promise<void> {
  const before = door.receipt === null ? undefined : openReceipt(nativeHashes, secrets.keysOf(door).receipt, door.receipt).alarms;
  const alarms = [
    ["listLost", "list-lost", "The door's flash holds less than it had acknowledged; it denies until it has a list again."],
    ["listDamaged", "list-damaged", "A page of the door's list is damaged; its rows open nothing."],
    ["usesFull", "uses-full", "The door's journal of limited uses is full; new limited rights are refused there."],
  ] as const;
  for (const [flag, kind, detail] of alarms) {
    if (receipt.alarms[flag] && before?.[flag] !== true) await raiseAlarm(unit, door.id, kind, detail, now);
  }
}

const ALARM_PAUSE_SECONDS = 3_600; // the same alarm of a door is noted once in this time

/** Notes what does not add up, for people to look at. */
export async function raiseAlarm(unit: Unit, door: string, kind: DoorAlarmKind, detail: string, now: number): Promise<void> {
  const recent = await unit.selectFrom("door_alarms").select("id").where("door_id", "=", door).where("kind", "=", kind).where("detail", "=", detail).where("created_at", ">", now - ALARM_PAUSE_SECONDS).executeTakeFirst();
  if (recent !== undefined) return;
  await unit.insertInto("door_alarms").values({ door_id: door, created_at: now, kind, detail }).execute();
  if (kind === "duress") return; // the event itself says who
  const { property_id: property } = await unit.selectFrom("doors").select("property_id").where("id", "=", door).executeTakeFirstOrThrow();
  await noteOccurrence(unit, { property, door, kind: "door-alarm", at: now, late: false, detail: { alarm: kind } }, now);
}
