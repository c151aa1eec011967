/**
 * Arguments and results of the calls between a firmware in XS and its board on the PC: JSON in which bytes are
 * places in what follows it, so that a page of flash costs no text. Length of the JSON (4 bytes, big-endian),
 * the JSON, the bytes. Runs on both sides.
 */
interface Codec {
  toUtf8(text: string): Uint8Array;
  fromUtf8(bytes: Uint8Array): string;
}

export function packValue(value: unknown, codec: Codec): Uint8Array {
  const parts: Uint8Array[] = [];
  let tail = 0;
  const json = codec.toUtf8(
    JSON.stringify(value, function (this: unknown, _key, item: unknown) {
      if (item instanceof Map) return { $map: [...item] };
      // JSON has no undefined in arrays; an argument that is left out must stay so.
      if (item === undefined && Array.isArray(this)) return { $undefined: 1 };
      const bytes = item instanceof ArrayBuffer ? new Uint8Array(item) : item;
      if (!(bytes instanceof Uint8Array)) return item;
      parts.push(bytes);
      tail += bytes.length;
      return { $bytes: [tail - bytes.length, bytes.length] };
    }) ?? "null",
  );
  const packed = new Uint8Array(4 + json.length + tail);
  packed.set([json.length >>> 24, json.length >>> 16, json.length >>> 8, json.length]);
  packed.set(json, 4);
  let at = 4 + json.length;
  for (const part of parts) {
    packed.set(part, at);
    at += part.length;
  }
  return packed;
}

/** Bytes come out as Uint8Array of their own. */
export function unpackValue(message: Uint8Array, codec: Codec): unknown {
  // A Buffer's slice would share its memory.
  const packed = new Uint8Array(message.buffer, message.byteOffset, message.byteLength);
  const length = ((packed[0] << 24) | (packed[1] << 16) | (packed[2] << 8) | packed[3]) >>> 0;
  const tail = packed.subarray(4 + length);
  return JSON.parse(codec.fromUtf8(packed.slice(4, 4 + length)), (_key, item: unknown) => {
    if (typeof item !== "object" || item === null) return item;
    const tagged = item as { $bytes?: [number, number]; $map?: [unknown, unknown][]; $undefined?: number };
    if (tagged.$bytes) return tail.slice(tagged.$bytes[0], tagged.$bytes[0] + tagged.$bytes[1]);
    if (tagged.$map) return new Map(tagged.$map);
    // A reviver that returns undefined leaves a hole, which reads as undefined.
    return tagged.$undefined ? undefined : item;
  });
}
