import { decodeKeyset, decodeKeysetMessage, encodeKeyset, type Keyset } from "../../protocol/keyset";
import { KEYSET_REQUEST_SECONDS } from "../limits";
import type { KeysetRequestRow } from "../store/rows/door-rows";
import type { Unit } from "../store/store";
import { lackingSignatures, signerOf, type Lacking } from "./keyset-succession";
import { fromBase64, toBase64 } from "./request-file";

/** A keyset that lacks signatures of roots that are not here. */
export interface KeysetRequest {
  keyset: Keyset;
  /** Message of the keyset before. */
  previous: Uint8Array;
  /** COSE_Sign1s that are there, each of another root. */
  signatures: Uint8Array[];
  lacking: Lacking;
  requestedAt: number;
  requestedBy: string;
}

/** The newest keyset, as it went out. */
export async function newestKeyset(unit: Unit): Promise<{ keyset: Keyset; message: Uint8Array }> {
  const { message } = await unit.selectFrom("keysets").select("message").orderBy("number", "desc").limit(1).executeTakeFirstOrThrow();
  return { keyset: decodeKeysetMessage(message).keyset, message };
}

/** @returns undefined where none is asked for, or another keyset has come before it, or it has been asked for too long ago. */
export async function readRequest(unit: Unit, now: number): Promise<KeysetRequest | undefined> {
  const row = await unit.selectFrom("keyset_request").selectAll().executeTakeFirst();
  if (row === undefined || row.requested_at < now - KEYSET_REQUEST_SECONDS) return undefined;
  const previous = await newestKeyset(unit);
  const request = toRequest(row, previous);
  return request.keyset.number === previous.keyset.number + 1 ? request : undefined;
}

function toRequest({ payload, signatures: text, requested_at, requested_by }: KeysetRequestRow, previous: { keyset: Keyset; message: Uint8Array }): KeysetRequest {
  const keyset = decodeKeyset(payload);
  const signatures = (JSON.parse(text) as string[]).map(fromBase64);
  return { keyset, previous: previous.message, signatures, lacking: lackingOf(previous.keyset, keyset, signatures), requestedAt: requested_at, requestedBy: requested_by };
}

/** What is still missing, by signatures that hold. */
export function lackingOf(previous: Keyset, keyset: Keyset, signatures: readonly Uint8Array[]): Lacking {
  const signers = signatures.map((signature) => signerOf(signature, previous, keyset)).filter((signer) => signer !== undefined);
  return lackingSignatures(previous, keyset, signers);
}

/** In place of whatever was asked for before. */
export async function writeRequest(unit: Unit, { keyset, signatures, requestedAt, requestedBy }: Pick<KeysetRequest, "keyset" | "signatures" | "requestedAt" | "requestedBy">): Promise<void> {
  const row = {
    payload: encodeKeyset(keyset),
    signatures: JSON.stringify(signatures.map(toBase64)),
    requested_at: requestedAt,
    requested_by: requestedBy,
  };
  await unit
    .insertInto("keyset_request")
    .values({ one: 1, ...row })
    .onConflict((conflict) => conflict.column("one").doUpdateSet(row))
    .execute();
}

export async function deleteRequest(unit: Unit): Promise<void> {
  await unit.deleteFrom("keyset_request").execute();
}
