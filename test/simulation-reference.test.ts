/** I7: the firmware's decision against the naive model of simulation/reference, and what comes out of the cloud's issuing. */
import test from "ava";
import fc from "fast-check";
import { decideAccess } from "../firmware/decide-access";
import { VirtualRandom } from "../hardware-sim/virtual-random";
import { nodeHashes } from "../hardware-sim/xs/host-hashes";
import { REASONS } from "../protocol/decision";
import { judge } from "../simulation/reference/judge";
import { drawAttempt, type Draw, type DrawnAttempt } from "./support/reference-draw";
import { requestOf } from "./support/reference-request";

const ATTEMPTS = 10_000;

function disagreement(drawn: DrawnAttempt): string | undefined {
  const expected = judge(drawn.list, drawn.attempt).reason;
  const decision = decideAccess(requestOf(nodeHashes, drawn));
  const reason = decision.granted ? "granted" : decision.reason;
  return reason === expected ? undefined : `firmware ${reason}, model ${expected}: ${JSON.stringify({ ...drawn, uses: [...drawn.uses] })}`;
}

test(`I7: firmware and naive model agree on ${ATTEMPTS.toLocaleString("en")} random attempts`, (t) => {
  const random = new VirtualRandom("I7");
  const told = new Map<string, number>();
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const drawn = drawAttempt((bound) => random.below(bound));
    const difference = disagreement(drawn);
    if (difference !== undefined) return t.fail(`attempt ${attempt}: ${difference}`);
    const { reason } = judge(drawn.list, drawn.attempt);
    told.set(reason, (told.get(reason) ?? 0) + 1);
  }
  t.log(Object.fromEntries([...told].sort()));
  // What is never asked is not tested.
  t.deepEqual(REASONS.filter((reason) => reason !== "locked-out" && (told.get(reason) ?? 0) < ATTEMPTS / 1_000), []);
});

test("I7: where firmware and naive model disagree, the smallest such attempt is told", (t) => {
  const onTape = (tape: readonly number[]): Draw => {
    let at = 0;
    return (bound) => (tape[at++] ?? 0) % bound;
  };
  fc.assert(
    fc.property(fc.array(fc.nat(2 ** 30), { maxLength: 400 }), (tape) => {
      const difference = disagreement(drawAttempt(onTape(tape)));
      if (difference !== undefined) throw new Error(difference);
    }),
    { numRuns: 2_000, seed: 7 },
  );
  t.pass();
});
