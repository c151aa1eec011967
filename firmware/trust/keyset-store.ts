import { equalBytes } from "../../protocol/bytes";
import { parseSigned, type SignedMessage } from "../../protocol/cose-sign1";
import { checkKeysetSuccession, decodeKeysetMessage, type Keyset, type KeysetMessage } from "../../protocol/keyset";
import { ProtocolError } from "../../protocol/protocol-error";
import type { KeyValue } from "../device";
import { holdsSignature, requireSignature, type Verifier } from "./signature-check";
import type { Sliced, Work } from "../work-queue";

/** The current keyset's message is kept under this key, as it came. */
const KEY = "keyset";
const FIRST_NUMBER = 1;

/** The keys that this door trusts, and the only way in which they change: one keyset after the other. */
export class KeysetStore {
  readonly #keyValue: KeyValue;
  readonly #device: Verifier;
  readonly #onAccepted: (keyset: Keyset) => void;
  #current: KeysetMessage | undefined;

  /**
   * @param parts.onAccepted ends the lease and sets the time floor to the keyset's issued-at. It is called just before
   * the keyset is kept: no cut leaves a new keyset with an old lease, and after one in between all comes again.
   */
  constructor({ keyValue, device, onAccepted }: { keyValue: KeyValue; device: Verifier; onAccepted(keyset: Keyset): void }) {
    this.#keyValue = keyValue;
    this.#device = device;
    this.#onAccepted = onAccepted;
    const kept = keyValue.read(KEY);
    if (kept !== undefined) this.#current = decodeKeysetMessage(new Uint8Array(kept));
  }

  /** undefined until a claim. */
  get current(): Keyset | undefined {
    return this.#current?.keyset;
  }

  /**
   * Takes the chain that a claim vouches for, from number 1 on, in place of whatever was trusted before.
   * @throws {ProtocolError} what `receiveKeyset` throws; nothing has changed then.
   */
  *adoptFirst(messages: readonly Uint8Array[]): Work {
    let last: { message: Uint8Array; decoded: KeysetMessage } | undefined;
    for (const message of messages) {
      const decoded = decodeKeysetMessage(message);
      if (last === undefined && decoded.keyset.number !== FIRST_NUMBER) throw new ProtocolError("wrong-keyset-number");
      yield* this.#verifySuccession(decoded, last?.decoded.keyset);
      last = { message, decoded };
    }
    if (last === undefined) throw new ProtocolError("malformed", "no keyset");
    this.#accept(last.message, last.decoded);
  }

  /**
   * Takes the keyset that follows the current one; the current one again changes nothing.
   * @throws {ProtocolError} `too-large`, `malformed`, `wrong-site`, `wrong-keyset-number`, `old-epoch`, `wrong-key`,
   * `too-few-signatures`, `bad-signature`.
   */
  *receiveKeyset(message: Uint8Array): Work {
    const decoded = decodeKeysetMessage(message);
    const current = this.#current;
    if (current === undefined) throw new ProtocolError("wrong-key", "not claimed");
    if (equalBytes(decoded.payload, current.payload)) return;
    yield* this.#verifySuccession(decoded, current.keyset);
    this.#accept(message, decoded);
  }

  /**
   * Ends where a parsed message was signed by the current list or lease key.
   * @throws {ProtocolError} `wrong-key`, `bad-signature`.
   */
  *requireSignature(key: "list" | "lease", signed: SignedMessage): Sliced<void> {
    const keyset = this.current;
    if (keyset === undefined) throw new ProtocolError("wrong-key", "not claimed");
    yield* requireSignature(this.#device, signed, key === "list" ? keyset.listKey : keyset.leaseKey);
  }

  /**
   * The payload of a message that the current list or lease key signed.
   * @param check throws where the payload alone is reason enough to refuse; called before the signature costs anything.
   * @throws {ProtocolError} `too-large`, `malformed`, `wrong-key`, `bad-signature`, and what `check` throws.
   */
  *openSigned(key: "list" | "lease", message: Uint8Array, context: Uint8Array, maximum: number, check: (payload: Uint8Array) => void): Sliced<Uint8Array> {
    const signed = parseSigned(message, context, maximum);
    check(signed.payload);
    yield* this.requireSignature(key, signed);
    return signed.payload;
  }

  *#verifySuccession(decoded: KeysetMessage, previous: Keyset | undefined): Sliced<void> {
    for (const signatureCheck of checkKeysetSuccession(this.#device.hashes, decoded, previous)) {
      yield;
      if (!(yield* holdsSignature(this.#device, signatureCheck))) throw new ProtocolError("bad-signature");
    }
    yield;
  }

  #accept(message: Uint8Array, decoded: KeysetMessage): void {
    this.#onAccepted(decoded.keyset);
    this.#keyValue.write(KEY, message);
    this.#current = decoded;
  }
}
