import type { PolicyContent } from "../../cloud/issuing/door-orders";
import type { StalenessBounds } from "../../cloud/issuing/lease-terms";
import type { LockState } from "../../protocol/delta";
import type { ReferenceList } from "../reference/reference-list";

/** How a house wants its doors; the same for all of a world. */
export interface HouseRules {
  policy: PolicyContent;
  bounds: StalenessBounds;
  utcOffsets: Uint8Array;
  holidays: Uint8Array;
  /**
   * Leases go out every few minutes, whatever list a door has, as SPEC 14 allows: then it is the door alone that must
   * not take one for a list that somebody keeps from it. The real cloud waits for the receipt.
   */
  eagerLeases: boolean;
  /** The same for the reference model. */
  offsets: ReferenceList["offsets"];
  holidayDates: readonly string[];
}

/** A list as it was issued. */
export interface IssuedList {
  epoch: number;
  version: number;
  reference: ReferenceList;
  policy: PolicyContent;
  lockState: LockState;
  throttleReset: number;
  /** Where the version is a base and a delta on it: what the door has that has taken the base and not yet the delta. */
  bare?: BareBase;
}

/** Orders ride in deltas: a base alone knows of none (SPEC 5.6). */
export interface BareBase {
  /** How the door commits it (firmware/access-list/commit-log). */
  commit: Uint8Array;
  reference: ReferenceList;
}

/** What is said of a right that was taken back: until when, in Unix seconds, it may still open. */
export type Statement = { state: "acknowledged" | "never-delivered" } | { state: "limited"; until: number } | { state: "unlimited" };
