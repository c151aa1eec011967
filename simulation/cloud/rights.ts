import type { GrantTerms } from "../../cloud/access/grant";
import type { CredentialKind } from "../../protocol/credential";
import type { HolderClass } from "../../protocol/profile";
import type { ReferenceRight, ReferenceSecondPin } from "../reference/reference-list";

/** Somebody's PIN, card or fob; whom it belongs to does not matter to a door. */
export interface Credential {
  number: number;
  kind: CredentialKind;
  /** Digits of a PIN, `unit*digits`, or a number in hexadecimal. */
  secret: string;
  holderClass: HolderClass;
  /** Digits of the second PIN that belongs to it. */
  secondPin: string | undefined;
  /** Unix seconds. */
  revokedAt: number | undefined;
}

/** One grant of a credential, at all of its doors. */
export interface Right {
  /** Unique in its world. */
  id: string;
  credential: Credential;
  terms: GrantTerms;
  useCounter: number;
  /** Bit mask. */
  outputs: number;
  needsSecondPin: boolean;
  duress: boolean;
  suspended: boolean;
  /** Unix seconds: from then on it is to be in no list. */
  revokedAt: number | undefined;
}

/** A right in the books of one door: with which list it came, and with which it went. */
export interface RightAtDoor {
  right: Right;
  /** Under this door's key. */
  tag: Uint8Array;
  /** As the reference model is told of it; made anew when it changes. */
  reference: ReferenceRight;
  secondPin: ReferenceSecondPin | undefined;
  addedVersion: number | undefined;
  removedVersion: number | undefined;
  /** No list that held it ever left the cloud. */
  neverLeft: boolean;
  /** Unix seconds. */
  acknowledgedAt: number | undefined;
  /** The least that was ever said of how long it may still open, Unix seconds; Infinity = nothing was promised. */
  promisedUntil: number;
}
