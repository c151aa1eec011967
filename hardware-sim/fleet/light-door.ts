import { randomBytes } from "node:crypto";
import { lookUp, profileAt, type AccessList } from "../../protocol/access-list";
import { openAcknowledgement } from "../../protocol/acknowledgement";
import { ascii, toHex } from "../../protocol/bytes";
import { signingContext } from "../../protocol/cose-sign1";
import { CredentialKind, credentialTag } from "../../protocol/credential";
import { deriveDoorKeys, type DoorKeys } from "../../protocol/door-keys";
import { encodeDoorState, OFFLINE } from "../../protocol/door-state";
import { encodeClaim, encodeHello, openGrant, openWelcome, type ClaimContext, type Login } from "../../protocol/enrolment";
import { decodeKeysetMessage, type Keyset } from "../../protocol/keyset";
import { decodeLease, type Lease } from "../../protocol/lease";
import { encodeNeed } from "../../protocol/need";
import { encodeReceipt, type Receipt } from "../../protocol/receipt";
import { decodeSignedTime } from "../../protocol/signed-time";
import { downFilter, upTopic, type UpTopic } from "../../protocol/topics";
import { nodeHashes } from "../xs/host-hashes";
import { LightConnection } from "./light-connection";
import { LightList, type ListAnswer } from "./light-list";
import { openSignedNatively } from "./native-signature";

/** What a light door stands in. */
export interface LightSurroundings {
  /** Base address of the cloud's HTTP side, as of now. */
  cloud(): URL;
  /** Says bytes of CBOR to the cloud. @throws where nobody answers. */
  post(path: string, body: Uint8Array): Promise<{ status: number; body: Uint8Array }>;
  /** Unix seconds. */
  now(): number;
  /** Whether the broker speaks TLS; by default where the cloud does. */
  secure?: boolean;
  /** PEM of the authority that signs the broker's certificate; the system's otherwise. */
  ca?: string;
}

export const NO_ALARMS = { listLost: false, listDamaged: false, timeUnknown: false, eventsFolded: false, usesFull: false };

/**
 * A door at the level of messages: it is claimed over HTTP, speaks MQTT, checks signatures and MACs, keeps a list and
 * says what it has. Flash, clock, readers and the firmware's care for its memory are what it lacks: it is for load, and
 * for tests of the cloud.
 */
export class LightDoor {
  readonly id = new Uint8Array(randomBytes(8));
  secret = new Uint8Array(randomBytes(16));
  key = new Uint8Array(randomBytes(32));
  keys!: DoorKeys;
  keyset!: Keyset;
  login!: Login;
  counter = 0;
  lease: Lease | undefined;
  signedTime = 0;
  acknowledgedEvents = 0;
  firstEvent = 0;
  nextEvent = 0;
  alarms = NO_ALARMS;
  /** What it does with a momentary command. */
  onCommand: (bytes: Uint8Array) => void = () => undefined;
  /** The cloud has stored events up to this one. */
  onAcknowledged: (next: number) => void = () => undefined;
  /** Whoever sends a list that it has had does not know what it has. */
  onKnown: () => void = () => undefined;
  /** A message that it refuses. */
  onRefused: (error: unknown) => void = (error) => {
    throw error;
  };
  /** Its connection is gone, and not by its own will. */
  onLost: (reason: string) => void = () => undefined;
  readonly #around: LightSurroundings;
  #kept = new LightList(this.id);
  #connection: LightConnection | undefined;
  #waiting: { ready: () => boolean; resolve: () => void }[] = [];

  constructor(around: LightSurroundings) {
    this.#around = around;
  }

  get hex(): string {
    return toHex(this.id);
  }

  get claimText(): string {
    return `latchkey:1:${this.hex}:${toHex(this.secret)}`;
  }

  get version(): number {
    return this.#kept.version;
  }

  get active(): LightList["active"] {
    return this.#kept.active;
  }

  get fetching(): LightList["fetching"] {
    return this.#kept.fetching;
  }

  /** The list with its delta, as a real door reads it. */
  get list(): AccessList | undefined {
    return this.#kept.open();
  }

  async hello(): Promise<ClaimContext> {
    const hello = { door: this.id, doorNonce: new Uint8Array(randomBytes(16)) };
    return openWelcome(nodeHashes, this.secret, hello, await this.enrol("hello", encodeHello(hello)));
  }

  /** @throws Error with the status where it is not 200. */
  async enrol(step: string, body: Uint8Array): Promise<Uint8Array> {
    const answer = await this.#around.post(`/enrol/${step}`, body);
    if (answer.status !== 200) throw new Error(`${answer.status}`);
    return answer.body;
  }

  /** The door that is registered is this one from now on. @returns the claim's bytes. */
  async claim(): Promise<Uint8Array> {
    const context = await this.hello();
    const claim = encodeClaim(nodeHashes, this.secret, context, this.key);
    this.login = openGrant(nodeHashes, this.secret, context, claim, await this.enrol("claim", claim));
    this.keyset = decodeKeysetMessage(context.keysets[context.keysets.length - 1]).keyset;
    this.keys = deriveDoorKeys(nodeHashes, this.key, this.id);
    return claim;
  }

