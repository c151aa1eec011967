/** What ESP-IDF writes at the beginning of an application's image (`esp_image_header_t`, `esp_app_desc_t`). */
const IMAGE_MAGIC = 0xe9;
const DESCRIPTION_AT = 32;
const DESCRIPTION_MAGIC = 0xabcd5432;
const VERSION_AT = DESCRIPTION_AT + 16;
const VERSION_BYTES = 32;

/**
 * The version that an image for an ESP32 says of itself: the board that runs it tells this one, whatever was signed.
 * @returns undefined where it is no such image, or says no whole number.
 */
export function versionInside(image: Uint8Array): number | undefined {
  if (image.length < VERSION_AT + VERSION_BYTES || image[0] !== IMAGE_MAGIC) return undefined;
  if (new DataView(image.buffer, image.byteOffset).getUint32(DESCRIPTION_AT, true) !== DESCRIPTION_MAGIC) return undefined;
  const [text] = Buffer.from(image.subarray(VERSION_AT, VERSION_AT + VERSION_BYTES)).toString("latin1").split("\0");
  return /^[1-9][0-9]{0,9}$/.test(text) ? Number(text) : undefined;
}
