import type { CredentialKind } from "../../protocol/credential";

/** What somebody presented at a reader. The bytes are wiped when the call that hands them over returns. */
export interface PresentedCredential {
  /** `pin`, `unitPin` or `card`; a second PIN comes by `onSecondPin`. */
  kind: CredentialKind;
  /** What its tag is made of (SPEC 5.1): digits, `unit*digits`, or the bytes of a card's number. */
  value: Uint8Array;
  /** Of a unit PIN: the unit's digits alone, whose attempts are counted together (X8). */
  unit?: Uint8Array;
}

/** What a reader shows a person. A new pattern takes the place of the one that runs. */
export interface Signal {
  granted(): void;
  /** All refusals are alike, so that nobody learns at the door why. */
  denied(): void;
  /** The keypad is locked out for a while. */
  wait(): void;
  /** It was not understood: an unreadable card, an entry that was left half done. Begin again. */
  error(): void;
}

/** A reader as whoever decides sees it. */
export interface ReaderPort {
  /** Its place in `Device.readers`. */
  readonly index: number;
  /** Bit mask of the outputs that it may move. */
  readonly outputs: number;
  readonly signal: Signal;
  /** Somebody is typing there, or is being asked for a second PIN. */
  readonly engaged: boolean;
  /**
   * Asks for the second PIN: the next PIN entered here within SECOND_PIN_MS goes to `onSecondPin`. Anything else
   * presented here ends that and goes to `onCredential`; whoever waited for the second PIN then forgets the first
   * credential. Absent where nobody can be asked now: whatever needs a second PIN is refused.
   */
  promptSecond?(): void;
}

export interface ReaderListener {
  onCredential(reader: ReaderPort, credential: PresentedCredential): void;
  /** @param digits ASCII, wiped when this returns; undefined: cleared with `*`, or not entered in time. */
  onSecondPin(reader: ReaderPort, digits: Uint8Array | undefined): void;
}
