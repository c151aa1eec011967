import { join } from "node:path";
import { measure } from "../../hardware-sim/xs/meter";
import { readU32 } from "../../protocol/bytes";
import { sampleList, samplePin, type SampleList } from "../support/sample-list";
import type { Row } from "./row";

const SIZES = [50, 1_000, 10_000] as const;
const COMPUTE_BUDGET = 5_000;
/** At 10,000 rows over 50. */
const GROWTH_BUDGET = 2.5;

/**
 * PIN decisions in XS, from the digits to the verdict: office staff (two windows, a lease), which costs most, beside
 * a door that parses its list as JSON and scans it; and what an open list takes of the heap.
 */
export async function rows(): Promise<Row[]> {
  const lists = new Map<number, SampleList>(SIZES.map((size) => [size, sampleList(size)]));
  const text = (body: Uint8Array): string => Buffer.from(body).toString("latin1");
  const listOf = (body: Uint8Array): SampleList => lists.get(Number(text(body)))!;
  const measurements = await measure(join(__dirname, "decision.measured.ts"), {
    manifest: (body) => listOf(body).payload,
    body: (body) => listOf(body).built.body,
    json: (body) => Buffer.from(listOf(body).json),
    read: (body) => lists.get(readU32(body, 0))!.built.body.subarray(readU32(body, 4), readU32(body, 4) + readU32(body, 8)),
    pin(body) {
      const [size, who] = text(body).split(" ");
      const { residentPin, staffPin } = lists.get(Number(size))!;
      return Buffer.from(who === "resident" ? residentPin : who === "staff" ? staffPin : samplePin(-1));
    },
  });
  const compute = (name: string): number => measurements.get(name)!.compute;
  const { prepared } = measurements.get("opened")!;
  return [
    ...SIZES.map((size): Row => ({
      name: `PIN decision in XS, ${size.toLocaleString("en")} rows`,
      value: compute(`staff ${size}`),
      unit: "compute",
      budget: { atMost: COMPUTE_BUDGET },
      references: [
        { name: "JSON, parsed and scanned", value: compute(`JSON ${size}`) },
        { name: "a resident", value: compute(`resident ${size}`) },
        { name: "a wrong PIN", value: compute(`stranger ${size}`) },
      ],
    })),
    {
      name: "PIN decision in XS, 10,000 rows over 50",
      value: compute("staff 10000") / compute("staff 50"),
      unit: "times",
      budget: { atMost: GROWTH_BUDGET },
      references: [{ name: "JSON, parsed and scanned", value: compute("JSON 10000") / compute("JSON 50") }],
    },
    { name: "PIN decision in XS, of it the host call for HMAC", value: compute("host call"), unit: "compute" },
    { name: "Open list of 10,000 rows in XS, slots", value: prepared.slots, unit: "slots" },
    {
      name: "Open list of 10,000 rows in XS, chunks",
      value: prepared.chunkBytes,
      unit: "bytes",
      references: [{ name: "its body in flash", value: lists.get(10_000)!.built.body.length }, { name: "JSON as text", value: lists.get(10_000)!.json.length }],
    },
  ];
}
