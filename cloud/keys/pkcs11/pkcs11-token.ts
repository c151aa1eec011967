import { randomBytes } from "node:crypto";
import { CKA_CLASS, CKA_EC_PARAMS, CKA_EC_POINT, CKA_EXTRACTABLE, CKA_ID, CKA_KEY_TYPE, CKA_LABEL, CKA_PRIVATE, CKA_SENSITIVE, CKA_SIGN, CKA_TOKEN, CKA_VERIFY, CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, type Handle, type PKCS11, type Template } from "pkcs11js";
import { toHex } from "../../../protocol/bytes";
import { SIGNING_MS_MAX, TOKEN_RESTART_MS } from "../../limits";
import { StartupError } from "../../startup-error";
import type { TokenSettings } from "../key-settings";
import { readPrivateFile } from "../private-file";
import type { SigningKey } from "../signing-key";
import type { KeyToken } from "../signing-keys";
import { loadLibrary, openSession, PinRefused, restartLibrary } from "./pkcs11-session";

/** Of PKCS #11 v3.0, §2.3: Ed25519 keys, and pure Ed25519 with them. */
const CKK_EC_EDWARDS = 0x40;
const CKM_EC_EDWARDS_KEY_PAIR_GEN = 0x1055;
const CKM_EDDSA = 0x1057;
/** Ed25519 by its object identifier, 1.3.101.112 (RFC 8410), in DER. */
const ED25519 = Buffer.from("06032b6570", "hex");
const LABEL = "latchkey";
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** An OCTET STRING of 32 bytes: how a token shows a public key. */
const POINT_HEAD = Buffer.from([0x04, KEY_BYTES]);

/**
 * Keys in a token that speaks PKCS #11: they are made there and never leave it. One operation at a time; what fails
 * takes the session with it, and the next one opens another.
 */
