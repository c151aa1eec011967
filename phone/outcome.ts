import type { Denial } from "../protocol/decision";
import type { CloudFailure } from "./phone-cloud";

/**
 * Why a phone did not get as far as a door's decision. `no-key`: this phone has none for that door. `carries-only`: it
 * may bring that door news and open nothing. `handles-used-up`: the cloud must give new ones first. `no-bluetooth`,
 * `out-of-reach`, `not-chosen`, `connection-lost`: of the radio. `not-recognised`: the door did not take the phone's
 * proof. `forged`: what answered was not the door. `not-understood`: it does not speak our protocol. `no-storage`: the
 * phone cannot keep what it must. `cancelled`: by the person.
 */
export type PhoneFailure =
  | "no-key"
  | "carries-only"
  | "handles-used-up"
  | "no-bluetooth"
  | "out-of-reach"
  | "not-chosen"
  | "connection-lost"
  | "not-recognised"
  | "forged"
  | "not-understood"
  | "no-storage"
  | "cancelled";

export type UnlockFailure = Denial | PhoneFailure;

/** How a tap ended. */
export type UnlockOutcome = {
  /** The door has taken news from this phone on the way, and was asked once more. */
  broughtNews: boolean;
} & ({ opened: true; seconds: number } | { opened: false; why: UnlockFailure });

/** What a visit to a door as a courier came to. */
export type CarryOutcome =
  | {
      carried: true;
      /** Items that the door took. */
      delivered: number;
      /** Items that it refused. */
      refused: number;
      /** Items that it gave along. */
      collected: number;
      /** Of those, the cloud has them already. */
      uploaded: boolean;
    }
  | { carried: false; why: PhoneFailure };

/**
 * What asking the cloud came to. `bad-keys`: what came was not for this phone. `phone-ended`: somebody has ended its keys
 * (it was reported as lost), and it has forgotten everything. `too-many-phones`: the account has as many as it may.
 */
export type RefillFailure = CloudFailure | "bad-keys" | "no-storage" | "phone-ended" | "too-many-phones";
export type RefillOutcome = { refilled: true; doors: number } | { refilled: false; why: RefillFailure };

/** What a tap is doing, for whoever looks at the phone meanwhile. */
export type UnlockProgress = "connecting" | "asking" | "bringing-news" | "trying-again";
