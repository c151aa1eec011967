/** The XS engine of the tests themselves: what it reports when things go wrong, and what it measures. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import test, { type ExecutionContext } from "ava";
import { whyNoXs } from "../hardware-sim/xs/find-worker";
import { hostHashes } from "../hardware-sim/xs/host-hashes";
import { measure } from "../hardware-sim/xs/meter";
import { encodeNetstring, NetstringReader } from "../hardware-sim/xs/netstring";
import { bundleForXs } from "../hardware-sim/xs/xs-bundle";
import { XsDeadError, XsEngine, XsUncaughtError } from "../hardware-sim/xs/xs-engine";
import { type HostOperations, XsProgram, XsProgramError } from "../hardware-sim/xs/xs-program";

const noXs = whyNoXs();
/** A test that needs XS; where there is none its title says so. */
function xsTest(title: string, run: (t: ExecutionContext) => Promise<void>): void {
  if (noXs === undefined) test(title, run);
  else test.skip(`${title} (${noXs})`, run);
}

const XS_FOLDER = resolve(__dirname, "../hardware-sim/xs");
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

/** Runs a program of these operations, given as source text. */
async function withProgram(
  operations: string,
  use: (program: XsProgram) => Promise<unknown>,
  host: HostOperations = {},
): Promise<void> {
  const source = `import { callHost, fromUtf8, serve, toUtf8 } from "./guest";\nserve({${operations}});`;
  const program = await XsProgram.start(await bundleForXs({ source, folder: XS_FOLDER }), host);
  try {
    await use(program);
  } finally {
    await program.close();
  }
}

test("netstrings come out whole, however the stream was cut", (t) => {
  const messages = ["", "a", "0123456789", "x".repeat(5_000)];
  const stream = Buffer.concat(messages.map((message) => encodeNetstring(Buffer.from(message))));
  for (const size of [1, 2, 3, 7, 4_096, stream.length]) {
    const received: string[] = [];
    const reader = new NetstringReader((message) => received.push(text(message)));
    for (let at = 0; at < stream.length; at += size) reader.push(stream.subarray(at, at + size));
    t.deepEqual(received, messages, `cut every ${size} bytes`);
  }
  for (const nonsense of ["abc", "1234567890:", ":", "3:abcd", "-1:,"]) {
    t.throws(() => new NetstringReader(() => {}).push(Buffer.from(nonsense)), undefined, nonsense);
  }
});

xsTest("a program answers, and asks its host in the middle of an answer", async (t) => {
  await withProgram(
    "echo: (body) => callHost('twice', body)",
    async (program) => {
      const { reply, meters } = await program.call("echo", Buffer.from("ab"));
      t.is(text(reply), "abab");
      t.true(meters.compute > 0 && meters.slots > 0);
      const again = await program.call("echo", Buffer.from("cd"));
      t.is(again.meters.compute, meters.compute, "the meter is deterministic");
    },
    { twice: async (body) => Buffer.concat([body, body]) },
  );
});

xsTest("an exception comes back with its message, its code and the lines of its source", async (t) => {
  await withProgram(
    `fail() {
      const inner = () => { throw Object.assign(new TypeError("not so"), { code: "too-large" }); };
      inner();
    }`,
    async (program) => {
      const error = await t.throwsAsync(program.call("fail"), { instanceOf: XsProgramError, message: "not so", code: "too-large" });
      t.regex(error.stack!, /TypeError: not so[^]*inner \([^)]*entry\.ts:3\)[^]*fail \([^)]*entry\.ts:4\)/);
      await t.throwsAsync(program.call("nobody"), { message: /no operation "nobody"/ });
      await t.throwsAsync(program.call("fail"), { message: "not so" }, "the engine goes on");
    },
  );
});

xsTest("what the host throws is an error inside the program", async (t) => {
  await withProgram(
    "ask() { try { callHost('refuse'); } catch (error) { return toUtf8(error.message); } }",
    async (program) => {
      t.is(text((await program.call("ask")).reply), "not today");
    },
    {
      refuse() {
        throw new Error("not today");
      },
    },
  );
});

xsTest("a program finds no globals that an ESP32 has not", async (t) => {
  await withProgram("globals: () => toUtf8(JSON.stringify(Object.getOwnPropertyNames(globalThis)))", async (program) => {
    const globals = JSON.parse(text((await program.call("globals")).reply)) as string[];
    for (const name of ["TextEncoder", "TextDecoder", "Base64", "console", "print", "setImmediate", "setTimeout", "performance", "process", "Buffer", "crypto"]) {
      t.false(globals.includes(name), name);
    }
    t.true(globals.includes("BigInt"));
  });
});

test("what needs Node is refused when it is bundled", async (t) => {
  await t.throwsAsync(bundleForXs({ source: "import { readFileSync } from 'node:fs'; readFileSync('x');", folder: XS_FOLDER }), {
    message: /Could not resolve "node:fs"/,
  });
});

xsTest("an engine that dies tells every waiting caller why", async (t) => {
  const engine = new XsEngine({ computeLimit: 1_000_000 });
  await t.throwsAsync(engine.evaluate("throw new RangeError('early')"), { instanceOf: XsUncaughtError, message: "RangeError: early" });
  const waiting = [engine.evaluate("for (;;);"), engine.evaluate("1"), engine.heap()];
  for (const call of waiting) await t.throwsAsync(call as Promise<unknown>, { instanceOf: XsDeadError, message: /compute limit reached/ });
  await engine.close();
  await t.throwsAsync(engine.evaluate("1"), { instanceOf: XsDeadError });
});

xsTest("a program that does not load says so", async (t) => {
  const bundle = await bundleForXs({ source: "undefinedFunction();", folder: XS_FOLDER });
  await t.throwsAsync(XsProgram.start(bundle), { instanceOf: XsUncaughtError, message: /undefinedFunction/ });
});

xsTest("the meter tells compute, slices and what stays alive", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-meter-"));
  const file = join(folder, "example.ts");
  writeFileSync(
    file,
    `import { type Measured, MORE } from ${JSON.stringify(join(XS_FOLDER, "measured"))};
    const loop = (times: number): Measured => () => () => { for (let i = 0; i < times; i++); };
    export const measured: Record<string, Measured> = {
      nothing: () => () => undefined,
      loop: loop(1_000),
      "loop twice": loop(2_000),
      kept: ({ hashes }) => { const digest = hashes.sha512(new Uint8Array(9)); return () => [digest, new Uint8Array(10_000)]; },
      garbage: () => () => { new Uint8Array(10_000); },
      sliced: () => { let left = 3; return () => (--left > 0 ? MORE : "done"); },
    };`,
  );
  try {
    const measured = await measure(file, hostHashes);
    const of = (name: string) => measured.get(name)!;
    t.true(of("nothing").compute < 20, `${of("nothing").compute}`);
    const once = of("loop").compute;
    t.true(of("loop twice").compute > 1.9 * once && of("loop twice").compute < 2.1 * once);
    t.is(of("sliced").slices, 3);
    t.is(of("loop").slices, 1);
    const { live, prepared } = of("kept");
    t.true(live.chunkBytes >= 10_000 && live.chunkBytes < 10_400, `${live.chunkBytes}`);
    t.true(prepared.chunkBytes >= 64 && prepared.chunkBytes < 500, `${prepared.chunkBytes}`);
    t.true(of("garbage").live.chunkBytes < 200, `${of("garbage").live.chunkBytes}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
