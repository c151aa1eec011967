/** Runs measured functions inside XS: the other end of meter.ts. Runs in XS only. */
import { fromUtf8, serve, toUtf8 } from "./guest";
import { guestHashes } from "./guest-hashes";
import { type Measured, MORE } from "./measured";

export function serveMeasured(measured: Record<string, Measured>): void {
  const kept: { run: (() => unknown) | undefined; result: unknown } = { run: undefined, result: undefined };
  serve({
    names: () => toUtf8(JSON.stringify(Object.keys(measured))),
    prepare(name) {
      kept.result = undefined;
      kept.run = undefined;
      kept.run = measured[fromUtf8(name)]({ hashes: guestHashes });
    },
    /** One byte where there is more to do. */
    run() {
      kept.result = kept.run!();
      return kept.result === MORE ? new Uint8Array(1) : undefined;
    },
    /** What a call costs that does nothing. */
    nothing() {
      (() => undefined)();
    },
  });
}
