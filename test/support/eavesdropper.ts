import type { VirtualAir } from "../../hardware-sim/radio/virtual-air";
import { toHex } from "../../protocol/bytes";

/** Somebody with a receiver who has stood at a door for weeks; only the test tells whose session is whose. */
export class Eavesdropper {
  /** Everything that was on the air in one session, with the addresses. */
  readonly sessions: { phone: number; bytes: Uint8Array[] }[] = [];
  packets = 0;
  #session: Uint8Array[] | undefined;

  constructor(air: VirtualAir) {
    air.onPacket = ({ from, to, bytes }) => {
      this.packets++;
      this.#session?.push(from, ...(to === undefined ? [] : [to]), bytes);
    };
  }

  begin(phone: number): void {
    this.#session = [];
    this.sessions.push({ phone, bytes: this.#session });
  }

  end(): void {
    this.#session = undefined;
  }

  /**
   * Runs of bytes by which the sessions of one phone can be told to be one phone's: they come again in several of
   * its sessions, and in none of another's. What doors and everybody say is no such run. Where a value is cut into
   * parts, a run may hold little more than a byte that is not always the same: so short ones mean nothing before they
   * have come often, and long ones do at once.
   * @param length bytes of a run.
   * @param times in how many sessions at least.
   * @returns hexadecimal, and whose.
   */
  identifiers(length: number, times: number): { run: string; phone: number; sessions: number }[] {
    const seen = new Map<string, { phone: number | "several"; sessions: number; last: number }>();
    for (const [index, { phone, bytes }] of this.sessions.entries()) {
      for (const part of bytes) {
        for (let at = 0; at + length <= part.length; at++) {
          const run = toHex(part.subarray(at, at + length));
          const known = seen.get(run);
          if (known === undefined) seen.set(run, { phone, sessions: 1, last: index });
          else {
            if (known.phone !== phone) known.phone = "several";
            if (known.last !== index) known.sessions++;
            known.last = index;
          }
        }
      }
    }
    return [...seen].flatMap(([run, { phone, sessions }]) => (phone !== "several" && sessions >= times ? [{ run, phone, sessions }] : []));
  }
}
