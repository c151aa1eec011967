import { concat, equalBytes } from "../../protocol/bytes";
import { CLAIM_SECRET_BYTES } from "../../protocol/enrolment";
import { ID_BYTES } from "../../protocol/limits";
import type { Flash, KeyValue } from "../device";
import { COMMIT_SECTORS, commitSector } from "../flash-layout";
import type { Work } from "../work-queue";
import { INSTALLER_KEYS, OWNER_KEYS } from "./owner-keys";

/** What may be forgotten: the owner, or the owner and what an installer set. The order is that of a `service` event's count. */
export const FORGETTING = ["nothing", "re-claim", "factory-reset"] as const;
export type Forgetting = Exclude<(typeof FORGETTING)[number], "nothing">;

const KEY = "forget";
const FORMAT = 1;
const HEAD_BYTES = 4;
/** One byte under `service`: the count of the event with which the next log begins. */
const OWED_KEY = "service";
const IDENTITY_KEY = "identity";

/**
 * Decides that the door has no owner any more. This one write is all: whatever happens after it, the next start
 * forgets (`resumeForgetting`), and without it nothing is forgotten. Kept under `forget`:
 * format 1 ‖ what (index in FORGETTING) ‖ 1 where the next log is to begin with the event ‖ 0 ‖ new claim secret (16).
 */
export function beginForgetting(keyValue: KeyValue, what: Forgetting, newClaimSecret: Uint8Array, owed: boolean): void {
  keyValue.write(KEY, concat(Uint8Array.of(FORMAT, FORGETTING.indexOf(what), owed ? 1 : 0, 0), newClaimSecret));
}

/**
 * The first thing that a controller does with its memory: where a forgetting was begun, no part of the firmware finds
 * anything of the owner when this returns. A cut in it repeats it at the next start.
 * @returns what is still to be done while nobody waits: every sector is erased, so that no dump finds what the list
 * and the log were. The door is not to be claimed before that has ended. undefined: nothing was begun.
 */
export function resumeForgetting(flash: Flash, keyValue: KeyValue): Work | undefined {
  const kept = keyValue.read(KEY);
  if (kept === undefined) return undefined;
  const marker = new Uint8Array(kept);
  // Only this firmware writes it, and in one piece.
  if (marker.length !== HEAD_BYTES + CLAIM_SECRET_BYTES || marker[0] !== FORMAT) return undefined;
  const what = FORGETTING[marker[1]];
  changeSecret(keyValue, marker.subarray(HEAD_BYTES));
  for (const key of OWNER_KEYS) forget(keyValue, key);
  if (what === "factory-reset") for (const key of INSTALLER_KEYS) forget(keyValue, key);
  // A list that its commit log still names would be the door's list again.
  for (let sector = 0; sector < COMMIT_SECTORS; sector++) flash.eraseBlock(commitSector(sector));
  if (marker[2] === 1) keyValue.write(OWED_KEY, Uint8Array.of(marker[1]));
  return wipe(flash, keyValue);
}

/** The count of the `service` event with which a new log begins; undefined where it begins without one. */
export function owedServiceEvent(keyValue: KeyValue): number | undefined {
  const kept = keyValue.read(OWED_KEY);
  return kept === undefined ? undefined : new Uint8Array(kept)[0];
}

/** The event stands in the log. */
export function serviceEventWritten(keyValue: KeyValue): void {
  forget(keyValue, OWED_KEY);
}

function* wipe(flash: Flash, keyValue: KeyValue): Work {
  const { blocks } = flash.status();
  for (let block = 0; block < blocks; block++) {
    flash.eraseBlock(block);
    yield;
  }
  keyValue.delete(KEY);
}

/** The door's id stays: it stands on the wall and in the old owner's papers. */
function changeSecret(keyValue: KeyValue, secret: Uint8Array): void {
  const kept = keyValue.read(IDENTITY_KEY);
  if (kept === undefined) return;
  const identity = new Uint8Array(kept);
  const next = concat(identity.subarray(0, ID_BYTES), secret);
  if (!equalBytes(identity, next)) keyValue.write(IDENTITY_KEY, next);
}

function forget(keyValue: KeyValue, key: string): void {
  if (keyValue.read(key) !== undefined) keyValue.delete(key);
}
