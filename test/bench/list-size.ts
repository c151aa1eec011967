import { sortRows } from "../../protocol/access-list";
import { sign } from "../../protocol/cose";
import { signingContext } from "../../protocol/cose-sign1";
import { encodeDelta, LockState } from "../../protocol/delta";
import { diffRows } from "../../protocol/list-diff";
import { hash8 } from "../../protocol/manifest";
import { nodeHashes } from "../../hardware-sim/xs/host-hashes";
import { LIST_KEY_SEED, SAMPLE_DOOR, sampleList, type SampleList } from "../support/sample-list";
import type { Row } from "./row";

/** Bytes per credential, everything included: DESIGN §9. */
const BUDGETS = [
  { size: 50, atMost: 14 },
  { size: 1_000, atMost: 9 },
  { size: 10_000, atMost: 8.5 },
] as const;

/** What a door's list and a revocation take on the wire and in flash. */
export async function rows(): Promise<Row[]> {
  const sizes = BUDGETS.map(({ size, atMost }): Row => {
    const list = sampleList(size);
    const bytes = list.message.length + list.built.body.length;
    return {
      name: `List per credential, ${size.toLocaleString("en")} of them`,
      value: bytes / size,
      unit: "bytes",
      budget: { atMost },
      references: [
        { name: "JSON", value: list.json.length / size },
        { name: "CBOR by cbor-x", value: list.cbor.length / size },
        { name: "published by Kisi", value: 200 },
      ],
    };
  });
  const big = sampleList(10_000);
  return [
    ...sizes,
    { name: "One revocation, signed", value: revocation(big, 1), unit: "bytes", budget: { atMost: 140 }, references: [{ name: "the whole list again", value: big.message.length + big.built.body.length }] },
    { name: "38 revocations, signed", value: revocation(big, 38), unit: "bytes", budget: { atMost: 199 } },
  ];
}

/** Size of the signed delta that revokes `count` of a list's credentials, spread over all of it. */
function revocation(list: SampleList, count: number): number {
  const base = sortRows(list.content.rows);
  const step = Math.floor(base.length / count);
  const revoked = new Set(Array.from({ length: count }, (_, index) => index * step + (step >> 1)));
  const none = new Uint8Array(0);
  const payload = encodeDelta({
    epoch: list.manifest.epoch,
    base: list.manifest.version,
    version: list.manifest.version + 100,
    manifestHash: hash8(nodeHashes, list.payload),
    ...diffRows(base, base.filter((_, index) => !revoked.has(index))),
    profiles: none,
    rules: none,
    lockState: LockState.normal,
    throttleReset: 0, policy: undefined, released: false,
  });
  return sign(payload, LIST_KEY_SEED, signingContext("delta", SAMPLE_DOOR)).length;
}
