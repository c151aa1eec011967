/** What test/bench/ed25519.ts measures inside XS. */
import { hashes, verify as nobleVerify } from "@noble/ed25519";
import { fromHex } from "../../protocol/bytes";
import { beginVerification } from "../../protocol/ed25519-verification";
import { type Measured, MORE } from "../../hardware-sim/xs/measured";

// RFC 8032 §7.1, TEST 3.
const PUBLIC_KEY = fromHex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")!;
const MESSAGE = fromHex("af82")!;
const SIGNATURE = fromHex(
  "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
)!;

/** One check, in slices, as the firmware does it. */
export const ours: Measured = ({ hashes: native }) => {
  let check: ReturnType<typeof beginVerification> | undefined;
  return () => {
    if (check === undefined) {
      check = beginVerification(SIGNATURE, MESSAGE, PUBLIC_KEY, native.sha512);
      return MORE;
    }
    const verdict = check.step();
    if (verdict === false) throw new Error("a good signature was refused");
    return verdict ?? MORE;
  };
};

const nobles: Measured = ({ hashes: native }) => {
  // noble's types want arrays that own their buffer, as the host's do.
  hashes.sha512 = native.sha512 as NonNullable<typeof hashes.sha512>;
  return () => nobleVerify(SIGNATURE, MESSAGE, PUBLIC_KEY, { zip215: false });
};

export const measured: Record<string, Measured> = { first: ours, later: ours, "noble first": nobles, "noble later": nobles };
