import { randomBytes } from "node:crypto";
import { connectAsync, type MqttClient } from "mqtt";
import { lookUp, openAccessList, profileAt, type AccessList } from "../../protocol/access-list";
import { ascii, concat, toHex } from "../../protocol/bytes";
import { signingContext } from "../../protocol/cose-sign1";
import { openSigned } from "../../protocol/cose";
import { CourierKind, courierKeys, downTopicOf, openCourierItem, sealCourierItem } from "../../protocol/courier-item";
import { CredentialKind, credentialTag } from "../../protocol/credential";
import { checkDelta, decodeDelta, type Delta } from "../../protocol/delta";
import { deriveDoorKeys, type DoorKeys } from "../../protocol/door-keys";
import { encodeClaim, encodeHello, openGrant, openWelcome, type ClaimContext, type Login } from "../../protocol/enrolment";
import { encodeEventBody, encodeEventUpload, eventMac, eventPeriod, nextEventKey, type EventRecord } from "../../protocol/event-record";
import { decodeKeysetMessage, type Keyset } from "../../protocol/keyset";
import { decodeLease, type Lease } from "../../protocol/lease";
import { openAcknowledgement } from "../../protocol/acknowledgement";
import { PAGE_BYTES } from "../../protocol/limits";
import { decodeManifest, hash8, pageCount, type Manifest } from "../../protocol/manifest";
import { checkPageHashes, decodeManifestMessage } from "../../protocol/manifest-message";
import { encodeNeed } from "../../protocol/need";
import { encodeReceipt, type Receipt } from "../../protocol/receipt";
import { decodeSignedTime } from "../../protocol/signed-time";
import { downFilter, upTopic, type UpTopic } from "../../protocol/topics";
import { nativeHashes } from "../../cloud/keys/native-hashes";
import type { CloudRig } from "./cloud-rig";

interface Base {
  manifest: Manifest;
  payload: Uint8Array;
  pages: (Uint8Array | undefined)[];
}

const NO_HASH = new Uint8Array(8);
const NO_ALARMS = { listLost: false, listDamaged: false, timeUnknown: false, eventsFolded: false, usesFull: false };

/**
 * The cloud's other side at the level of messages: enough of a door to be claimed, keep a list, and say what it
 * has. It has no flash and no clock of its own; the real firmware is tested elsewhere.
 */
export class ProtocolDoor {
  readonly id = new Uint8Array(randomBytes(8));
  secret = new Uint8Array(randomBytes(16));
  key = new Uint8Array(randomBytes(32));
  readonly rig: CloudRig;
  keys!: DoorKeys;
  keyset!: Keyset;
  login!: Login;
  counter = 0;
  active: { base: Base; delta: Delta | undefined; deltaPayload: Uint8Array | undefined } | undefined;
  fetching: Base | undefined;
  lease: Lease | undefined;
  signedTime = 0;
  acknowledgedEvents = 0;
  firstEvent = 0;
  nextEvent = 0;
  alarms = NO_ALARMS;
  /** Messages that came, by the ends of their topics. */
  readonly received: string[] = [];
  /** What it does with a momentary command. */
  onCommand: (bytes: Uint8Array) => void = () => undefined;
  /** Swallows what comes, as a jammed radio does; it goes on saying what it has. */
  deaf: (topic: string) => boolean = () => false;
  #client: MqttClient | undefined;
  #waiting: { ready: () => boolean; resolve: () => void }[] = [];

  constructor(rig: CloudRig) {
    this.rig = rig;
  }

  get hex(): string {
    return toHex(this.id);
  }

  get claimText(): string {
    return `latchkey:1:${this.hex}:${toHex(this.secret)}`;
  }

  get version(): number {
    return this.active === undefined ? 0 : (this.active.delta?.version ?? this.active.base.manifest.version);
  }

  /** Registered, claimed, not connected yet. */
  static async claimed(rig: CloudRig, property: string, name: string): Promise<ProtocolDoor> {
    const door = new ProtocolDoor(rig);
    await rig.post("/doors", { property, name, claim: door.claimText });
    await door.claim();
    return door;
  }

  async hello(): Promise<ClaimContext> {
    const hello = { door: this.id, doorNonce: new Uint8Array(randomBytes(16)) };
    return openWelcome(nativeHashes, this.secret, hello, await this.enrol("hello", encodeHello(hello)));
  }

