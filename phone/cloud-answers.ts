import { HANDLE_BYTES } from "../protocol/handle";
import { MESSAGE_BYTES_MAX } from "../protocol/limits";
import { COURIER_OVERHEAD_BYTES } from "../protocol/courier-item";
import { fromBase64url } from "./base64url";
import { DOORS_MAX, HANDLES_MAX } from "./limits";
import type { Bundle } from "./phone-store";

/** Keys as the cloud's answer has them, wrapped still. */
export interface IssuedKey {
  opens: boolean;
  outputs: number;
  /** 40 bytes. */
  wrapped: Uint8Array;
  handles: Uint8Array[];
}
export interface IssuedDoor {
  door: string;
  /** Absent at a door that is not the person's: the phone only carries to it. */
  name?: string;
  radioName: string;
  property: string;
  propertyName: string;
  keys: IssuedKey[];
}
export interface IssuedKeys {
  /** 65 bytes. */
  ephemeralKey: Uint8Array;
  doors: IssuedDoor[];
  /** Properties of the answer. */
  properties: string[];
  /** Doors for which it had no room. */
  left: number;
}

/** What the cloud made of an upload. */
export interface UploadAnswer {
  accepted: number;
  /** Places of items that it will never take. */
  refused: { index: number; code: string }[];
  /** Sealed items for the door. */
  items: Uint8Array[];
}

const ITEM_BYTES_MAX = COURIER_OVERHEAD_BYTES + MESSAGE_BYTES_MAX;
const WRAPPED_BYTES = 40;
const POINT_BYTES = 65;
const NAME_CHARACTERS_MAX = 200;

/** Thrown for an answer that is not what SPEC 22 says, and turned into a failure where it was asked for. */
export class BadAnswer extends Error {}

/** @param json of `POST /api/phone/keys`. @throws {BadAnswer} */
export function readIssuedKeys(json: unknown): IssuedKeys {
  const answer = object(json);
  const properties = list(answer.properties).map(object);
  const doors = properties.flatMap((property) => {
    const named = { property: text(property.id), propertyName: text(property.name) };
    return list(property.doors).map((value): IssuedDoor => {
      const door = object(value);
      return { ...named, door: doorId(door.door), ...(typeof door.name === "string" && { name: text(door.name) }), radioName: text(door.radioName), keys: list(door.entries).map(readKey) };
    });
  });
  if (doors.length > DOORS_MAX) throw new BadAnswer("too many doors");
  return { ephemeralKey: bytes(answer.ephemeralKey, POINT_BYTES, POINT_BYTES), doors, properties: properties.map(({ id }) => text(id)), left: whole(answer.left ?? 0) };
}

function readKey(value: unknown): IssuedKey {
  const key = object(value);
  const handles = list(key.handles).map((handle) => bytes(handle, HANDLE_BYTES, HANDLE_BYTES));
  return { opens: key.opens === true, outputs: maskOf(list(key.outputs)), wrapped: bytes(key.key, WRAPPED_BYTES, WRAPPED_BYTES), handles: handles.slice(0, HANDLES_MAX) };
}

/** Outputs by number, 0 to 3 (SPEC 20.3). */
function maskOf(outputs: readonly unknown[]): number {
  return outputs.reduce<number>((mask, output) => mask | ((1 << whole(output)) & 15), 0);
}

/** @param json of `GET /api/courier/bundle`. @throws {BadAnswer} also where it is of another property. */
export function readBundle(json: unknown, property: string): { doors: Bundle["doors"]; inPart: string[] } {
  const answer = object(json);
  if (text(answer.property) !== property) throw new BadAnswer("of another property");
  const inPart: string[] = [];
  const doors = list(answer.doors).map((value) => {
    const entry = object(value);
    const door = doorId(entry.door);
    if (entry.whole === false) inPart.push(door);
    return { door, version: whole(entry.version), items: items(entry.items) };
  });
  return { doors, inPart };
}

/** @param json of `POST /api/courier/doors/{door}`. @throws {BadAnswer} */
export function readUploadAnswer(json: unknown): UploadAnswer {
  const answer = object(json);
  const refused = list(answer.refused).map((value) => {
    const refusal = object(value);
    return { index: whole(refusal.index), code: text(refusal.code) };
  });
  return { accepted: whole(answer.accepted), refused, items: items(answer.items) };
}

/** The code of a problem (RFC 9457) that the cloud answers with; "" where it says none. */
export function readRefusal(json: () => unknown): string {
  try {
    return text(object(json()).code);
  } catch {
    return "";
  }
}

function items(value: unknown): Uint8Array[] {
  return list(value).map((item) => bytes(item, COURIER_OVERHEAD_BYTES, ITEM_BYTES_MAX));
}

function object(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new BadAnswer("no object");
  return value as Record<string, unknown>;
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new BadAnswer("no list");
  return value;
}

function text(value: unknown): string {
  if (typeof value !== "string" || value.length > NAME_CHARACTERS_MAX) throw new BadAnswer("no text");
  return value;
}

function whole(value: unknown): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0) throw new BadAnswer("no whole number");
  return value;
}

function doorId(value: unknown): string {
  if (typeof value !== "string" || !/^[0-9a-f]{16}$/.test(value)) throw new BadAnswer("no door id");
  return value;
}

function bytes(value: unknown, atLeast: number, atMost: number): Uint8Array {
  const decoded = typeof value === "string" ? fromBase64url(value) : undefined;
  if (decoded === undefined || decoded.length < atLeast || decoded.length > atMost) throw new BadAnswer("no bytes of that length");
  return decoded;
}
