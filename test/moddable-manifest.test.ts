/** manifest.json names what the Moddable SDK builds; nothing but these tests says so when a module is forgotten. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { PARTITION_BYTES } from "../firmware/flash-layout";
import { reachableModules } from "./support/module-graph";

const HOUSE = join(__dirname, "..");

interface Part {
  modules: Record<string, string | string[]>;
  preload: string[];
}
interface Platform extends Part {
  creation: { main: string };
}
interface Manifest extends Part {
  strip: string;
  defines: { xs: { abortHook: number } };
  typescript: { tsconfig: { compilerOptions: { noEmitOnError: boolean } } };
  build: { PARTITIONS_FILE: string };
  platforms: Record<string, Platform>;
}

const manifest = JSON.parse(readFileSync(join(HOUSE, "manifest.json"), "utf8")) as Manifest;

/** Module names of a part with the sources that they come from, wildcard keys resolved. */
function namedModules({ modules }: Part): [name: string, source: string][] {
  return Object.entries(modules).flatMap(([key, sources]) =>
    [sources].flat().map((source): [string, string] => [key.endsWith("*") ? key.slice(0, -1) + source.slice(source.lastIndexOf("/") + 1) : key, source]),
  );
}

for (const [platform, part] of Object.entries(manifest.platforms)) {
  const { own, foreign } = reachableModules(HOUSE, part.creation.main);
  const named = new Map([...namedModules(manifest), ...namedModules(part)]);
  const preloaded = [...manifest.preload, ...part.preload];

  test(`${platform}: every module that the app imports is named and preloaded`, (t) => {
    for (const module of own) {
      t.is(named.get(module), `./${module}`, `manifest.json "modules" lacks ./${module}`);
      t.true(preloaded.includes(module), `manifest.json "preload" lacks ${module}: it would be copied to RAM`);
    }
  });

  test(`${platform}: what is named is there and is imported`, (t) => {
    for (const [name, source] of named) {
      if (source.startsWith("$(MODDABLE)")) continue;
      t.true(existsSync(join(HOUSE, `${source}.ts`)) || existsSync(join(HOUSE, source)), `${source} does not exist`);
      t.true(own.has(name) || foreign.has(name), `nothing imports ${name}`);
    }
    for (const name of preloaded) t.true(named.has(name), `"preload" has ${name}, "modules" has not`);
    t.is(new Set(preloaded).size, preloaded.length, "a module is preloaded twice");
  });

  test(`${platform}: of npm nothing is reachable but what can be preloaded`, (t) => {
    const packages = [...foreign].filter(([specifier]) => existsSync(join(HOUSE, "node_modules", specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/"))));
    for (const [specifier, importers] of packages) {
      // @noble/hashes/sha2 links and then throws at the first hash: it writes to arrays that lie in flash.
      t.is(specifier, "@noble/ed25519", `${[...importers].join(", ")} imports ${specifier}`);
    }
  });
}

test("a failed type check fails the build, and a board survives its exceptions", (t) => {
  t.true(manifest.typescript.tsconfig.compilerOptions.noEmitOnError);
  t.is(manifest.defines.xs.abortHook, 1);
  t.is(manifest.strip, "*");
});

test("partitions.csv has room for what firmware/flash-layout.ts lays out, encrypted, on a 4 MB module", (t) => {
  const lines = readFileSync(join(HOUSE, manifest.build.PARTITIONS_FILE), "utf8").split("\n");
  const partitions = lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(",").map((field) => field.trim()))
    .map(([name, type, , offset, size, flags]) => ({ name, type, offset, size: Number(size), flags }));
  const find = (name: string): (typeof partitions)[number] => partitions.find((partition) => partition.name === name)!;

  t.like(find("latchkey"), { type: "data", size: PARTITION_BYTES, flags: "encrypted" });
  t.is(find("nvs_keys").flags, "encrypted");
  t.is(find("nvs").flags, "", "NVS is encrypted by itself, with the keys in nvs_keys");
  t.is(find("ota_0").size, find("ota_1").size);

  // As the tool lays them out behind a table at 0x10000, images at multiples of 64 KB.
  const end = partitions.reduce((at, { type, size }) => (type === "app" ? Math.ceil(at / 0x1_0000) * 0x1_0000 : at) + size, 0x1_1000);
  t.true(end <= 0x40_0000, `ends at 0x${end.toString(16)}`);
  t.true(partitions.every(({ offset, size }) => offset === "" && size % 0x1000 === 0));
});
