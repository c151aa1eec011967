import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { latestOpening } from "../cloud/truth/latest-opening";
import { REASONS } from "../protocol/decision";
import { REFUSALS } from "../protocol/protocol-error";
import { mintVectors } from "./support/minted-vectors";
import type { MintedVectors } from "./support/minted/vector-format";

const minted = JSON.parse(readFileSync(join(__dirname, "../protocol/vectors.json"), "utf8")) as MintedVectors;

test("protocol/vectors.json is what the code makes (npm run vectors writes it)", (t) => {
  t.deepEqual(minted, JSON.parse(JSON.stringify(mintVectors())));
});

test("X1: the cloud's \"may open until at most\" is that of the vectors", (t) => {
  for (const { name, rightEnd, until, ...facts } of minted.latestOpenings) {
    t.is(latestOpening({ ...facts, rightEnd: rightEnd ?? undefined })?.until ?? null, until, name);
  }
});

test("there is a vector for every refusal, and a decision for every reason", (t) => {
  const expected = new Set(Object.values(minted.vectors).flatMap((vectors) => vectors.map(({ expect }) => expect)));
  // "no-room" says nothing of a message: it is of the door that reads it (test/firmware/inbox.cases.ts).
  t.deepEqual([...REFUSALS].filter((code) => !expected.has(code)), ["no-room"]);
  const reasons = new Set(minted.decisions.map(({ reason }) => reason));
  t.deepEqual(REASONS.filter((reason) => !reasons.has(reason)), []);
});
