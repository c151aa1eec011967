import { join } from "node:path";
import { measure } from "../../hardware-sim/xs/meter";
import { nodeHashes } from "../../hardware-sim/xs/host-hashes";
import { readU32, writeU32 } from "../../protocol/bytes";
import { ListRig } from "../support/list-rig";
import { fillerRows } from "../support/mint";
import { SLICE_COMPUTE_MAX, type Row } from "./row";

const ROWS = 10_000;

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  writeU32(bytes, 0, value);
  return bytes;
}

/** What keeping 10,000 rows up to date costs in XS, apart from the signature and the flash itself. */
export async function rows(): Promise<Row[]> {
  const rig = new ListRig({ hashes: nodeHashes, verifySignature: () => true });
  const { mint } = rig;
  const all = fillerRows(ROWS);
  const revoked = (count: number) => all.filter((_, n) => n % 250 !== 7 || n / 250 > count);
  const base = mint.snapshot({ version: 1_000, rows: all });
  const next = mint.snapshot({ version: 2_000, rows: revoked(38) });
  rig.claim();
  rig.fetch(base);
  rig.apply(base, mint.delta(base, { version: 1_001, rows: revoked(37) }));
  rig.run(rig.leases.receiveLease(mint.lease({ version: 1_001, issuedAt: 5_000 })));
  const settled = rig.memory();
  rig.run(rig.updater.receiveManifest(next.message));
  next.pages.slice(0, -1).forEach((page, number) => rig.run(rig.updater.receivePage(number, page)));
  const memories: Record<string, typeof settled> = { settled, almost: rig.memory() };
  const keyValue = rig.keyValue.open("latchkey");
  const text = (body: Uint8Array): string => Buffer.from(body).toString("latin1");
  const nothing = new Uint8Array(0);

  const measurements = await measure(join(__dirname, "list-update.measured.ts"), {
    begin(memory) {
      rig.restore(memories[text(memory)]);
      return nothing;
    },
    read: (body) => new Uint8Array(rig.flash.read(readU32(body, 0), readU32(body, 4))),
    write(body) {
      rig.flash.write(body.subarray(4), readU32(body, 0));
      return nothing;
    },
    erase(body) {
      rig.flash.eraseBlock(readU32(body, 0));
      return nothing;
    },
    kept: (key) => new Uint8Array(keyValue.read(text(key)) ?? new ArrayBuffer(0)),
    keep(body) {
      keyValue.write(text(body.subarray(1, 1 + body[0])), body.slice(1 + body[0]));
      return nothing;
    },
    door: () => mint.door,
    base: () => u32(1_000),
    next: () => u32(2_000),
    revoked: () => u32(1_002),
    revocation: () => mint.delta(base, { version: 1_002, rows: revoked(38) }),
    page: () => next.pages[next.pages.length - 1],
  });
  const [opened, revocation, lastPage] = ["opened", "revocation", "last page"].map((name) => measurements.get(name)!);
  const count = ROWS.toLocaleString("en");
  return [
    { name: `Boot with ${count} rows in XS`, value: opened.compute, unit: "compute" },
    { name: `List, keyset and lease of ${count} rows in XS, slots`, value: opened.live.slots, unit: "slots" },
    { name: `List, keyset and lease of ${count} rows in XS, chunks`, value: opened.live.chunkBytes, unit: "bytes" },
    { name: "The 38th revocation in XS, without its signature", value: revocation.compute, unit: "compute" },
    { name: "… largest slice", value: revocation.largestSlice, unit: "compute", budget: { atMost: SLICE_COMPUTE_MAX } },
    { name: "… alive meanwhile, chunks", value: revocation.live.chunkBytes, unit: "bytes" },
    { name: `The last page of ${count} rows in XS: check all, parity, activate`, value: lastPage.compute, unit: "compute" },
    { name: "… largest slice", value: lastPage.largestSlice, unit: "compute", budget: { atMost: SLICE_COMPUTE_MAX } },
    { name: "… alive meanwhile, chunks", value: lastPage.live.chunkBytes, unit: "bytes" },
  ];
}
