/** Runs every test/firmware/*.cases.ts twice: under Node and under XS, the engine of the board. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { whyNoXs } from "../hardware-sim/xs/find-worker";
import { nodeBlockCipher } from "../hardware-sim/xs/host-block-cipher";
import { nodeHashes } from "../hardware-sim/xs/host-hashes";
import { type CaseHost, type Cases, SKIPPED, SkippedCase } from "./support/cases";
import { assert } from "./support/portable-assert";
import { XsCases } from "./support/xs-cases";
import { readVectors, whyNoVectors } from "./vectors";

const FOLDER = join(__dirname, "firmware");
const SUFFIX = ".cases.ts";
const noXs = whyNoXs();

const nodeHost: CaseHost = {
  hashes: nodeHashes,
  blockCipher: nodeBlockCipher,
  thorough: true,
  vectors(path) {
    const text = readVectors(path);
    if (text === undefined) throw new SkippedCase("no published vectors");
    return JSON.parse(text);
  },
};

async function report(t: ExecutionContext, run: () => void | Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if ((error as { code?: string }).code !== SKIPPED) throw error;
    t.log(`SKIPPED: ${whyNoVectors()}`);
  }
  t.pass();
}

for (const name of readdirSync(FOLDER).filter((entry) => entry.endsWith(SUFFIX)).sort()) {
  const file = join(FOLDER, name.slice(0, -".ts".length));
  const { cases } = require(file) as { cases: Cases };
  const subject = name.slice(0, -SUFFIX.length);
  for (const [title, run] of Object.entries(cases)) {
    test(`${title} (Node)`, (t) => report(t, () => run(assert, nodeHost)));
  }
  if (noXs !== undefined) {
    test.skip(`${subject}: ${Object.keys(cases).length} tests under XS (${noXs})`, () => {});
    continue;
  }
  const inXs = new XsCases(file);
  test.after.always(`close XS of ${subject}`, () => inXs.close());
  for (const title of Object.keys(cases)) {
    test(`${title} (XS)`, (t) => report(t, () => inXs.run(title)));
  }
}
