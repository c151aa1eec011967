import { readU32 } from "../../protocol/bytes";
import { CourierKind, courierKeys, openCourierItem, sealCourierItem, upTopicOf, type CourierKeys } from "../../protocol/courier-item";
import { openEventUpload } from "../../protocol/event-record";
import { decodeNeed } from "../../protocol/need";
import { ProtocolError, type ProtocolErrorCode } from "../../protocol/protocol-error";
import type { DoorMessages } from "../doors/door-messages";
import { signTime } from "../issuing/lease-signing";
import { nativeHashes } from "../keys/native-hashes";
import type { CourierCountRow } from "../store/rows/courier-rows";
import type { DoorRow } from "../store/rows/door-rows";
import type { Database, Unit } from "../store/store";
import { inSnapshot, inTransaction } from "../store/transaction";
import { readFacts, readPart } from "./bundle";
import { makePart, type PartSecrets } from "./make-part";
import { wholePart } from "./pack-parts";

export interface CarriedParts extends PartSecrets {
  database: Database;
  messages: DoorMessages;
}

/** What came of what a phone brought from a door. */
export interface CarriedAnswer {
  accepted: number;
  refused: { index: number; code: ProtocolErrorCode }[];
  /** Sealed, for the same door: what it lacks by what was brought. */
  items: Uint8Array[];
}

/** Why something that is the door's is not taken: it is no news, or not yet. */
const LATE: readonly ProtocolErrorCode[] = ["old-counter", "not-asked-for"];

interface Opened {
  index: number;
  what: "receipt" | "events" | "need";
  message: Uint8Array;
  /** Of events, the number of the first. */
  first: number;
}

/** What the door is told follows from all that was brought together. */
const ALL_AT_THE_END = (): Promise<void> => Promise.resolve();

/** A receipt first: by it is known which events can still come. Events as they happened, whichever way they were carried. */
const ORDER = ["receipt", "events", "need"] as const;

/**
 * Takes what a door gave to whoever was there, each item as if it had come over the door's own connection (X2): what was
 * proved there is proved here, and whoever carried it has no say in it. An item that was altered, is of another door,
 * goes the other way or is older than what is known changes nothing and is counted.
 * @param items untrusted.
 */
export async function receiveCarried(parts: CarriedParts, door: DoorRow, items: readonly Uint8Array[], now: number): Promise<CarriedAnswer> {
  const keys = courierKeys(nativeHashes, parts.secrets.keysOf(door).courier);
  const refused: CarriedAnswer["refused"] = [];
  const opened: Opened[] = [];
  const refuse = async (index: number, take: () => Promise<void> | void): Promise<void> => {
    try {
      await take();
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      refused.push({ index, code: error.code });
    }
  };
  for (const [index, item] of items.entries()) await refuse(index, () => void opened.push(openItem(parts, keys, door, index, item)));
  opened.sort((a, b) => ORDER.indexOf(a.what) - ORDER.indexOf(b.what) || a.first - b.first || a.index - b.index);
  const answered: Uint8Array[] = [];
  let events = false;
  for (const { index, what, message, first } of opened) {
    await refuse(index, async () => {
      if (what === "receipt") await parts.messages.receipt(door.id, message, "phone", now, ALL_AT_THE_END);
      else if (what === "events") await parts.messages.events(door.id, message, now, (_, next) => requireStored(first, next), ALL_AT_THE_END);
      else answered.push(...(await answerNeed(parts, keys, door, message, now)));
      events ||= what === "events";
    });
  }
  refused.sort((a, b) => a.index - b.index);
  const accepted = items.length - refused.length;
  const lacking = await inTransaction(parts.database, async (unit) => {
    await count(unit, door.id, "taken", accepted, now);
    for (const { code } of refused) await count(unit, door.id, code, 1, now);
    // Whoever brings nothing that is the door's gets nothing for it.
    return accepted === 0 && !refused.some(({ code }) => LATE.includes(code)) ? [] : lackingItems(unit, parts, door, events, now);
  });
  return { accepted, refused, items: [...lacking, ...answered] };
}

/** @throws {ProtocolError} `malformed`, `too-large`, `bad-mac`. */
function openItem({ secrets }: CarriedParts, keys: CourierKeys, door: DoorRow, index: number, item: Uint8Array): Opened {
  const { header, message } = openCourierItem(nativeHashes, keys, item);
  const what = upTopicOf(header);
  const first = what === "events" ? readU32(openEventUpload(nativeHashes, secrets.keysOf(door).receipt, message).records[0], 0) : 0;
  return { index, what, message, first };
}

/** Events behind others that nobody has brought yet are the door's to give again: they are not taken and lost. @throws {ProtocolError} `not-asked-for`. */
function requireStored(first: number, next: number): Promise<void> {
  return next > first ? Promise.resolve() : Promise.reject(new ProtocolError("not-asked-for", "events behind a gap"));
}

/** The time alone: what else a door may need is in what it lacks by its receipt. */
async function answerNeed({ database, keystore }: CarriedParts, keys: CourierKeys, door: DoorRow, message: Uint8Array, now: number): Promise<Uint8Array[]> {
  const { timeNonce } = decodeNeed(message);
  if (timeNonce === undefined) return [];
  const time = await inSnapshot(database, (unit) => signTime(unit, keystore, door, timeNonce, now));
  return [sealCourierItem(nativeHashes, keys, { kind: CourierKind.time, number: 0, version: 0 }, time)];
}

async function lackingItems(unit: Unit, parts: CarriedParts, { id, property_id }: DoorRow, events: boolean, now: number): Promise<Uint8Array[]> {
  const [facts] = await readFacts(unit, property_id, id);
  if (facts === undefined) return [];
  return wholePart(await makePart(unit, parts, facts, { stored: await readPart(unit, id), acknowledge: events }, now)).items;
}

async function count(unit: Unit, door: string, code: CourierCountRow["code"], more: number, now: number): Promise<void> {
  if (more === 0) return;
  await unit
    .insertInto("courier_counts")
    .values({ door_id: door, code, count: more, last_at: now })
    .onConflict((conflict) => conflict.columns(["door_id", "code"]).doUpdateSet((eb) => ({ count: eb("courier_counts.count", "+", more), last_at: now })))
    .execute();
}
