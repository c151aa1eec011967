import { timingSafeEqual } from "node:crypto";
import { ascii, fromHex, toHex } from "../../protocol/bytes";
import { encodeFirmwareOffer } from "../../protocol/firmware-image";
import type { DownMessage } from "../doors/difference";
import type { Sealing } from "../keys/sealing";

/** Where doors get images, on the host that they were claimed at. */
export const DOWNLOAD_PATH = "/firmware";

/** `down/firmware` for one door (SPEC 19). The path is the door's own, so that it is known who has fetched what. */
export function imageOffer(sealing: Sealing, image: string, descriptor: Uint8Array, door: string): DownMessage {
  const path = `${DOWNLOAD_PATH}/${image}/${door}/${toHex(sealing.imageToken(image, door))}`;
  return { topic: "firmware", payload: encodeFirmwareOffer(descriptor, ascii(path)) };
}

/** Whether a path is one that this cloud has offered. @param token 32 hexadecimal digits, untrusted. */
export function isOffered(sealing: Sealing, image: string, door: string, token: string): boolean {
  const given = fromHex(token);
  return given?.length === 16 && timingSafeEqual(given, sealing.imageToken(image, door));
}
