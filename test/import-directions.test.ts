/** Holds the directions of DESIGN's house: protocol ← firmware ← hardware-sim, protocol ← cloud, phone, fob. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "ava";

const HOUSE = join(__dirname, "..");
const FOLDERS = ["protocol", "firmware", "hardware-sim", "cloud", "phone", "fob", "simulation", "test"];
const CRUISER = join(HOUSE, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");

interface Violation {
  from: string;
  to: string;
  rule: { name: string };
}

/** @returns what the rules of .dependency-cruiser.cjs forbid in the sources below a folder. */
function violations(folder: string): Violation[] {
  const folders = FOLDERS.filter((name) => existsSync(join(folder, name)));
  // Exits with 0 whatever it finds, because it is asked for a report and not for a verdict.
  const report = execFileSync(process.execPath, [CRUISER, ...folders, "--config", "--output-type", "json"], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return (JSON.parse(report) as { summary: { violations: Violation[] } }).summary.violations;
}

test("imports run one way through the house", (t) => {
  t.deepEqual(
    violations(HOUSE).map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
    [],
  );
});

/** One forbidden import each. */
const PLANTED: readonly (readonly [rule: string, file: string, source: string])[] = [
  ["protocol-is-pure", "protocol/plant-node.ts", 'import "node:fs";'],
  ["protocol-is-pure", "protocol/plant-firmware.ts", 'import type { thing } from "../firmware/thing"; export type T = typeof thing;'],
  ["firmware-stands-on-protocol", "firmware/plant-sim.ts", 'import "../hardware-sim/thing";'],
  ["firmware-stands-on-protocol", "firmware/plant-board.ts", 'import "./esp32/thing";'],
  ["firmware-stands-on-protocol", "firmware/plant-type.ts", 'import type Digital from "embedded:io/digital"; export type T = Digital;'],
  ["board-is-moddable", "firmware/esp32/plant.ts", 'import "node:fs";'],
  ["moddable-only-on-boards", "hardware-sim/plant-moddable.ts", 'import Timer from "timer"; export const t = Timer;'],
  ["moddable-app-is-portable", "hardware-sim/moddable-lin/plant.ts", 'import "../uses-node";'],
  ["board-without-software-hashes", "firmware/plant-hashes.ts", 'import "../protocol/uses-hashes";'],
  ["simulation-without-cloud", "hardware-sim/plant-cloud.ts", 'import "../cloud/thing";'],
  ["cloud-without-doors", "cloud/plant-sim.ts", 'import "../hardware-sim/thing";'],
  ["phone-stands-on-protocol", "phone/plant-sim.ts", 'import "../hardware-sim/thing";'],
  ["phone-stands-on-protocol", "phone/plant-node.ts", 'import "node:fs";'],
  ["fob-stands-on-protocol", "fob/plant-firmware.ts", 'import "../firmware/thing";'],
  ["cloud-without-doors", "cloud/plant-phone.ts", 'import "../phone/thing";'],
  ["simulation-is-portable", "simulation/plant-node.ts", 'import "node:fs";'],
  ["reference-shares-nothing", "simulation/reference/plant.ts", 'import "../../protocol/thing";'],
  ["nothing-stands-on-the-simulation", "cloud/plant-simulation.ts", 'import "../simulation/thing";'],
  ["nothing-imports-tests", "cloud/plant-test.ts", 'import "../test/thing";'],
  ["no-cycles", "cloud/plant-cycle.ts", 'import "./plant-cycle-back";'],
  ["only-listed-packages", "cloud/plant-package.ts", 'import "unlisted";'],
  ["everything-resolves", "cloud/plant-nothing.ts", 'import "./nowhere";'],
];

test("each rule finds what it forbids", (t) => {
  const house = mkdtempSync(join(tmpdir(), "latchkey-directions-"));
  t.teardown(() => rmSync(house, { recursive: true, force: true }));
  const write = (file: string, source: string): void => {
    mkdirSync(dirname(join(house, file)), { recursive: true });
    writeFileSync(join(house, file), `${source}\n`);
  };
  for (const file of [".dependency-cruiser.cjs", "tsconfig.json"]) cpSync(join(HOUSE, file), join(house, file));
  write("package.json", '{ "name": "planted", "dependencies": { "@noble/hashes": "*" } }');
  for (const name of ["@noble/hashes", "unlisted"]) {
    write(`node_modules/${name}/package.json`, `{ "name": "${name}", "main": "index.js" }`);
    write(`node_modules/${name}/index.js`, "");
  }
  for (const folder of [...FOLDERS, "firmware/esp32"]) write(`${folder}/thing.ts`, "export const thing = 1;");
  write("protocol/uses-hashes.ts", 'import "@noble/hashes";');
  write("hardware-sim/uses-node.ts", 'import "node:fs";');
  write("hardware-sim/demo.ts", 'import "../cloud/thing";\nimport "./thing";');
  write("simulation/main.ts", 'import "node:fs";\nimport "../cloud/thing";\nimport "../firmware/thing";');
  write("firmware/esp32/allowed.ts", 'import Timer from "timer";\nimport "embedded:io/digital";\nimport "../thing";\nexport const t = Timer;');
  write("firmware/allowed.ts", 'import "../protocol/thing";\nimport "./thing";');
  write("cloud/plant-cycle-back.ts", 'import "./plant-cycle";');
  for (const [, file, source] of PLANTED) write(file, source);

  const found = violations(house);
  for (const [rule, file] of PLANTED) {
    t.true(
      found.some(({ rule: { name }, from, to }) => name === rule && (from === file || to === file)),
      `${rule} overlooks ${file}`,
    );
  }
  const innocent = ["simulation/main.ts", "hardware-sim/demo.ts", "firmware/esp32/allowed.ts", "firmware/allowed.ts", "protocol/uses-hashes.ts", "hardware-sim/uses-node.ts"];
  t.deepEqual(
    found.filter(({ from }) => innocent.includes(from)),
    [],
  );
});
