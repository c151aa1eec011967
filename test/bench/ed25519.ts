import { join } from "node:path";
import { measure } from "../../hardware-sim/xs/meter";
import type { Row } from "./row";

/** Slots are 16 bytes on an ESP32. */
const SLOT_BYTES = 16;

/** A signature check in XS, against noble's own. */
export async function rows(): Promise<Row[]> {
  const measurements = await measure(join(__dirname, "ed25519.measured.ts"));
  const [first, later, nobleFirst, nobleLater] = ["first", "later", "noble first", "noble later"].map((name) => measurements.get(name)!);
  const liveBytes = ({ live }: typeof first): number => live.chunkBytes + live.slots * SLOT_BYTES;
  return [
    {
      name: "Ed25519 check in XS, the first",
      value: first.compute,
      unit: "compute",
      budget: { atMost: 1_120_000 },
      references: [{ name: "noble's verify", value: nobleFirst.compute }],
    },
    {
      name: "Ed25519 check in XS, later ones",
      value: later.compute,
      unit: "compute",
      budget: { atMost: 1_120_000 },
      references: [{ name: "noble's verify", value: nobleLater.compute }],
    },
    {
      name: "Ed25519 check in XS, largest slice",
      value: first.largestSlice,
      unit: "compute",
      budget: { atMost: 20_000 },
      references: [{ name: "noble's verify", value: nobleLater.largestSlice }],
    },
    {
      name: "Ed25519 check in XS, alive meanwhile",
      value: liveBytes(first),
      unit: "bytes",
      budget: { atMost: 16 * 1024 },
      references: [{ name: "noble's verify", value: liveBytes(nobleFirst) }],
    },
  ];
}