export class Pkcs11Token implements KeyToken {
  readonly #label: string;
  readonly #pin: string;
  readonly #library: PKCS11;
  #session: Handle | undefined;
  /** Of this session, by public key. */
  readonly #handles = new Map<string, Handle>();
  #refused: PinRefused | undefined;
  /** Failures since it last did what it was asked. */
  #failures = 0;
  #restartedAt = -Infinity;
  /** Operations that were given up, and that the library may be in still. */
  #hanging = 0;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(library: PKCS11, label: string, pin: string) {
    this.#library = library;
    this.#label = label;
    this.#pin = pin;
  }

  /** @throws StartupError where library, token or PIN are not right. */
  static async open({ module, label, pin }: TokenSettings): Promise<Pkcs11Token> {
    const secret = "value" in pin ? pin.value : readPrivateFile(pin.file, "token's PIN").trim();
    let library: PKCS11;
    try {
      library = loadLibrary(module);
    } catch (error) {
      throw new StartupError(`Cannot load the PKCS #11 library ${module}: ${(error as Error).message.split("\n")[0]}`);
    }
    const token = new Pkcs11Token(library, label, secret);
    try {
      await token.#run(() => Promise.resolve());
    } catch (error) {
      throw new StartupError(`Cannot use the token: ${(error as Error).message}`);
    }
    return token;
  }

  async find(publicKey: Uint8Array): Promise<SigningKey | undefined> {
    const handle = await this.#run(() => Promise.resolve(this.#handleOf(publicKey)));
    return handle && this.#toKey(publicKey);
  }

  async make(): Promise<SigningKey> {
    const publicKey = await this.#run(async (session) => {
      const common = [{ type: CKA_KEY_TYPE, value: CKK_EC_EDWARDS }, { type: CKA_TOKEN, value: true }, { type: CKA_LABEL, value: LABEL }, { type: CKA_ID, value: randomBytes(16) }];
      const made = await this.#library.C_GenerateKeyPairAsync(
        session,
        { mechanism: CKM_EC_EDWARDS_KEY_PAIR_GEN },
        [...common, { type: CKA_VERIFY, value: true }, { type: CKA_EC_PARAMS, value: ED25519 }],
        [...common, { type: CKA_PRIVATE, value: true }, { type: CKA_SENSITIVE, value: true }, { type: CKA_EXTRACTABLE, value: false }, { type: CKA_SIGN, value: true }],
      );
      const [{ value }] = this.#library.C_GetAttributeValue(session, made.publicKey, [{ type: CKA_EC_POINT }]);
      return toPublicKey(value);
    });
    return this.#toKey(publicKey);
  }

  #toKey(publicKey: Uint8Array): SigningKey {
    return {
      publicKey,
      sign: (message) =>
        this.#run(async (session) => {
          const handle = this.#handleOf(publicKey);
          if (handle === undefined) throw new Error(`the token "${this.#label}" has lost a key`);
          this.#library.C_SignInit(session, { mechanism: CKM_EDDSA }, handle);
          return new Uint8Array(await this.#library.C_SignAsync(session, Buffer.from(message), Buffer.alloc(SIGNATURE_BYTES)));
        }),
    };
  }

  /** The private key whose public half is in the token beside it. */
  #handleOf(publicKey: Uint8Array): Handle | undefined {
    const name = toHex(publicKey);
    const known = this.#handles.get(name);
    if (known !== undefined) return known;
    const [half] = this.#findObjects([{ type: CKA_CLASS, value: CKO_PUBLIC_KEY }, { type: CKA_KEY_TYPE, value: CKK_EC_EDWARDS }, { type: CKA_EC_POINT, value: Buffer.concat([POINT_HEAD, publicKey]) }]);
    if (half === undefined) return undefined;
    const [{ value: id }] = this.#library.C_GetAttributeValue(this.#session!, half, [{ type: CKA_ID }]);
    const [handle] = this.#findObjects([{ type: CKA_CLASS, value: CKO_PRIVATE_KEY }, { type: CKA_KEY_TYPE, value: CKK_EC_EDWARDS }, { type: CKA_ID, value: id }]);
    if (handle !== undefined) this.#handles.set(name, handle);
    return handle;
  }

  #findObjects(template: Template): (Handle | undefined)[] {
    this.#library.C_FindObjectsInit(this.#session!, template);
    try {
      return this.#library.C_FindObjects(this.#session!, 1);
    } finally {
      this.#library.C_FindObjectsFinal(this.#session!);
    }
  }

  /** @throws Error in words that name the token. A token that does not answer in time is left to itself. */
  #run<T>(work: (session: Handle) => Promise<T>): Promise<T> {
    const turn = this.#turn.then(async () => {
      if (this.#refused !== undefined) throw this.#refused;
      try {
        this.#session ??= this.#open();
        const result = await this.#inTime(work(this.#session));
        this.#failures = 0;
        return result;
      } catch (error) {
        this.#failures++;
        this.#drop();
        if (error instanceof PinRefused) this.#refused = error;
        throw error instanceof PinRefused ? error : new Error(`the token "${this.#label}" failed: ${(error as Error).message.split("\n")[0]}`);
      }
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #open(): Handle {
    // The first failure may be the session's alone. More than that, and the token was away or is.
    if (this.#failures > 1 && this.#hanging === 0 && performance.now() - this.#restartedAt >= TOKEN_RESTART_MS) {
      this.#restartedAt = performance.now();
      restartLibrary(this.#library);
    }
    return openSession(this.#library, this.#label, this.#pin);
  }

  async #inTime<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#hanging++;
        const back = (): void => void this.#hanging--;
        work.then(back, back);
        reject(new Error(`no answer within ${SIGNING_MS_MAX} ms`));
      }, SIGNING_MS_MAX);
    });
    return Promise.race([work, late]).finally(() => clearTimeout(timer));
  }

  /** Not while the library is in an operation of it still: to close it would wait for that. */
  #drop(): void {
    const session = this.#session;
    this.#session = undefined;
    this.#handles.clear();
    try {
      if (session !== undefined && this.#hanging === 0) this.#library.C_CloseSession(session);
    } catch {
      // it went with the token
    }
  }
}

/** @throws Error where it is neither of the two forms that tokens use. */
function toPublicKey(point: Buffer): Uint8Array {
  const bare = point.length === KEY_BYTES + POINT_HEAD.length && point.subarray(0, POINT_HEAD.length).equals(POINT_HEAD) ? point.subarray(POINT_HEAD.length) : point;
  if (bare.length !== KEY_BYTES) throw new Error("it shows a public key in a form that nobody knows");
  return new Uint8Array(bare);
}
