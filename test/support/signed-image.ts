import { virtualImage } from "../../hardware-sim/virtual-update";
import { ascii, toHex } from "../../protocol/bytes";
import { encodeFirmwareImage, imageHash, type FirmwareImage } from "../../protocol/firmware-image";
import { nobleHashes } from "../../protocol/noble-hashes";
import type { Cloud } from "../../cloud/cloud";
import type { Json } from "./cloud-rig";
import { Mint, testKey, type TestKey } from "./mint";

export const TARGET = ascii("virtual1");
/** What virtual boards take images of. */
export const IMAGE_KEY = testKey(41);

/** An image of a virtual board, and what the image key has signed of it. */
export interface SignedImage {
  /** 64 hexadecimal digits. */
  key: string;
  descriptor: Uint8Array;
  bytes: Uint8Array;
}

export function signedImage({ version, key = IMAGE_KEY, bytes = virtualImage(version), ...more }: { version: number; key?: TestKey; bytes?: Uint8Array } & Partial<FirmwareImage>): SignedImage {
  const image = { target: TARGET, version, minimumVersion: 1, size: bytes.length, hash: imageHash(nobleHashes, bytes), ...more };
  return { key: toHex(key.publicKey), descriptor: new Mint(nobleHashes).sign(encodeFirmwareImage(image), "firmware", key, image.target), bytes };
}

/** What the API says to it, which must be that it is there. */
export async function addImage({ cloud: { url, adminToken } }: { cloud: Pick<Cloud, "url" | "adminToken"> }, { descriptor, bytes }: SignedImage): Promise<Json> {
  const headers = { authorization: `Bearer ${adminToken.token}`, "content-type": "application/octet-stream" };
  const answer = await fetch(`${url}/api/firmware/images?descriptor=${toHex(descriptor)}`, { method: "POST", headers, body: Buffer.from(bytes) });
  const body: Json = await answer.json();
  if (!answer.ok) throw new Error(`${answer.status} ${JSON.stringify(body)}`);
  return body;
}
