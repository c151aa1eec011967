import { wrappingFor } from "../../cloud/phones/wrap-keys";
import { nodeBlockCipher } from "../../hardware-sim/xs/host-block-cipher";
import { nodeHashes } from "../../hardware-sim/xs/host-hashes";
import type { PhoneFetch } from "../../phone/phone-cloud";
import { fromHex } from "../../protocol/bytes";
import { CredentialKind } from "../../protocol/credential";
import type { DoorKeys } from "../../protocol/door-keys";
import { encodeHandle, type Holder } from "../../protocol/handle";
import { phoneKey } from "../../protocol/phone-key";

/** What it knows of a door. */
export interface KeyedDoor {
  /** 16 hexadecimal digits. */
  id: string;
  radioName: string;
  keys: Pick<DoorKeys, "ble" | "handle">;
}

export interface PaperKey {
  door: KeyedDoor;
  /** 16 hexadecimal digits. */
  holder: string;
  opens: boolean;
}

export const PROPERTY = "0123456789abcdef";

/** What a phone asks of a cloud, by hand: its answers, and being out of reach. */
export class PaperPhoneCloud {
  reachable = true;
  /** Answered to everything instead, where set. */
  problem: { status: number; code: string } | undefined;
  handles = 64;
  /** Doors that one answer about all properties has room for. */
  room = Infinity;
  keys: PaperKey[] = [];
  /** By door. */
  bundle = new Map<KeyedDoor, { version: number; items: Uint8Array[] }>();
  /** Doors whose whole list had no room in the bundle; alone they have an item more. */
  readonly inPart = new Set<KeyedDoor>();
  /** How often a bundle was as the phone had it. */
  unchanged = 0;
  /** What an upload is answered with. */
  onUpload: (door: string, items: Uint8Array[]) => { accepted: number; refused: { index: number; code: string }[]; items: Uint8Array[] } = (_door, items) => ({ accepted: items.length, refused: [], items: [] });
  readonly asked: string[] = [];
  readonly uploads: { door: string; items: Uint8Array[] }[] = [];
  #counter = 0;

  readonly fetch: PhoneFetch = async (path, { method, headers, body }) => {
    if (!this.reachable) throw new TypeError("fetch failed");
    this.asked.push(`${method} ${path}`);
    const { problem } = this;
    if (problem !== undefined) return answer(problem.status, { code: problem.code });
    if (path === "/api/phone/keys") return answer(200, this.#issue(bytes(JSON.parse(body!).publicKey), JSON.parse(body!).property));
    if (path.startsWith("/api/courier/bundle")) return this.#bundle(headers["if-none-match"], new URLSearchParams(path.split("?")[1]).get("door"));
    const door = path.split("/").at(-1)!;
    const items = (JSON.parse(body!).items as string[]).map(bytes);
    this.uploads.push({ door, items });
    const made = this.onUpload(door, items);
    return answer(200, { ...made, items: made.items.map(text) });
  };

  #issue(publicKey: Uint8Array, property: string | undefined): unknown {
    const { ephemeralKey, wrap } = wrappingFor(publicKey);
    const all = [...new Set(this.keys.map(({ door }) => door))];
    const doors = property === undefined ? all.slice(0, this.room) : all;
    const entry = ({ door, holder: id, opens }: PaperKey): unknown => {
      const holder: Holder = { kind: CredentialKind.phone, credentialId: fromHex(id)! };
      const handles = Array.from({ length: this.handles }, () => text(encodeHandle(nodeBlockCipher, door.keys.handle, holder, this.#counter++)));
      return { opens, outputs: opens ? [0] : [], key: text(wrap(phoneKey(nodeHashes, door.keys.ble, holder))), handles };
    };
    const listed = doors.map((door) => ({ door: door.id, name: `Door ${door.id}`, radioName: door.radioName, entries: this.keys.filter((key) => key.door === door).map(entry) }));
    return { phone: "00", ephemeralKey: text(ephemeralKey), properties: [{ id: PROPERTY, name: "Rue des Lilas 7", doors: listed }], left: all.length - doors.length };
  }

  #bundle(etag: string | undefined, only: string | null): Awaited<ReturnType<PhoneFetch>> {
    const asked = [...this.bundle].filter(([{ id }]) => only === null || id === only);
    const doors = asked.map(([door, { version, items }]) => ({ door: door.id, version, whole: only !== null || !this.inPart.has(door), items: [...items, ...(only === null ? [] : [items[0]])].map(text) }));
    const json = JSON.stringify({ property: PROPERTY, doors });
    const now = `"${Buffer.from(nodeHashes.sha256(Buffer.from(json))).toString("hex")}"`;
    if (now !== etag) return answer(200, JSON.parse(json), now);
    this.unchanged++;
    return answer(304, undefined, now);
  }
}

function answer(status: number, json: unknown, etag?: string): Awaited<ReturnType<PhoneFetch>> {
  return { status, headers: { get: (name) => (name === "etag" ? (etag ?? null) : null) }, text: async () => (json === undefined ? "" : JSON.stringify(json)) };
}

function text(value: Uint8Array): string {
  return Buffer.from(value).toString("base64url");
}

function bytes(value: string): Uint8Array {
  return new Uint8Array(Buffer.from(value, "base64url"));
}
