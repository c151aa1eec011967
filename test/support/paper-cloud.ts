import { hashes as nobleEd25519 } from "@noble/ed25519";
import { encodeAcknowledgement } from "../../protocol/acknowledgement";
import { ascii, equalBytes, toHex } from "../../protocol/bytes";
import { CommandVerb, encodeCommand, openReply, ReplyStatus, type Command, type Reply } from "../../protocol/command";
import { CredentialKind, secondPinTag } from "../../protocol/credential";
import type { Delta } from "../../protocol/delta";
import { deriveDoorKeys, type DoorKeys } from "../../protocol/door-keys";
import { decodeClaim, decodeHello, encodeGrant, encodeWelcome, openClaim, type ClaimContext } from "../../protocol/enrolment";
import { nextEventKey, openEventUpload, verifyEvents, type EventRecord } from "../../protocol/event-record";
import type { Holder } from "../../protocol/handle";
import type { Hashes } from "../../protocol/hashes";
import { decodeNeed } from "../../protocol/need";
import { type Profile } from "../../protocol/profile";
import { openReceipt, type Receipt } from "../../protocol/receipt";
import type { Row } from "../../protocol/row";
import { downTopic, parseTopic } from "../../protocol/topics";
import { encodeUtcOffsets } from "../../protocol/utc-offsets";
import type { VirtualNetwork } from "../../hardware-sim/virtual-network";
import type { VirtualClock } from "../../hardware-sim/virtual-clock";
import { Mint, type MintedSnapshot, type SnapshotOptions, type TestKey } from "./mint";

const PASSWORD = ascii("paper-cloud-password");
const UTC = encodeUtcOffsets([{ since: 0, offsetSeconds: 0 }]);

/** Who may open the door, with a PIN or with a phone or fob, and what it may. */
export interface PaperGrant {
  pin?: string;
  holder?: Holder;
  profile: Profile;
  row?: Partial<Row>;
  /** The second PIN that its row needs. */
  secondPin?: string;
}

/**
 * A cloud of one door and no database, for tests that run the controller under Node and under XS: it claims,
 * signs lists, deltas, leases and times, and answers receipts and needs, over the virtual network.
 */
export class PaperCloud {
  readonly network: VirtualNetwork;
  readonly receipts: Receipt[] = [];
  readonly events: EventRecord[] = [];
  readonly replies: Reply[] = [];
  /** Whether events are acknowledged. */
  acknowledges = true;
  /** Whether leases are signed for the newest version. */
  leases = true;
  /** What a man in the middle keeps from the door: topics after `down/`. */
  jammed: (what: string) => boolean = () => false;
  /** Everything sent down so far, for whoever replays it. */
  readonly sent: { what: string; payload: Uint8Array }[] = [];
  readonly #hashes: Hashes;
  readonly #clock: VirtualClock;
  readonly #claimSecret: () => Uint8Array;
  /** What a GET finds, by its path. */
  readonly files = new Map<string, Uint8Array>();
  /** Requests heard so far, "GET /path". */
  readonly requests: string[] = [];
  /** Claims accepted; each begins a log of its own, and `events` holds that of the last. */
  enrolment = 0;
  #doorKey = "";
  /** The chain of keysets, number 1 first. */
  #keysets: Uint8Array[] = [];
  #contexts: ClaimContext[] = [];
  /** For the door that said hello last. */
  #mint: Mint;
  #keys: DoorKeys | undefined;
  #version = 0;
  #base: MintedSnapshot | undefined;
  #delta: Uint8Array | undefined;
  /** Outputs to be unlocked, and commands sent so far. */
  #wanted = 0;
  #asked = 0;

