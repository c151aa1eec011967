import type { HolderSession } from "../protocol/holder-session";
import { RadioError, type DoorConnection } from "./door-radio";
import type { KeyVault, OpaqueKey } from "./key-vault";
import { STEP_MS } from "./limits";
import { Unawaited, pause, within, type PhoneClock } from "./phone-clock";

/** With what a session is run. */
export interface SessionMeans {
  connection: DoorConnection;
  vault: KeyVault;
  clock: PhoneClock;
  /** `K_c` of the door. */
  key: OpaqueKey;
  /** Ends the session at once; the connection is then good for nothing but closing. */
  signal?: AbortSignal | undefined;
  /** Ends the session before its next step; the connection can be used on. */
  yields?: AbortSignal | undefined;
}

/**
 * Runs a session of protocol/holder-session.ts over a connection, each step with a deadline.
 * @returns what the session returns.
 * @throws {RadioError} `lost`: the connection ended, or the door was silent.
 * @throws {ProtocolError} what answers speaks otherwise.
 * @throws {Unawaited} `cancelled`.
 */
export async function runSession<T>(session: HolderSession<T>, { connection, vault, clock, key, signal, yields }: SessionMeans): Promise<T> {
  let answer: Uint8Array | undefined;
  for (;;) {
    if (signal?.aborted === true || yields?.aborted === true) throw new Unawaited("cancelled");
    const next = session.next(answer);
    if (next.done === true) return next.value;
    const step = next.value;
    answer = undefined;
    switch (step.do) {
      case "read":
        answer = await inTime(connection.read(step.from));
        break;
      case "write":
        await inTime(connection.write(step.to, step.bytes));
        break;
      case "prove":
        answer = await vault.prove(key, step.bytes);
        break;
      case "wait":
        // Whatever the door says: an idle connection ends.
        await pause(clock, Math.min(step.milliseconds, STEP_MS / 2), [signal, yields]);
        break;
    }
  }

  async function inTime<V>(work: Promise<V>): Promise<V> {
    try {
      return await within(clock, STEP_MS, work, signal);
    } catch (error) {
      if (error instanceof Unawaited && error.why === "time-up") throw new RadioError("lost", "silent for too long");
      throw error;
    }
  }
}
