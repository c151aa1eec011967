import { CourierKind, courierKeys, downTopicOf, openCourierItem, sealCourierItem } from "../../protocol/courier-item";
import { encodeEventUpload } from "../../protocol/event-record";
import { nativeHashes } from "../../cloud/keys/native-hashes";
import { EventChain as Chain, type NewEvent } from "../../hardware-sim/fleet/event-chain";
import { LightDoor } from "../../hardware-sim/fleet/light-door";
import type { CloudRig } from "./cloud-rig";

/** A light door at a test's cloud, on the test's clock, with what a phone carries for it. The real firmware is tested elsewhere. */
export class ProtocolDoor extends LightDoor {
  readonly rig: CloudRig;
  /** Messages that came, by the ends of their topics. */
  readonly received: string[] = [];
  /** Swallows what comes, as a jammed radio does; it goes on saying what it has. */
  deaf: (topic: string) => boolean = () => false;

  constructor(rig: CloudRig) {
    super({
      cloud: () => new URL(this.rig.cloud.url),
      now: () => this.rig.clock.now(),
      post: async (path, body) => {
        const response = await fetch(this.rig.cloud.url + path, { method: "POST", headers: { "content-type": "application/cbor" }, body: body as NonNullable<RequestInit["body"]> });
        return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) };
      },
    });
    this.rig = rig;
  }

  /** Registered, claimed, not connected yet. */
  static async claimed(rig: CloudRig, property: string, name: string): Promise<ProtocolDoor> {
    const door = new ProtocolDoor(rig);
    await rig.post("/doors", { property, name, claim: door.claimText });
    await door.claim();
    return door;
  }

  /** Resolves when the cloud has noticed. */
  override async disconnect(): Promise<void> {
    await super.disconnect();
    while ((await this.rig.get(`/doors/${this.hex}`)).online);
  }

  /** What a phone takes along from it. */
  gives(kind: "receipt" | "events" | "need", message: Uint8Array): Uint8Array {
    return sealCourierItem(nativeHashes, courierKeys(nativeHashes, this.keys.courier), { kind: CourierKind[kind], number: 0, version: 0 }, message);
  }

  /** Takes what a phone brings, all of it, in that order. @throws ProtocolError for what is not for it. */
  takes(items: readonly Uint8Array[]): void {
    for (const item of items) {
      const { header, message } = openCourierItem(nativeHashes, courierKeys(nativeHashes, this.keys.courier), item);
      this.receive(downTopicOf(header), message);
    }
  }

  override receive(topic: string, payload: Uint8Array): void {
    if (this.deaf(topic)) return;
    this.received.push(topic);
    super.receive(topic, payload);
  }
}

/** Writes a chain of events as a door does, keeps all of it, and spoils what the test wants. */
export class EventChain {
  readonly records: Uint8Array[] = [];
  readonly #door: ProtocolDoor;
  readonly #chain: Chain;

  constructor(door: ProtocolDoor) {
    this.#door = door;
    this.#chain = new Chain(door.keys.event);
  }

  append(event: NewEvent): void {
    this.#keep(this.#chain.append(event, this.#door.rig.clock.now()));
  }

  /** As a newer door might: a record with bytes that this cloud does not know, under a MAC that holds. */
  appendBytes(change: (body: Uint8Array) => void): void {
    const body = this.#chain.bodyOf({ type: "boot" }, this.#door.rig.clock.now());
    change(body);
    this.#keep(this.#chain.appendBody(body));
  }

  #keep(record: Uint8Array): void {
    this.records.push(record);
    this.#door.nextEvent = this.records.length;
  }

  /**
   * Events `from` (inclusive) to `to` (exclusive).
   * @param altered what stands in the door's flash by now, by numbers.
   * @param previousMac default: that of the event before.
   */
  upload(from: number, to: number, altered: Record<number, (record: Uint8Array) => void> = {}, previousMac = from === 0 ? new Uint8Array(12) : this.records[from - 1].slice(20)): Uint8Array {
    const records = this.records.slice(from, to).map((record, index) => {
      const copy = record.slice();
      altered[from + index]?.(copy);
      return copy;
    });
    return encodeEventUpload(nativeHashes, this.#door.keys.receipt, { enrolment: this.#door.login.enrolment, previousMac, records });
  }
}