  /** @throws Error with the status where it is not 200. */
  async enrol(step: string, body: Uint8Array): Promise<Uint8Array> {
    const response = await fetch(`${this.rig.cloud.url}/enrol/${step}`, { method: "POST", headers: { "content-type": "application/cbor" }, body: body as NonNullable<RequestInit["body"]> });
    if (response.status !== 200) throw new Error(`${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  async claim(): Promise<Uint8Array> {
    const context = await this.hello();
    const claim = encodeClaim(nativeHashes, this.secret, context, this.key);
    this.login = openGrant(nativeHashes, this.secret, context, claim, await this.enrol("claim", claim));
    this.keyset = decodeKeysetMessage(context.keysets[context.keysets.length - 1]).keyset;
    this.keys = deriveDoorKeys(nativeHashes, this.key, this.id);
    return claim;
  }

  /** What the service button does: nothing of its owner is left. */
  forget(): void {
    [this.secret, this.key] = [new Uint8Array(randomBytes(16)), new Uint8Array(randomBytes(32))];
    [this.active, this.fetching, this.lease, this.counter] = [undefined, undefined, undefined, 0];
    [this.acknowledgedEvents, this.firstEvent, this.nextEvent, this.signedTime] = [0, 0, 0, 0];
  }

  /** What its flash held is lost; what it trusts is kept elsewhere. */
  loseList(): void {
    [this.active, this.fetching, this.lease] = [undefined, undefined, undefined];
    this.alarms = { ...NO_ALARMS, listLost: true };
  }

  get connected(): boolean {
    return this.#client?.connected ?? false;
  }

  async connect(): Promise<void> {
    this.#client = await connectAsync({
      ...{ host: "127.0.0.1", port: this.login.brokerPort, clientId: this.hex, username: this.hex, password: Buffer.from(this.login.password) },
      ...{ protocolVersion: 4, clean: true, reconnectPeriod: 0, keepalive: 30 },
    });
    this.#client.on("message", (topic, payload) => this.#receive(topic.split("/down/")[1], new Uint8Array(payload)));
    this.#client.on("error", () => undefined);
    await this.#client.subscribeAsync(downFilter(this.hex));
    this.sendReceipt();
  }

  /** Resolves when the cloud has noticed. */
  async disconnect(): Promise<void> {
    await this.#client?.endAsync(true);
    this.#client = undefined;
    while ((await this.rig.get(`/doors/${this.hex}`)).online);
  }

  publish(what: UpTopic, payload: Uint8Array): void {
    this.#client?.publish(upTopic(this.hex, what), Buffer.from(payload));
  }

  receipt(changes: Partial<Receipt> = {}): Uint8Array {
    return encodeReceipt(nativeHashes, this.keys.receipt, {
      enrolment: this.login.enrolment,
      counter: ++this.counter,
      epoch: this.active?.base.manifest.epoch ?? 0,
      version: this.version,
      manifestHash: this.active === undefined ? NO_HASH : hash8(nativeHashes, this.active.base.payload),
      deltaHash: this.active?.deltaPayload === undefined ? NO_HASH : hash8(nativeHashes, this.active.deltaPayload),
      keysetNumber: this.keyset.number,
      leaseIssuedAt: this.lease?.issuedAt ?? 0,
      leaseEnd: this.lease?.guestNotAfter ?? 0,
      signedTime: this.signedTime,
      wallTime: this.rig.clock.now(),
      firstEvent: this.firstEvent,
      nextEvent: this.nextEvent,
      alarms: this.alarms,
      ...changes,
    });
  }

  sendReceipt(): void {
    this.publish("receipt", this.receipt());
  }

  /** What a phone takes along from it. */
  gives(kind: "receipt" | "events" | "need", message: Uint8Array): Uint8Array {
    return sealCourierItem(nativeHashes, courierKeys(nativeHashes, this.keys.courier), { kind: CourierKind[kind], number: 0, version: 0 }, message);
  }

  /** Takes what a phone brings, all of it, in that order. @throws ProtocolError for what is not for it. */
  takes(items: readonly Uint8Array[]): void {
    for (const item of items) {
      const { header, message } = openCourierItem(nativeHashes, courierKeys(nativeHashes, this.keys.courier), item);
      this.#receive(downTopicOf(header), message);
    }
  }

  askTime(): void {
    this.publish("need", encodeNeed({ timeNonce: new Uint8Array(16).fill(7) }));
  }

  /** Resolves once `ready` holds; the test's own time limit ends the wait. */
  until(ready: () => boolean): Promise<void> {
    if (ready()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ ready, resolve }));
  }

  /** The list with its delta, as a real door reads it. */
  get list(): AccessList | undefined {
    if (this.active === undefined) return undefined;
    const body = concat(...(this.active.base.pages as Uint8Array[]));
    return openAccessList(this.active.base.manifest, this.active.delta, { read: (offset, length) => body.subarray(offset, offset + length), isSound: () => true });
  }

  knows(pin: string): boolean {
    const { list } = this;
    if (list === undefined) return false;
    const rows = lookUp(list, credentialTag(nativeHashes, this.keys.tag, CredentialKind.pin, ascii(pin)), CredentialKind.pin);
    return rows.some((row) => profileAt(list, row.profile) !== undefined);
  }

  tagOf(pin: string): Uint8Array {
    return credentialTag(nativeHashes, this.keys.tag, CredentialKind.pin, ascii(pin));
  }

  #receive(topic: string, payload: Uint8Array): void {
    if (this.deaf(topic)) return;
    this.received.push(topic);
    const [kind, number] = topic.split("/");
    if (kind === "keyset") this.#keyset(payload);
    else if (kind === "manifest") this.#manifest(payload);
    else if (kind === "page") this.#page(Number(number), payload);
    else if (kind === "delta") this.#delta(payload);
    else if (kind === "lease") this.#lease(payload);
    else if (kind === "time") this.signedTime = decodeSignedTime(openSigned(payload, this.keyset.leaseKey, signingContext("time", this.id))).time;
    else if (kind === "command") this.onCommand(payload);
    else if (kind === "ack") this.acknowledgedEvents = openAcknowledgement(nativeHashes, this.keys.acknowledgement, payload).sequence;
    this.#waiting = this.#waiting.filter(({ ready, resolve }) => {
      if (!ready()) return true;
      resolve();
      return false;
    });
  }

  /** The next one; its signatures are checked by the real firmware. */
  #keyset(message: Uint8Array): void {
    const { keyset } = decodeKeysetMessage(message);
    if (keyset.number === this.keyset.number + 1) this.keyset = keyset;
  }

  #manifest(message: Uint8Array): void {
    const { signed, pageHashes } = decodeManifestMessage(message);
    const payload = openSigned(signed, this.keyset.listKey, signingContext("manifest", this.id));
    const manifest = decodeManifest(payload);
    if (manifest.version === this.fetching?.manifest.version) return this.#fetch();
    if (manifest.version <= Math.max(this.active?.base.manifest.version ?? 0, this.fetching?.manifest.version ?? 0)) return;
    checkPageHashes(nativeHashes, manifest, pageHashes);
    this.fetching = { manifest, payload, pages: Array.from({ length: pageCount(manifest) }) };
    this.#fetch();
  }

  #page(number: number, page: Uint8Array): void {
    if (this.fetching === undefined || page.length > PAGE_BYTES) return;
    this.fetching.pages[number] = page.slice();
    this.#fetch();
  }

  #fetch(): void {
    const { manifest, pages } = this.fetching!;
    const missing = pages.indexOf(undefined);
    if (missing >= 0) return this.publish("need", encodeNeed({ page: { epoch: manifest.epoch, version: manifest.version, number: missing } }));
    if (manifest.version > this.version) this.#activate({ base: this.fetching!, delta: undefined, deltaPayload: undefined });
    else this.publish("need", encodeNeed({ deltaBase: manifest.version }));
  }

  #delta(message: Uint8Array): void {
    const payload = openSigned(message, this.keyset.listKey, signingContext("delta", this.id));
    const delta = decodeDelta(payload);
    const base = [this.active?.base, this.fetching].find((candidate) => candidate?.manifest.version === delta.base);
    if (base === undefined || base.pages.includes(undefined)) return;
    // SPEC 5.6: on the other base it may be of the version that is active.
    if (delta.version < this.version || (delta.version === this.version && base === this.active?.base)) return;
    checkDelta(delta, base.manifest);
    this.#activate({ base, delta, deltaPayload: payload });
  }

  #activate(active: NonNullable<ProtocolDoor["active"]>): void {
    this.active = active;
    if (active.base === this.fetching) this.fetching = undefined;
    this.sendReceipt();
  }

  #lease(message: Uint8Array): void {
    const lease = decodeLease(openSigned(message, this.keyset.leaseKey, signingContext("lease", this.id)));
    if (lease.version > this.version || lease.issuedAt <= (this.lease?.issuedAt ?? 0)) return;
    this.lease = lease;
    this.sendReceipt();
  }
}

/** Writes a chain of events as a door does. */
export class EventChain {
  readonly records: Uint8Array[] = [];
  readonly #door: ProtocolDoor;
  #key: Uint8Array;
  #mac = new Uint8Array(12);

  constructor(door: ProtocolDoor) {
    this.#door = door;
    this.#key = door.keys.event;
  }

  append(event: Partial<EventRecord> & Pick<EventRecord, "type">): void {
    this.#chain(encodeEventBody({ sequence: this.records.length, time: this.#door.rig.clock.now(), timeUnknown: false, reason: "granted", kind: 0, outputs: 0, duress: false, tag: new Uint8Array(5), count: 0, ...event }));
  }

  /** As a newer door might: a record with bytes that this cloud does not know, under a MAC that holds. */
  appendBytes(change: (body: Uint8Array) => void): void {
    const body = encodeEventBody({ sequence: this.records.length, time: this.#door.rig.clock.now(), timeUnknown: false, type: "boot", reason: "granted", kind: 0, outputs: 0, duress: false, tag: new Uint8Array(5), count: 0 });
    change(body);
    this.#chain(body);
  }

  #chain(body: Uint8Array): void {
    const sequence = this.records.length;
    if (sequence > 0 && eventPeriod(sequence) !== eventPeriod(sequence - 1)) this.#key = nextEventKey(nativeHashes, this.#key);
    this.#mac = eventMac(nativeHashes, this.#key, this.#mac, body) as Uint8Array<ArrayBuffer>;
    this.records.push(concat(body, this.#mac));
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
