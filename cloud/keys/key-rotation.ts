import { equalBytes } from "../../protocol/bytes";
import { KEYSETS_MAX } from "../../protocol/enrolment";
import { signingContext } from "../../protocol/cose-sign1";
import { decodeKeysetMessage, encodeKeyset, encodeKeysetMessage, type Keyset } from "../../protocol/keyset";
import { audit } from "../audit/audit";
import { noteDoors } from "../issuing/outbox";
import { Refusal } from "../refusal";
import type { Database, Unit } from "../store/store";
import { inTransaction } from "../store/transaction";
import { signMessage } from "./cose-signing";
import { deleteRequest, lackingOf, newestKeyset, readRequest, writeRequest, type KeysetRequest } from "./keyset-request";
import { chooseSigners, signerOf, type Roots } from "./keyset-succession";
import type { Keystore } from "./keystore";
import { dropStoredKeys } from "./stored-keys";

/** What the next keyset is to have besides new list and lease keys. */
export interface Rotation {
  /** Nothing that the old list key ever signed is worth anything any more. */
  newEpoch: boolean;
  /** undefined: the same as before. */
  roots?: Roots | undefined;
}

/** A keyset that counts, or one that waits for roots which are kept elsewhere. */
export type Rotated = { done: true; keyset: Keyset } | { done: false; request: KeysetRequest };

/**
 * Gives a site new list and lease keys, and new roots. Keys are kept with the same commit that makes them count, in
 * every process: whoever signs after it signs with them.
 */
export class KeyRotation {
  readonly #keystore: Keystore;
  readonly #forgetRoots: () => void;

  /** @param forgetRoots drops the keystore's own roots where it is kept: no keyset names them any more. */
  constructor(keystore: Keystore, forgetRoots: () => void) {
    this.#keystore = keystore;
    this.#forgetRoots = forgetRoots;
  }

  /**
   * Doors walk the chain of keysets one by one, however many they missed, and keep their lists.
   * @throws {Refusal} `too-many-keysets`; `keyset-requested`.
   */
  async rotate(database: Database, rotation: Rotation, actor: string, now: number): Promise<Rotated> {
    const keys = await this.#keystore.signing.make();
    const rotated = await inTransaction(database, async (unit): Promise<Rotated> => {
      if ((await readRequest(unit, now)) !== undefined) throw new Refusal("keyset-requested", "Withdraw the request that there is, or bring its signatures.");
      const { keyset: previous, message } = await newestKeyset(unit);
      if (previous.number >= KEYSETS_MAX) throw new Refusal("too-many-keysets");
      const keyset: Keyset = {
        ...previous,
        ...rotation.roots,
        number: previous.number + 1,
        epoch: previous.epoch + (rotation.newEpoch ? 1 : 0),
        issuedAt: now,
        listKey: keys.listKey.publicKey,
        leaseKey: keys.leaseKey.publicKey,
      };
      await keys.keep(unit, now);
      const signers = chooseSigners(this.#keystore.roots, previous, keyset);
      const signatures = await Promise.all(signers.map((root) => signMessage(root, encodeKeyset(keyset), signingContext("keyset", keyset.site), true)));
      const request = { keyset, previous: message, signatures, lacking: lackingOf(previous, keyset, signatures), requestedAt: now, requestedBy: actor };
      if (isSigned(request)) return { done: true, keyset: await adopt(unit, request, actor, now) };
      await writeRequest(unit, request);
      await audit(unit, { at: now, actor, action: "keyset.request", subject: `keyset/${keyset.number}`, detail: { epoch: keyset.epoch } });
      return { done: false, request };
    });
    return this.#settle(rotated);
  }

  /**
   * Takes signatures for the keyset that is asked for. The same one again changes nothing.
   * @param signatures COSE_Sign1s with the payload left out, untrusted.
   * @throws {Refusal} `not-pending`; `wrong-signature`.
   */
  async sign(database: Database, signatures: readonly Uint8Array[], actor: string, now: number): Promise<Rotated> {
    const rotated = await inTransaction(database, async (unit): Promise<Rotated> => {
      const request = await readRequest(unit, now);
      if (request === undefined) throw new Refusal("not-pending", "No keyset waits for signatures.");
      const { keyset } = request;
      const { keyset: previous } = decodeKeysetMessage(request.previous);
      const signers = request.signatures.map((signature) => signerOf(signature, previous, keyset)!);
      for (const signature of signatures) {
        const signer = signerOf(signature, previous, keyset);
        if (signer === undefined) throw new Refusal("wrong-signature", "One of the signatures is by no root of this keyset or of the one before, or is for another keyset.");
        if (signers.some((other) => equalBytes(other, signer))) continue;
        signers.push(signer);
        request.signatures.push(signature);
      }
      const signed = { ...request, lacking: lackingOf(previous, keyset, request.signatures) };
      if (isSigned(signed)) return { done: true, keyset: await adopt(unit, signed, actor, now) };
      await writeRequest(unit, signed);
      return { done: false, request: signed };
    });
    return this.#settle(rotated);
  }

  /** Gives up the keyset that is asked for. @throws {Refusal} `not-pending`. */
  async withdraw(database: Database, actor: string, now: number): Promise<void> {
    await inTransaction(database, async (unit) => {
      const request = await readRequest(unit, now);
      if (request === undefined) throw new Refusal("not-pending", "No keyset waits for signatures.");
      await deleteRequest(unit);
      const { keyset } = await newestKeyset(unit);
      await dropStoredKeys(unit, [keyset.listKey, keyset.leaseKey]);
      await audit(unit, { at: now, actor, action: "keyset.withdraw", subject: `keyset/${request.keyset.number}` });
    });
  }

  #settle(rotated: Rotated): Rotated {
    const { roots } = this.#keystore;
    if (rotated.done && roots.length > 0 && !countAny(roots, rotated.keyset)) {
      this.#keystore.roots = [];
      this.#forgetRoots();
    }
    return rotated;
  }
}

/** Whether any of the keystore's own roots is one that a keyset names. */
export function countAny(roots: Keystore["roots"], keyset: Roots): boolean {
  return roots.some(({ publicKey }) => keyset.roots.some((root) => equalBytes(root, publicKey)));
}

function isSigned({ lacking }: KeysetRequest): boolean {
  return lacking.old === 0 && lacking.new === 0;
}

async function adopt(unit: Unit, { keyset, signatures, requestedBy }: KeysetRequest, actor: string, now: number): Promise<Keyset> {
  const message = encodeKeysetMessage(encodeKeyset(keyset), signatures);
  await unit.insertInto("keysets").values({ number: keyset.number, epoch: keyset.epoch, list_key: keyset.listKey, lease_key: keyset.leaseKey, message }).execute();
  await deleteRequest(unit);
  await dropStoredKeys(unit, [keyset.listKey, keyset.leaseKey]);
  // No door begins on a base that a key of the past has signed.
  await unit.updateTable("list_bases").set({ state: "withdrawn" }).where("state", "=", "next").execute();
  // A new epoch ends doors' leases. One that a wrong clock had dated ahead must not keep a door from the next.
  await unit.updateTable("doors").set({ lease_version: 0, lease_issued_at: 0 }).where("epoch", "<", keyset.epoch).execute();
  const doors = await unit.selectFrom("doors").select("id").where("claimed_at", "is not", null).execute();
  await noteDoors(unit, doors.map((door) => door.id), now);
  const detail = { epoch: keyset.epoch, ...(requestedBy !== actor && { requestedBy }) };
  await audit(unit, { at: now, actor, action: "keyset.rotate", subject: `keyset/${keyset.number}`, detail });
  return keyset;
}
