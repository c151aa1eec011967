import type { CredentialKind } from "../protocol/credential";
import type { Flash } from "./device";
import type { Work } from "./work-queue";

export interface UseJournalParts {
  flash: Flash;
  /** Events below this number are with the cloud. */
  acknowledged(): number;
  /** Whether a tag may still be in the list: true wherever that is not certain (no list, a damaged page). */
  isListed(tag: Uint8Array, kind: CredentialKind): boolean;
}

export class UseJournal {
  constructor(_parts: UseJournalParts) {}

  /** How often a limited right was used at this door. */
  usesOf(_tag: Uint8Array, _useCounter: number): number {
    throw new Error("not written yet");
  }

  /** No new counter fits: new limited rights are refused, and the receipt says `usesFull`. */
  get full(): boolean {
    throw new Error("not written yet");
  }

  /**
   * Writes a use down and reads it back; only then may a strike move.
   * @param event highest number that the event of this use can get.
   * @returns false where it could not be written: then the door stays shut.
   */
  consume(_row: { tag: Uint8Array; useCounter: number; kind: CredentialKind }, _event: number): boolean {
    throw new Error("not written yet");
  }

  /** Work for idle time: makes room before it is needed; undefined where there is nothing to do. */
  compact(): Work | undefined {
    throw new Error("not written yet");
  }
}
