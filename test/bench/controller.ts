import { join } from "node:path";
import { nodeHashes } from "../../hardware-sim/xs/host-hashes";
import { measure } from "../../hardware-sim/xs/meter";
import { readU32, writeU32 } from "../../protocol/bytes";
import { ALWAYS, HolderClass, NO_END, type Profile } from "../../protocol/profile";
import { House } from "../support/house";
import { SLICE_COMPUTE_MAX, type Row } from "./row";

const ROWS = 10_000;
const RESIDENT: Profile = { notBefore: 0, notAfter: NO_END, schedule: ALWAYS, holderClass: HolderClass.resident, outputs: 1, maxUses: 0 };
const KILO = 1_024;

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  writeU32(bytes, 0, value);
  return bytes;
}

/** What the whole controller keeps alive in XS with 10,000 credentials, at rest and while it takes a revocation. */
export async function rows(): Promise<Row[]> {
  const house = new House(nodeHashes);
  house.cloud.issue(Array.from({ length: ROWS }, (_, index) => ({ pin: String(index).padStart(8, "0"), profile: RESIDENT })));
  house.clock.advance(600_000);
  const base = house.cloud.version;
  house.plug.pull();
  house.clock.advance(60_000);
  house.cloud.revoke("00001234");
  const revocation = house.cloud.sent.findLast(({ what }) => what.startsWith("delta/"))!.payload;
  house.board.powerOff();
  const memory = house.board.snapshot();
  house.board.supply.restore();
  const { flash } = house.board;
  const keyValue = house.board.keyValue.open("latchkey");
  const text = (body: Uint8Array): string => Buffer.from(body).toString("latin1");
  const nothing = new Uint8Array(0);

  const measurements = await measure(join(__dirname, "controller.measured.ts"), {
    begin() {
      house.board.restoreMemory(memory);
      return nothing;
    },
    read: (body) => new Uint8Array(flash.read(readU32(body, 0), readU32(body, 4))),
    write(body) {
      flash.write(body.slice(4), readU32(body, 0));
      return nothing;
    },
    erase(body) {
      flash.eraseBlock(readU32(body, 0));
      return nothing;
    },
    kept(key) {
      const value = keyValue.read(text(key));
      return value === undefined ? nothing : new Uint8Array(value);
    },
    keep(body) {
      keyValue.write(text(body.subarray(1, 1 + body[0])), body.slice(1 + body[0]));
      return nothing;
    },
    door: () => house.board.keyValue.peek("latchkey", "identity")!.slice(0, 8),
    base: () => u32(base),
    revocation: () => revocation,
  });
  const running = measurements.get("running")!;
  const busy = measurements.get("revocation")!;
  const chunks = (busy.prepared.chunkBytes + busy.live.chunkBytes) / KILO;
  const count = ROWS.toLocaleString("en");
  return [
    { name: `Controller with ${count} rows in XS, slots`, value: running.live.slots, unit: "slots", budget: { atMost: 4_000 } },
    { name: `Controller with ${count} rows in XS, chunks`, value: running.live.chunkBytes / KILO, unit: "KB", budget: { atMost: 48 } },
    { name: "Peak of chunks: all of that and a revocation being verified and written (no TLS here)", value: chunks, unit: "KB", budget: { atMost: 70 } },
    { name: "Revocation from message to receipt in XS, with its signature", value: busy.compute, unit: "compute" },
    { name: "… largest slice", value: busy.largestSlice, unit: "compute", budget: { atMost: SLICE_COMPUTE_MAX } },
  ];
}
