/** Runs a case file inside XS: the other end of xs-cases.ts. */
import { callHost, fromUtf8, serve, toUtf8 } from "../../hardware-sim/xs/guest";
import { guestBlockCipher } from "../../hardware-sim/xs/guest-block-cipher";
import { guestHashes } from "../../hardware-sim/xs/guest-hashes";
import { type CaseHost, type Cases, SkippedCase } from "./cases";
import { assert } from "./portable-assert";

const host: CaseHost = {
  hashes: guestHashes,
  blockCipher: guestBlockCipher,
  thorough: false,
  vectors(path) {
    const text = callHost("vectors", toUtf8(path));
    if (text.length === 0) throw new SkippedCase("no published vectors");
    return JSON.parse(fromUtf8(text));
  },
};

/** Offers each case as a delivery of its own. */
export function serveCases(cases: Cases): void {
  serve({
    run(title) {
      const run = cases[fromUtf8(title)];
      if (run === undefined) throw new Error("no such case");
      run(assert, host);
    },
  });
}
