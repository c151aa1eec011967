import { timingSafeEqual } from "node:crypto";
import { ADDRESSES_REMEMBERED_MAX, DOOR_BYTES, DOOR_LOGINS, DOOR_PACKETS } from "../limits";
import { TokenBucket, ticks, type Allowance, type Ticks } from "../network/token-bucket";
import type { StreamAllowance } from "./door-stream";

/** What one door may do, whichever of its connections does it: a door that logs in anew has not become another one. */
export interface DoorAllowance extends StreamAllowance {
  logins: TokenBucket;
  /** SHA-256 of the password of its last login: what matches is looked up before what does not. It lets nobody in. */
  lastPassword?: Uint8Array;
}

export interface DoorLimits {
  logins: Allowance;
  packets: Allowance;
  bytes: Allowance;
}

export const DOOR_LIMITS: DoorLimits = { logins: DOOR_LOGINS, packets: DOOR_PACKETS, bytes: DOOR_BYTES };

/** A connection that has not logged in: a CONNECT and little more, the rest waits. */
export function beforeLogin(): StreamAllowance {
  return { packets: new TokenBucket({ burst: 8, perSecond: 1 }), bytes: new TokenBucket({ burst: 8_192, perSecond: 1_024 }) };
}

/** Of doors that have logged in lately: only a right password makes an entry. */
export class DoorAllowances {
  readonly #limits: DoorLimits;
  readonly #ticks: Ticks;
  readonly #doors = new Map<string, DoorAllowance>();

  constructor(limits: DoorLimits = DOOR_LIMITS, now: Ticks = ticks) {
    this.#limits = limits;
    this.#ticks = now;
  }

  /** Whether this may well be the door: it has logged in with these bytes before. */
  isLikely(door: string, passwordHash: Uint8Array): boolean {
    const last = this.#doors.get(door)?.lastPassword;
    return last !== undefined && timingSafeEqual(last, passwordHash);
  }

  of(door: string): DoorAllowance {
    let allowance = this.#doors.get(door);
    if (allowance === undefined) {
      const { logins, packets, bytes } = this.#limits;
      allowance = { logins: new TokenBucket(logins, this.#ticks), packets: new TokenBucket(packets, this.#ticks), bytes: new TokenBucket(bytes, this.#ticks) };
      this.#doors.set(door, allowance);
      // As many doors as there are claimed; this bounds what is left of those that are no more.
      if (this.#doors.size > ADDRESSES_REMEMBERED_MAX) for (const oldest of this.#doors.keys()) { this.#doors.delete(oldest); break; }
    }
    return allowance;
  }
}
