import { nodeBlockCipher } from "../../hardware-sim/xs/host-block-cipher";
import { nodeHashes } from "../../hardware-sim/xs/host-hashes";
import { RadioError, type DoorConnection, type DoorRadio } from "../../phone/door-radio";
import { ascii, concat, toHex } from "../../protocol/bytes";
import { decodePhoneFrame, encodeDoorFrame, GIVEN_BYTES_MAX, type DoorFrame } from "../../protocol/courier-frame";
import { CourierKind, courierKeys, openCourierItem, sealCourierItem, type CourierHeader } from "../../protocol/courier-item";
import type { Reason } from "../../protocol/decision";
import { deriveDoorKeys, type DoorKeys } from "../../protocol/door-keys";
import { encodeResult, openResponse } from "../../protocol/door-proof";
import { doorRadioName, type DoorCharacteristic } from "../../protocol/gatt-names";
import type { Holder } from "../../protocol/handle";
import { encodeChallenge, unansweredResult } from "../../protocol/phone-unlock";
import { ProtocolError } from "../../protocol/protocol-error";

/** What a door, or somebody in its place, does to a phone. */
export type Mischief = "none" | "silent" | "forges" | "recognises nobody" | "talks nonsense" | "leaves in mid-carrying" | "keeps couriers waiting" | "is not there" | "no bluetooth";

/** The radio side of a door without the firmware: what a phone library can meet, by hand. */
export class PaperRadioDoor {
  readonly id: string;
  keys: DoorKeys;
  /** Somebody between: what becomes of a value that is read. */
  tamper: (of: DoorCharacteristic, bytes: Uint8Array) => Uint8Array = (_of, bytes) => bytes;
  readonly #idBytes: Uint8Array;
  listVersion = 10;
  offline = true;
  mischief: Mischief = "none";
  /** How often a phone has said that what answered under its name was not it. */
  forgotten = 0;
  /** By credential id; whoever is not named is unknown. */
  readonly rights = new Map<string, Reason>();
  /** What a list of a version that a courier brings changes. */
  onNews: (version: number) => void = () => undefined;
  /** Messages for its cloud. */
  events: Uint8Array[] = [];
  asksForTime = false;
  /** Every value that went over the air, whole. */
  heard: { what: "read" | "write"; of: DoorCharacteristic; bytes: Uint8Array }[] = [];
  /** Of responses whose MAC held. */
  readonly proved: { holder: string; wish: "carry" | "unlock"; handle: string }[] = [];
  readonly taken: CourierHeader[] = [];
  connections = 0;
  open = 0;
  #nonce = 0;
  #receipts = 0;

