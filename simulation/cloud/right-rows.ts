import type { GrantOnDoor } from "../../cloud/access/door-row";
import { ascii } from "../../protocol/bytes";
import { CredentialKind, secondPinTag } from "../../protocol/credential";
import { NO_END } from "../../protocol/profile";
import { mixingHashes } from "../mixing-hashes";
import type { Right, RightAtDoor } from "./rights";

/** Rows whose end is this far behind leave the list, as in the real cloud. */
const EXPIRED_ROWS_SECONDS = 86_400;
const ANY_TIME = { notBefore: 0, notAfter: NO_END, windows: [], maxUses: 0 };

/** The row of a right and, where a second PIN belongs to its credential, that PIN's. */
export function grantsOf({ right, tag }: RightAtDoor, tagKey: Uint8Array): GrantOnDoor[] {
  const { credential, terms, useCounter, outputs, needsSecondPin, duress, suspended } = right;
  const { holderClass, secondPin } = credential;
  const own: GrantOnDoor = { grant: right.id, tag, kind: credential.kind, holderClass, terms, useCounter, outputs, needsSecondPin, duress, suspended };
  if (secondPin === undefined) return [own];
  const second = { ...own, tag: secondPinTag(mixingHashes, tagKey, tag, ascii(secondPin)), kind: CredentialKind.pin2, terms: ANY_TIME, useCounter: 0, needsSecondPin: false, duress: false, suspended: false };
  return [own, second];
}

/** Whether its end is so far behind that no list needs it. */
export function isPast({ terms }: Right, now: number): boolean {
  return terms.notAfter !== NO_END && terms.notAfter + EXPIRED_ROWS_SECONDS <= now;
}