  /** What the service button does: nothing of its owner is left. */
  forget(): void {
    [this.secret, this.key] = [new Uint8Array(randomBytes(16)), new Uint8Array(randomBytes(32))];
    [this.lease, this.counter, this.#kept] = [undefined, 0, new LightList(this.id)];
    [this.acknowledgedEvents, this.firstEvent, this.nextEvent, this.signedTime] = [0, 0, 0, 0];
  }

  /** What its flash held is lost; what it trusts is kept elsewhere. */
  loseList(): void {
    [this.lease, this.#kept] = [undefined, new LightList(this.id)];
    this.alarms = { ...NO_ALARMS, listLost: true };
  }

  get connected(): boolean {
    return this.#connection?.online ?? false;
  }

  /** Resolves when it is subscribed and has said what it has. @throws Error with why not. */
  async connect(): Promise<void> {
    const { brokerHost, brokerPort: port, password } = this.login;
    const cloud = this.#around.cloud();
    const { secure = cloud.protocol === "https:", ca } = this.#around;
    const host = brokerHost.length > 0 ? String.fromCharCode(...brokerHost) : cloud.hostname;
    const will = { topic: upTopic(this.hex, "state"), payload: encodeDoorState(OFFLINE) };
    await new Promise<void>((resolve, reject) => {
      this.#connection = new LightConnection({ host, port, secure, ...(ca !== undefined && { ca }) }, { clientId: this.hex, password, will, filter: downFilter(this.hex) }, {
        onOnline: resolve,
        onMessage: (topic, payload) => this.receive(topic.split("/down/")[1], payload),
        onClosed: (reason) => {
          reject(new Error(reason));
          this.onLost(reason);
        },
      });
    });
    this.sendReceipt();
  }

  /** Resolves when its socket is closed. @param politely says good-bye, so that the broker does not publish its will. */
  async disconnect(politely = false): Promise<void> {
    await this.#connection?.close(politely);
    this.#connection = undefined;
  }

  publish(what: UpTopic, payload: Uint8Array): void {
    this.#connection?.publish(upTopic(this.hex, what), payload, what === "state");
  }

  /** As a door does that is connected: what a page shows of it. */
  sendState(): void {
    this.publish("state", encodeDoorState({ ...OFFLINE, online: true, time: this.#around.now() }));
  }

  receipt(changes: Partial<Receipt> = {}): Uint8Array {
    return encodeReceipt(nodeHashes, this.keys.receipt, {
      enrolment: this.login.enrolment,
      counter: ++this.counter,
      ...this.#kept.stand,
      keysetNumber: this.keyset.number,
      leaseIssuedAt: this.lease?.issuedAt ?? 0,
      leaseEnd: this.lease?.guestNotAfter ?? 0,
      signedTime: this.signedTime,
      wallTime: this.#around.now(),
      firstEvent: this.firstEvent,
      nextEvent: this.nextEvent,
      alarms: this.alarms,
      ...changes,
    });
  }

  sendReceipt(): void {
    this.publish("receipt", this.receipt());
  }

  askTime(): void {
    this.publish("need", encodeNeed({ timeNonce: new Uint8Array(16).fill(7) }));
  }

  /** Resolves once `ready` holds, which is asked after each message; the caller's own time limit ends the wait. */
  until(ready: () => boolean): Promise<void> {
    if (ready()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ ready, resolve }));
  }

  knows(pin: string): boolean {
    const { list } = this;
    return list !== undefined && lookUp(list, this.tagOf(pin), CredentialKind.pin).some((row) => profileAt(list, row.profile) !== undefined);
  }

  tagOf(pin: string): Uint8Array {
    return credentialTag(nodeHashes, this.keys.tag, CredentialKind.pin, ascii(pin));
  }

  /** @param topic its end, after `down/`. */
  receive(topic: string, payload: Uint8Array): void {
    try {
      this.#take(topic, payload);
    } catch (error) {
      this.onRefused(error);
    }
    this.#waiting = this.#waiting.filter(({ ready, resolve }) => {
      if (!ready()) return true;
      resolve();
      return false;
    });
  }

  #take(topic: string, payload: Uint8Array): void {
    const [kind, number] = topic.split("/");
    const { listKey, leaseKey } = this.keyset;
    if (kind === "keyset") this.#takeKeyset(payload);
    else if (kind === "manifest") this.#answer(this.#kept.takeManifest(payload, listKey));
    else if (kind === "page") this.#answer(this.#kept.takePage(Number(number), payload));
    else if (kind === "delta") this.#answer(this.#kept.takeDelta(payload, listKey));
    else if (kind === "lease") this.#takeLease(decodeLease(openSignedNatively(payload, leaseKey, signingContext("lease", this.id))));
    else if (kind === "time") this.signedTime = decodeSignedTime(openSignedNatively(payload, leaseKey, signingContext("time", this.id))).time;
    else if (kind === "command") this.onCommand(payload);
    else if (kind === "ack") {
      this.acknowledgedEvents = openAcknowledgement(nodeHashes, this.keys.acknowledgement, payload).sequence;
      this.onAcknowledged(this.acknowledgedEvents);
    }
  }

  #answer(answer: ListAnswer): void {
    if (answer === "receipt") this.sendReceipt();
    else if (answer === "known") this.onKnown();
    else if (answer !== undefined) this.publish("need", encodeNeed(answer));
  }

  /** The next one; its signatures are checked by the real firmware. */
  #takeKeyset(message: Uint8Array): void {
    const { keyset } = decodeKeysetMessage(message);
    if (keyset.number === this.keyset.number + 1) this.keyset = keyset;
  }

  #takeLease(lease: Lease): void {
    if (lease.version > this.version || lease.issuedAt <= (this.lease?.issuedAt ?? 0)) return;
    this.lease = lease;
    this.sendReceipt();
  }
}
