import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { mintVectors } from "./support/minted-vectors";

test("protocol/vectors.json is what the code makes (npm run vectors writes it)", (t) => {
  t.deepEqual(JSON.parse(readFileSync(join(__dirname, "../protocol/vectors.json"), "utf8")), mintVectors());
});
