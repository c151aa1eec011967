import { ascii, concat, fromHex } from "../../protocol/bytes";
import { CredentialKind, credentialTag, secondPinTag } from "../../protocol/credential";
import type { Hashes } from "../../protocol/hashes";

/**
 * What a person is given. A `second-pin` must follow its PIN or card, a `duress-pin` stands for its PIN and a
 * `duress-second-pin` for the second PIN, both with a silent alarm (X12). A `phone` and a `fob` are known by the credential's id.
 */
export type StoredKind = (typeof TYPED_KINDS)[number] | "card" | "phone" | "fob";

/** Those that are digits at a keypad. */
export const TYPED_KINDS = ["pin", "second-pin", "duress-pin", "duress-second-pin"] as const;

/** A credential as a person presents it. */
export interface StoredValue {
  kind: StoredKind;
  /** Digits in ASCII, the bytes of a card's number, or the 8 bytes of a phone's or fob's id. */
  value: Uint8Array;
  /** What the holder types before a PIN where a door asks for it. */
  unit: string | null;
  /** The PIN or card that comes before a second PIN. */
  parent?: StoredValue;
}

export function isTyped(kind: StoredKind): boolean {
  return (TYPED_KINDS as readonly StoredKind[]).includes(kind);
}

/** What a door knows by the credential's id: no value is stored for it. @returns undefined for all other kinds. */
export function valueOfId(kind: StoredKind, credential: string): Uint8Array | undefined {
  return kind === "phone" || kind === "fob" ? fromHex(credential) : undefined;
}

export function isSecond(kind: StoredKind): boolean {
  return kind === "second-pin" || kind === "duress-second-pin";
}

export function isDuress(kind: StoredKind): boolean {
  return kind === "duress-pin" || kind === "duress-second-pin";
}

/** The kind under which a door has it. @param unitNumbers whether PINs are typed after a unit number there. */
export function kindAtDoor(kind: StoredKind, unitNumbers: boolean): CredentialKind {
  if (kind === "card") return CredentialKind.card;
  if (kind === "phone") return CredentialKind.phone;
  if (kind === "fob") return CredentialKind.fob;
  if (isSecond(kind)) return CredentialKind.pin2;
  return unitNumbers ? CredentialKind.unitPin : CredentialKind.pin;
}

/** What a door knows it by (SPEC 5.1). @param tagKey `DoorKeys.tag` of that door. @throws Error for a holder without the unit that the door asks for. */
export function tagAtDoor(hashes: Hashes, tagKey: Uint8Array, unitNumbers: boolean, stored: StoredValue): Uint8Array {
  const { kind, value, parent } = stored;
  if (isSecond(kind)) return secondPinTag(hashes, tagKey, tagAtDoor(hashes, tagKey, unitNumbers, parent!), value);
  return credentialTag(hashes, tagKey, kindAtDoor(kind, unitNumbers), valueAtDoor(stored, unitNumbers));
}

/** The bytes that come from the reader, of anything but a second PIN. */
export function valueAtDoor({ kind, value, unit }: StoredValue, unitNumbers: boolean): Uint8Array {
  if (!isTyped(kind) || !unitNumbers) return value;
  if (unit === null) throw new Error("no unit number to type");
  return concat(ascii(`${unit}*`), value);
}