  constructor(hashes: Hashes, clock: VirtualClock, network: VirtualNetwork, claimSecret: () => Uint8Array) {
    nobleEd25519.sha512 = (message) => new Uint8Array(hashes.sha512(message));
    this.#hashes = hashes;
    this.#mint = new Mint(hashes);
    this.#clock = clock;
    this.#claimSecret = claimSecret;
    this.network = network;
    network.respond = ({ method, path, body }, reply) => {
      this.requests.push(`${method} ${path}`);
      const file = this.files.get(path);
      if (method === "GET") reply(file === undefined ? { status: 404 } : { status: 200, body: file });
      else reply(this.#answer(path, body));
    };
    network.broker.onPublish = (topic, payload) => this.#heard(topic, payload);
  }

  get keys(): DoorKeys {
    if (this.#keys === undefined) throw new Error("not claimed yet");
    return this.#keys;
  }

  get version(): number {
    return this.#version;
  }

  /** 8 bytes. */
  get doorId(): Uint8Array {
    return this.#mint.door;
  }

  /** Its door, in topics. */
  get door(): string {
    return toHex(this.#mint.door);
  }

  get now(): number {
    return Math.floor(this.#clock.unixMs / 1_000);
  }

  /** A new snapshot of these grants, to be fetched page by page. */
  issue(grants: readonly PaperGrant[], more: Partial<Pick<SnapshotOptions, "rules" | "policy">> = {}): void {
    const profiles = [...new Set(grants.map(({ profile }) => profile))];
    const rows: Row[] = [];
    // XS's flatMap runs out of stack on thousands.
    for (const { pin, holder, profile, row, secondPin } of grants) {
      const index = profiles.indexOf(profile);
      const first = this.#mint.row(holder?.kind ?? CredentialKind.pin, holder?.credentialId ?? pin!, index, row);
      rows.push(secondPin === undefined ? first : { ...first, needsSecondPin: true });
      if (secondPin === undefined) continue;
      rows.push({ ...this.#mint.row(CredentialKind.pin2, "", index), tag: secondPinTag(this.#hashes, this.keys.tag, first.tag, ascii(secondPin)) });
    }
    this.#base = this.#mint.snapshot({ version: this.#next(), issuedAt: this.now, rows, profiles, utcOffsets: UTC, ...more });
    this.#delta = undefined;
    this.#offerBase();
  }

  /** A cumulative delta: these PINs, phones and fobs are gone. @returns its version. */
  revoke(...gone: (string | Holder)[]): number {
    const base = this.#base!;
    const tags = gone.map((who) => (typeof who === "string" ? this.#mint.tag(CredentialKind.pin, who) : this.#mint.tag(who.kind, who.credentialId)));
    const rows = base.rows.filter(({ tag }) => !tags.some((other) => equalBytes(other, tag)));
    const version = this.#next();
    this.#delta = this.#mint.delta(base, { version, rows });
    this.send(`delta/${base.manifest.version}`, this.#delta);
    this.sendLease();
    return version;
  }

  /** A delta that says whatever a test wants; rows stay those of the base. @returns its version. */
  change(more: Partial<Delta>): number {
    const base = this.#base!;
    const version = this.#next();
    this.#delta = this.#mint.delta(base, { version, ...more });
    this.send(`delta/${base.manifest.version}`, this.#delta);
    this.sendLease();
    return version;
  }

  /** New list and lease keys, signed by the root: the next keyset. It is sent to doors that say they have the one before. */
  rotate(listKey: TestKey, leaseKey: TestKey): void {
    this.#mint.listKey = listKey;
    this.#mint.leaseKey = leaseKey;
    this.#keysets.push(this.#mint.keyset(this.#keysets.length + 1, { issuedAt: this.now }));
  }

  /** The keyset of this number. */
  keyset(number: number): Uint8Array {
    return this.#keysets[number - 1];
  }

  /** Asks for a nonce and, when it has come, for these outputs; the answers are in `replies`. */
  unlock(outputs: number): void {
    this.#wanted = outputs;
    this.#command({ verb: CommandVerb.askNonce, outputs: 0, nonce: new Uint8Array(16) });
  }

  #command(command: Omit<Command, "requestId">): void {
    this.send("command", encodeCommand(this.#hashes, this.keys.command, { ...command, requestId: new Uint8Array(8).fill(++this.#asked) }));
  }

  #reply(reply: Reply): void {
    this.replies.push(reply);
    if (reply.status === ReplyStatus.nonce) this.#command({ verb: CommandVerb.unlock, outputs: this.#wanted, nonce: reply.nonce });
  }

  /** A lease of one day for the newest version. */
  sendLease(version = this.#version): void {
    this.send("lease", this.#mint.lease({ version, issuedAt: this.now }));
  }

  send(what: string, payload: Uint8Array): void {
    this.sent.push({ what, payload });
    if (!this.jammed(what)) this.network.broker.publish(downTopic(toHex(this.#mint.door), what as "lease"), payload, { QoS: 1 });
  }

  #next(): number {
    return (this.#version = Math.max(this.#version + 1, this.now));
  }

  #offerBase(): void {
    this.send("manifest", this.#base!.message);
  }

  #answer(path: string, body: Uint8Array): { status: number; body: Uint8Array } {
    if (path === "/enrol/hello") {
      const hello = decodeHello(body);
      this.#mint = new Mint(this.#hashes, hello.door);
      if (this.#keysets.length === 0) this.#keysets.push(this.#mint.keyset(1, { issuedAt: this.now }));
      const cloudNonce = new Uint8Array(16).fill(this.#contexts.length + 1);
      const context = { ...hello, cloudNonce, site: this.#mint.site, keysets: [...this.#keysets] };
      this.#contexts.push(context);
      return { status: 200, body: encodeWelcome(this.#hashes, this.#claimSecret(), context) };
    }
    const claim = decodeClaim(body);
    const context = this.#contexts.find(({ doorNonce }) => toHex(doorNonce) === toHex(claim.doorNonce))!;
    const doorKey = openClaim(this.#hashes, this.#claimSecret(), context, claim);
    this.#keys = deriveDoorKeys(this.#hashes, doorKey, claim.door);
    this.#mint.tagKey = this.#keys.tag;
    if (toHex(doorKey) !== this.#doorKey) {
      this.#doorKey = toHex(doorKey);
      this.enrolment += 1;
      this.events.length = 0;
    }
    const login = { enrolment: this.enrolment, password: PASSWORD, brokerHost: new Uint8Array(0), brokerPort: 1_883 };
    return { status: 200, body: encodeGrant(this.#hashes, this.#claimSecret(), context, claim.sealedDoorKey, login) };
  }

  /** What a phone of the property is given to carry to this door; a lease for the newest version with it. */
  bundle(): { what: string; payload: Uint8Array }[] {
    const { now } = this;
    const base = this.#base!;
    const pages = base.pages.map((payload, number) => ({ what: `page/${number}`, payload }));
    const delta = this.#delta === undefined ? [] : [{ what: `delta/${base.manifest.version}`, payload: this.#delta }];
    const lease = { what: "lease", payload: this.#mint.lease({ version: this.#version, issuedAt: now }) };
    return [...this.#keysets.map((payload) => ({ what: "keyset", payload })), ...delta, lease, { what: "manifest", payload: base.message }, ...pages];
  }

  /** Version of the base that is issued. */
  get baseVersion(): number {
    return this.#base!.manifest.version;
  }

  #heard(topic: string, payload: Uint8Array): void {
    this.hear(parseTopic(topic)?.what, payload);
  }

  /** What a door says, by whatever way it came. @param what the topic after `up/`. */
  hear(what: string | undefined, payload: Uint8Array): void {
    if (what === "receipt") this.#receipt(openReceipt(this.#hashes, this.keys.receipt, payload));
    else if (what === "need") this.#need(payload);
    else if (what === "events") this.#take(payload);
    else if (what === "reply") this.#reply(openReply(this.#hashes, this.keys.command, payload));
  }

  #receipt(receipt: Receipt): void {
    this.receipts.push(receipt);
    if (receipt.keysetNumber < this.#keysets.length) this.send("keyset", this.keyset(receipt.keysetNumber + 1));
    const base = this.#base;
    if (base === undefined) return;
    if (!equalBytes(receipt.manifestHash, base.hash)) this.#offerBase();
    else if (receipt.version < this.#version && this.#delta !== undefined) this.send(`delta/${base.manifest.version}`, this.#delta);
    else if (receipt.version === this.#version && this.leases && receipt.leaseIssuedAt + 600 <= this.now) this.sendLease();
  }

  #need(payload: Uint8Array): void {
    const { page, deltaBase, timeNonce } = decodeNeed(payload);
    const base = this.#base;
    if (page !== undefined && base !== undefined && page.version === base.manifest.version) this.send(`page/${page.number}`, base.pages[page.number]);
    if (deltaBase !== undefined && this.#delta !== undefined && deltaBase === base?.manifest.version) this.send(`delta/${deltaBase}`, this.#delta);
    if (timeNonce !== undefined) this.send("time", this.#mint.signedTime(timeNonce, this.now));
  }

  #take(payload: Uint8Array): void {
    const upload = openEventUpload(this.#hashes, this.keys.receipt, payload);
    const keyOf = (period: number): Uint8Array => {
      let key = this.keys.event;
      for (let i = 0; i < period; i++) key = nextEventKey(this.#hashes, key);
      return key;
    };
    const events = verifyEvents(this.#hashes, keyOf, upload.previousMac, upload.records);
    for (const event of events) if (event.sequence === this.events.length) this.events.push(event);
    if (this.acknowledges) this.send("ack", encodeAcknowledgement(this.#hashes, this.keys.acknowledgement, { enrolment: upload.enrolment, sequence: this.events.length }));
  }
}
