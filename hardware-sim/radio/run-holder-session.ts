import { DOOR_CHARACTERISTICS } from "../../protocol/gatt-names";
import type { Hashes } from "../../protocol/hashes";
import type { HolderSession } from "../../protocol/holder-session";
import type { VirtualClock } from "../virtual-clock";
import type { VirtualLink } from "./virtual-link";

export interface HolderParts {
  clock: VirtualClock;
  link: VirtualLink;
  hashes: Hashes;
  /** `K_c`. */
  key: Uint8Array;
}

/** How a session ended: with what it returns, or with what it threw; `undefined` for the error: the link ended. */
export type HolderOutcome<T> = { ok: true; value: T } | { ok: false; error: unknown };

/** Runs a holder's session (SPEC 20, 21) over a link by callbacks: no promises, so that it runs in any world and on XS. */
export function runHolderSession<T>(session: HolderSession<T>, { clock, link, hashes, key }: HolderParts, done: (outcome: HolderOutcome<T>) => void): void {
  const lost = (): void => done({ ok: false, error: undefined });
  const go = (answer?: Uint8Array): void => {
    let next: ReturnType<typeof session.next>;
    try {
      next = session.next(answer);
    } catch (error) {
      return done({ ok: false, error });
    }
    if (next.done === true) return done({ ok: true, value: next.value });
    const step = next.value;
    switch (step.do) {
      case "read":
        return link.read(DOOR_CHARACTERISTICS[step.from], (bytes) => (bytes === undefined ? lost() : go(bytes)));
      case "write":
        return link.write(DOOR_CHARACTERISTICS[step.to], step.bytes, (ok) => (ok ? go() : lost()));
      case "prove":
        return go(hashes.hmacSha256(key, step.bytes));
      case "wait":
        return void clock.set(() => go(), step.milliseconds);
    }
  };
  go();
}