  constructor(name: string) {
    this.#idBytes = nodeHashes.sha256(ascii(name)).slice(0, 8);
    this.id = toHex(this.#idBytes);
    this.keys = deriveDoorKeys(nodeHashes, nodeHashes.sha256(ascii(`key of ${name}`)), this.#idBytes);
  }

  /** It has been claimed again: none of its keys is what it was. */
  claimAnew(): void {
    this.keys = deriveDoorKeys(nodeHashes, nodeHashes.sha256(this.keys.ble), this.#idBytes);
  }

  get radioName(): string {
    return doorRadioName(this.#idBytes);
  }

  /** What a cloud would seal for it. */
  seal(header: Omit<CourierHeader, "length">, message: Uint8Array): Uint8Array {
    return sealCourierItem(nodeHashes, courierKeys(nodeHashes, this.keys.courier), header, message);
  }

  connect(): DoorConnection {
    this.connections++;
    this.open++;
    let challenge: Uint8Array | undefined;
    let result = unansweredResult();
    let provedBy: Holder | undefined;
    let offered: CourierHeader[] = [];
    let partly = new Uint8Array(0);
    let answer: DoorFrame = { type: "done" };
    let given: Uint8Array[] = [];
    let closed = false;

    const respond = (bytes: Uint8Array): void => {
      const current = challenge;
      challenge = undefined;
      result = unansweredResult();
      if (current === undefined || this.mischief === "recognises nobody") return;
      const proved = this.#open(current, bytes);
      if (proved === undefined) return;
      const { holder, wish, key } = proved;
      provedBy = holder;
      const id = toHex(holder.credentialId);
      this.proved.push({ holder: id, wish: wish === "carry" ? "carry" : "unlock", handle: toHex(bytes.subarray(1, 17)) });
      const status = wish === "carry" ? "carry" : (this.rights.get(id) ?? "unknown-credential");
      result = encodeResult(nodeHashes, key, current, bytes, { status, seconds: status === "granted" ? 5 : 0 });
      if (this.mischief === "forges") result[18] ^= 1;
    };
    const wanted = (): DoorFrame => {
      const index = offered.findIndex(({ kind, version }) => (kind === CourierKind.delta && version > this.listVersion) || (kind === CourierKind.acknowledgement && this.events.length > 0) || (kind === CourierKind.time && this.asksForTime));
      partly = new Uint8Array(0);
      if (this.mischief === "keeps couriers waiting") return { type: "wait", milliseconds: 1_000 };
      return index < 0 ? { type: "done" } : { type: "want", index, offset: 0 };
    };
    const take = (item: Uint8Array): void => {
      const { header } = openCourierItem(nodeHashes, courierKeys(nodeHashes, this.keys.courier), item);
      this.taken.push(header);
      if (header.kind === CourierKind.acknowledgement) this.events = [];
      if (header.kind === CourierKind.time) this.asksForTime = false;
      if (header.kind === CourierKind.delta) {
        this.listVersion = header.version;
        this.onNews(header.version);
      }
    };
    const carry = (bytes: Uint8Array): void => {
      if (provedBy === undefined) return;
      const frame = decodePhoneFrame(bytes);
      if (frame.type === "offer") {
        offered = frame.headers;
        answer = wanted();
      } else if (frame.type === "data") {
        if (this.mischief === "leaves in mid-carrying") closed = true;
        partly = concat(partly, frame.bytes) as typeof partly;
        if (partly.length < offered[frame.index].length + 28) answer = { type: "want", index: frame.index, offset: partly.length };
        else {
          take(partly);
          answer = wanted();
        }
      } else {
        if (frame.index === 0 && frame.offset === 0) given = this.#gives();
        const item = given[frame.index] as Uint8Array | undefined;
        answer = item === undefined ? { type: "done" } : { type: "given", index: frame.index, offset: frame.offset, total: item.length, bytes: item.slice(frame.offset, frame.offset + GIVEN_BYTES_MAX) };
      }
    };

    return {
      read: async (of) => {
        if (closed) throw new RadioError("lost");
        if (this.mischief === "silent") return new Promise(() => undefined);
        let bytes: Uint8Array;
        if (of === "challenge") bytes = challenge ??= encodeChallenge({ nonce: nodeHashes.sha256(ascii(`${this.id} ${this.#nonce++}`)).slice(0, 16), listVersion: this.listVersion, wallTime: 0, offline: this.offline });
        else bytes = of === "result" ? result : encodeDoorFrame(answer);
        if (this.mischief === "talks nonsense") bytes = bytes.slice(1);
      bytes = this.tamper(of, bytes);
        this.heard.push({ what: "read", of, bytes });
        return bytes;
      },
      write: async (of, bytes) => {
        if (closed) throw new RadioError("lost");
        this.heard.push({ what: "write", of, bytes });
        if (of === "response") respond(bytes);
        else carry(bytes);
      },
      close: () => {
        if (!closed) this.open--;
        closed = true;
      },
    };
  }

  #open(challenge: Uint8Array, bytes: Uint8Array): ReturnType<typeof openResponse> | undefined {
    try {
      return openResponse(nodeHashes, nodeBlockCipher, this.keys, this.#idBytes, challenge, bytes);
    } catch (error) {
      if (error instanceof ProtocolError) return undefined;
      throw error;
    }
  }

  #gives(): Uint8Array[] {
    const receipt = this.seal({ kind: CourierKind.receipt, number: 0, version: 0 }, ascii(`receipt ${++this.#receipts} for ${this.listVersion}`));
    const events = this.events.map((message) => this.seal({ kind: CourierKind.events, number: 0, version: 0 }, message));
    return [receipt, ...events, ...(this.asksForTime ? [this.seal({ kind: CourierKind.need, number: 0, version: 0 }, ascii("what time is it?"))] : [])];
  }
}

/** A radio in whose reach these doors are. */
export function paperRadio(doors: readonly PaperRadioDoor[]): DoorRadio {
  return {
    connect: async ({ radioName }) => {
      const door = doors.find((candidate) => candidate.radioName === radioName);
      if (door?.mischief === "no bluetooth") throw new RadioError("unavailable");
      if (door === undefined || door.mischief === "is not there") throw new RadioError("not-found");
      return door.connect();
    },
    forget: async ({ radioName }) => {
      for (const door of doors) if (door.radioName === radioName) door.forgotten += 1;
    },
  };
}
