import { createECDH, hkdfSync, webcrypto } from "node:crypto";
import { NativeBlockCipher } from "../../cloud/keys/native-block-cipher";
import { fromHex, readU32, toHex } from "../../protocol/bytes";
import type { DoorKeys } from "../../protocol/door-keys";
import { openHandle, type Holder } from "../../protocol/handle";
import type { ApiAnswer, Json } from "./cloud-rig";
import type { Client } from "./sign-in";

const { subtle } = webcrypto;

/** What a phone has of a door, as it reads it. */
export interface HeldEntry {
  opens: boolean;
  outputs: number[];
  /** HMAC-SHA-256, not extractable. */
  key: webcrypto.CryptoKey;
  handles: Uint8Array[];
}

/** The cloud's side of a phone: asks for keys and unwraps them with Node's own means, beside phone/. */
export class AskingPhone {
  readonly #pair = createECDH("prime256v1");
  /** Raw point. */
  readonly publicKey: Buffer = this.#pair.generateKeys();
  /** The newest answer. */
  answer: Json;

  send(by: Client, property?: string): Promise<ApiAnswer> {
    return by.send("POST", "/phone/keys", { publicKey: this.publicKey.toString("base64url"), ...(property !== undefined && { property }) });
  }

  /** @returns the doors of all properties, by id. */
  async ask(by: Client): Promise<Map<string, Json>> {
    const { status, body } = await this.send(by);
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    this.answer = body;
    return new Map(body.properties.flatMap(({ doors }: Json) => doors).map((door: Json) => [door.door, door]));
  }

  /** The entry as a browser holds it: of the newest answer. */
  async unwrap({ key, handles, ...entry }: Json): Promise<HeldEntry> {
    const ephemeral = Buffer.from(this.answer.ephemeralKey, "base64url");
    const info = Buffer.concat([Buffer.from("latchkey/1/phone/keys"), ephemeral, this.publicKey]);
    const kek = await subtle.importKey("raw", hkdfSync("sha256", this.#pair.computeSecret(ephemeral), new Uint8Array(0), info, 32), "AES-KW", false, ["unwrapKey"]);
    const unwrapped = await subtle.unwrapKey("raw", Buffer.from(key, "base64url"), kek, "AES-KW", { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return { ...entry, key: unwrapped, handles: handles.map((handle: string) => new Uint8Array(Buffer.from(handle, "base64url"))) };
  }
}

/** What the door that the handles are for reads in them. @throws Error where one is none of its own, or they are not all one holder's. */
export function readHandles(keys: Pick<DoorKeys, "handle">, handles: readonly string[]): { holder: Holder; id: string; counters: number[] } {
  const cipher = new NativeBlockCipher();
  const read = handles.map((text) => {
    const handle = new Uint8Array(Buffer.from(text, "base64url"));
    const holder = openHandle(cipher, keys.handle, handle);
    if (holder === undefined) throw new Error("not a handle of this door");
    return { holder, counter: readU32(cipher.decrypt(keys.handle, handle), 8) };
  });
  const [{ holder }] = read;
  const id = toHex(holder.credentialId);
  if (read.some((each) => toHex(each.holder.credentialId) !== id || each.holder.kind !== holder.kind)) throw new Error("handles of two holders");
  return { holder, id, counters: read.map(({ counter }) => counter) };
}

/** 8 bytes. */
export function bytesOfId(id: string): Uint8Array {
  return fromHex(id)!;
}
