/** What the firmware keeps in the key-value store, and whose it is: a forgotten key would outlive its owner. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { BOARD_KEYS, INSTALLER_KEYS, OWNER_KEYS } from "../firmware/life/owner-keys";

const FIRMWARE = join(__dirname, "../firmware");
const KEY_CHARACTERS_MAX = 15; // of ESP-IDF's NVS

/** Names under which a source keeps something: its constants KEY, STATE_KEY … */
function keysIn(source: string): string[] {
  return [...source.matchAll(/\b(?:[A-Z]+_)*KEY = "([^"]*)"/g)].map(([, key]) => key);
}

test("service: every name in the key-value store is an owner's, an installer's or the board's", (t) => {
  const files = readdirSync(FIRMWARE, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts") && !path.startsWith("typings"));
  const sources = files.map((path) => ({ path, source: readFileSync(join(FIRMWARE, path), "utf8") }));
  const known = [...OWNER_KEYS, ...INSTALLER_KEYS, ...BOARD_KEYS] as string[];
  const found = new Map(sources.flatMap(({ path, source }) => keysIn(source).map((key): [string, string] => [key, path])));
  for (const [key, path] of found) {
    t.true(known.includes(key), `${path} keeps "${key}", which firmware/life/owner-keys.ts does not know`);
    t.true(key.length <= KEY_CHARACTERS_MAX, key);
  }
  for (const key of known) t.true(found.has(key), `nothing keeps "${key}"`);
  t.is(new Set(known).size, known.length);
  // Whoever writes under a name that is no constant of this form hides from this test.
  for (const { path, source } of sources) t.notRegex(source, /keyValue\s*\.(?:read|write|delete)\(\s*["'`](?!ca")/i, path);
});
