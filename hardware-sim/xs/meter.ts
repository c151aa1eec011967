import { resolve } from "node:path";
import { hostHashes } from "./host-hashes";
import type { XsHeap } from "./snapshot-measure";
import { bundleForXs } from "./xs-bundle";
import { type HostOperations, XsProgram } from "./xs-program";

/** What one measured function cost in XS. */
export interface Measurement {
  /** XS's unit of work, without what a call of nothing costs. Deterministic. */
  compute: number;
  slices: number;
  /** `compute` of the dearest slice. */
  largestSlice: number;
  /** What its preparation left alive, over the loaded program. */
  prepared: XsHeap;
  /** Largest amount alive after any slice, over `prepared`. What a slice leaves as garbage does not count. */
  live: XsHeap;
}

/**
 * Measures what a file exports as `measured: Record<string, Measured>` (measured.ts), in the order of its keys and
 * in one engine, so that a first call and a later one can differ. Compute and heap are taken in separate engines.
 * @param file path of the TypeScript file.
 * @param host operations beside the native hashes that the measured functions may call.
 * @throws {XsUnavailableError} no XS here.
 */
export async function measure(file: string, host: HostOperations = {}): Promise<Map<string, Measurement>> {
  const bundle = await bundleForXs({
    source: `
      import { serveMeasured } from ${JSON.stringify(resolve(__dirname, "meter-guest"))};
      import { measured } from ${JSON.stringify(resolve(file))};
      serveMeasured(measured);`,
    folder: __dirname,
  });
  const withProgram = async <T>(use: (program: XsProgram) => Promise<T>): Promise<T> => {
    const program = await XsProgram.start(bundle, { ...hostHashes, ...host });
    try {
      return await use(program);
    } finally {
      await program.close();
    }
  };
  const computes = await withProgram(measureCompute);
  const heaps = await withProgram(measureHeap);
  return new Map([...computes].map(([name, compute]) => [name, { ...compute, ...heaps.get(name)! }]));
}

async function measureCompute(program: XsProgram): Promise<Map<string, Pick<Measurement, "compute" | "slices" | "largestSlice">>> {
  const measurements = new Map();
  const nothing = (await program.call("nothing")).meters.compute;
  for (const name of await namesOf(program)) {
    await program.call("prepare", Buffer.from(name));
    const costs: number[] = [];
    await runToEnd(program, (compute) => costs.push(compute - nothing));
    measurements.set(name, {
      compute: costs.reduce((sum, cost) => sum + cost, 0),
      slices: costs.length,
      largestSlice: Math.max(...costs),
    });
  }
  return measurements;
}

async function measureHeap(program: XsProgram): Promise<Map<string, Pick<Measurement, "prepared" | "live">>> {
  const measurements = new Map();
  const names = await namesOf(program);
  for (const name of names) {
    const loaded = await program.heap();
    await program.call("prepare", Buffer.from(name));
    const before = await program.heap();
    const live: XsHeap = { slots: 0, chunkBytes: 0 };
    await runToEnd(program, async () => {
      const over = difference(await program.heap(), before);
      live.slots = Math.max(live.slots, over.slots);
      live.chunkBytes = Math.max(live.chunkBytes, over.chunkBytes);
    });
    measurements.set(name, { prepared: difference(before, loaded), live });
  }
  return measurements;
}

async function namesOf(program: XsProgram): Promise<string[]> {
  const { reply } = await program.call("names");
  return JSON.parse(Buffer.from(reply).toString("latin1")) as string[];
}

async function runToEnd(program: XsProgram, afterSlice: (compute: number) => unknown): Promise<void> {
  for (;;) {
    const { reply, meters } = await program.call("run");
    await afterSlice(meters.compute);
    if (reply.length === 0) return;
  }
}

function difference(after: XsHeap, before: XsHeap): XsHeap {
  return { slots: after.slots - before.slots, chunkBytes: after.chunkBytes - before.chunkBytes };
}
