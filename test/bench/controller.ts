import { join } from "node:path";
import { hostBlockCipher, nodeBlockCipher } from "../../hardware-sim/xs/host-block-cipher";
import { nodeHashes } from "../../hardware-sim/xs/host-hashes";
import { measure } from "../../hardware-sim/xs/meter";
import { concat, readU32, writeU32 } from "../../protocol/bytes";
import { CredentialKind } from "../../protocol/credential";
import { encodeHandle, type Holder } from "../../protocol/handle";
import { MAC_BYTES } from "../../protocol/limits";
import { phoneKey } from "../../protocol/phone-key";
import { CHALLENGE_BYTES, encodeResponseHead, responseProof, RESPONSE_BYTES, RESULT_BYTES, type Wish } from "../../protocol/phone-unlock";
import { ALWAYS, HolderClass, NO_END, type Profile } from "../../protocol/profile";
import { House } from "../support/house";
import { SLICE_COMPUTE_MAX, type Row } from "./row";

const ROWS = 10_000;
const RESIDENT: Profile = { notBefore: 0, notAfter: NO_END, schedule: ALWAYS, holderClass: HolderClass.resident, outputs: 1, maxUses: 0 };
const KILO = 1_024;

const PHONE: Holder = { kind: CredentialKind.phone, credentialId: new Uint8Array(8).fill(7) };
const MTU_LEAST = 23;
const SIGNATURE_BYTES = 64;

interface Value {
  read?: number;
  written?: number;
}
const UNLOCK_VALUES: readonly Value[] = [{ read: CHALLENGE_BYTES }, { written: RESPONSE_BYTES }, { read: RESULT_BYTES }];
const SIGNED_VALUES: readonly Value[] = [{ read: CHALLENGE_BYTES }, { written: RESPONSE_BYTES - MAC_BYTES + SIGNATURE_BYTES }, { read: RESULT_BYTES - MAC_BYTES + SIGNATURE_BYTES }];

/** ATT requests for values of so many bytes, as radio.cases.ts counts them on the air: a part that is full calls for another, and parts that are prepared for an execute. */
function requestsOf(values: readonly Value[]): number {
  let requests = 0;
  for (const { read, written } of values) {
    if (read !== undefined) requests += Math.floor(read / (MTU_LEAST - 1)) + 1;
    if (written !== undefined) requests += written <= MTU_LEAST - 3 ? 1 : Math.ceil(written / (MTU_LEAST - 5)) + 1;
  }
  return requests;
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  writeU32(bytes, 0, value);
  return bytes;
}

/** What the whole controller keeps alive in XS with 10,000 credentials, at rest and while it takes a revocation. */
export async function rows(): Promise<Row[]> {
  const house = new House(nodeHashes);
  const pins = Array.from({ length: ROWS - 1 }, (_, index) => ({ pin: String(index).padStart(8, "0"), profile: RESIDENT }));
  house.cloud.issue([{ holder: PHONE, profile: RESIDENT }, ...pins]);
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

  const answer = (challenge: Uint8Array, wish: Wish): Uint8Array => {
    const { doorId, keys } = house.cloud;
    const head = encodeResponseHead({ handle: encodeHandle(nodeBlockCipher, keys.handle, PHONE, 1), phoneNonce: new Uint8Array(8), wish });
    return concat(head, nodeHashes.hmacSha256(phoneKey(nodeHashes, keys.ble, PHONE), responseProof(doorId, challenge, head)).subarray(0, MAC_BYTES));
  };
  const measurements = await measure(join(__dirname, "controller.measured.ts"), {
    ...hostBlockCipher,
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
    opens: (challenge) => answer(challenge, { unlock: 0 }),
    carries: (challenge) => answer(challenge, "carry"),
    forges: (challenge) => answer(challenge, { unlock: 0 }).map((byte, at) => (at === 41 ? byte ^ 1 : byte)),
  });
  const running = measurements.get("running")!;
  const busy = measurements.get("revocation")!;
  const chunks = (busy.prepared.chunkBytes + busy.live.chunkBytes) / KILO;
  const compute = (name: string): number => measurements.get(name)!.compute;
  const count = ROWS.toLocaleString("en");
  const signature = { name: "the check of one Ed25519 signature, without anything else", value: compute("signature") };
  return [
    {
      name: `Phone opens in XS, ${count} rows: three messages, decision, log, relay, word to the cloud`,
      value: compute("phone opens"),
      unit: "compute",
      references: [signature, { name: "a courier's proof alone", value: compute("phone carries") }, { name: "a forged MAC", value: compute("phone forges") }],
    },
    {
      name: "Requests of an unlock at MTU 23 (values read or written: 3)",
      value: requestsOf(UNLOCK_VALUES),
      unit: "requests",
      references: [{ name: "with Ed25519 signatures in the place of both MACs", value: requestsOf(SIGNED_VALUES) }],
    },
    { name: `Controller with ${count} rows in XS, slots`, value: running.live.slots, unit: "slots", budget: { atMost: 4_000 } },
    { name: `Controller with ${count} rows in XS, chunks`, value: running.live.chunkBytes / KILO, unit: "KB", budget: { atMost: 48 } },
    { name: "Peak of chunks: all of that and a revocation being verified and written (no TLS here)", value: chunks, unit: "KB", budget: { atMost: 70 } },
    { name: "Revocation from message to receipt in XS, with its signature", value: busy.compute, unit: "compute" },
    { name: "… largest slice", value: busy.largestSlice, unit: "compute", budget: { atMost: SLICE_COMPUTE_MAX } },
  ];
}
