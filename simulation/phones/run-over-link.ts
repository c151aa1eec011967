import type { VirtualClock } from "../../hardware-sim/virtual-clock";
import type { HolderSession, HolderStep } from "../../protocol/holder-session";
import { ProtocolError } from "../../protocol/protocol-error";
import type { ThinLink } from "./thin-air";

/**
 * Runs a holder's session over a link, step by step. Where the link is lost meanwhile nothing more is heard of it.
 * @param prove HMAC-SHA-256 under the holder's key.
 * @param onDone with what the session returns; undefined where the door spoke otherwise.
 */
export function runOverLink<T>(session: HolderSession<T>, { clock, link, prove }: { clock: VirtualClock; link: ThinLink; prove: (bytes: Uint8Array) => Uint8Array }, onDone: (result: T | undefined) => void): void {
  const go = (answer?: Uint8Array): void => {
    const step = next(session, answer);
    if (step === undefined) return onDone(undefined);
    if (step.done === true) return onDone(step.value);
    const { value } = step;
    switch (value.do) {
      case "read":
        return link.read(value.from, go);
      case "write":
        return link.write(value.to, value.bytes, go);
      case "prove":
        return go(prove(value.bytes));
      case "wait":
        clock.set(() => link.alive && go(), value.milliseconds);
    }
  };
  go();
}

function next<T>(session: HolderSession<T>, answer: Uint8Array | undefined): IteratorResult<HolderStep, T> | undefined {
  try {
    return session.next(answer);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
