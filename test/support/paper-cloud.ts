import { getPublicKey, hashes as nobleEd25519 } from "@noble/ed25519";
import { encodeAcknowledgement } from "../../protocol/acknowledgement";
import { buildAccessList, sortRows, type BuiltList } from "../../protocol/access-list";
import { ascii, toHex } from "../../protocol/bytes";
import { sign } from "../../protocol/cose";
import { signingContext } from "../../protocol/cose-sign1";
import { CredentialKind, credentialTag } from "../../protocol/credential";
import { encodeDelta, LockState } from "../../protocol/delta";
import { deriveDoorKeys, type DoorKeys } from "../../protocol/door-keys";
import { decodeClaim, decodeHello, encodeGrant, encodeWelcome, openClaim, type ClaimContext } from "../../protocol/enrolment";
import { decodeEventUpload, nextEventKey, verifyEvents, type EventRecord } from "../../protocol/event-record";
import type { Hashes } from "../../protocol/hashes";
import { encodeKeyset, encodeKeysetMessage, type Keyset } from "../../protocol/keyset";
import { encodeLease } from "../../protocol/lease";
import { diffRows } from "../../protocol/list-diff";
import { DEFAULT_LEASED_CLASSES, encodeManifest, hash8 } from "../../protocol/manifest";
import { encodeManifestMessage } from "../../protocol/manifest-message";
import { decodeNeed } from "../../protocol/need";
import { type Profile } from "../../protocol/profile";
import { openReceipt, type Receipt } from "../../protocol/receipt";
import { decodeRow, type Row } from "../../protocol/row";
import { encodeSignedTime } from "../../protocol/signed-time";
import { downTopic, parseTopic } from "../../protocol/topics";
import { encodeUtcOffsets } from "../../protocol/utc-offsets";
import type { VirtualNetwork } from "../../hardware-sim/virtual-network";
import type { VirtualClock } from "../../hardware-sim/virtual-clock";

const ROOT = new Uint8Array(32).fill(0x71);
const LIST = new Uint8Array(32).fill(0x72);
const LEASE = new Uint8Array(32).fill(0x73);
const SITE = new Uint8Array(8).fill(0x74);
const PASSWORD = ascii("paper-cloud-password");

/** Who may open the door: a PIN, and what it may. */
export interface PaperGrant {
  pin: string;
  profile: Profile;
}

/**
 * A cloud of one door and no database, for tests that run the controller under Node and under XS: it claims,
 * signs lists, deltas, leases and times, and answers receipts and needs, over the virtual network.
 */
export class PaperCloud {
  readonly network: VirtualNetwork;
  readonly receipts: Receipt[] = [];
  readonly events: EventRecord[] = [];
  /** Whether leases are signed for the newest version. */
  leases = true;
  /** What a man in the middle keeps from the door: topics after `down/`. */
  jammed: (what: string) => boolean = () => false;
  /** Everything sent down so far, for whoever replays it. */
  readonly sent: { what: string; payload: Uint8Array }[] = [];
  readonly #hashes: Hashes;
  readonly #clock: VirtualClock;
  readonly #claimSecret: () => Uint8Array;
  #contexts: ClaimContext[] = [];
  #door: Uint8Array = new Uint8Array(8);
  #keys: DoorKeys | undefined;
  #version = 0;
  #base: { version: number; payload: Uint8Array; signed: Uint8Array; built: BuiltList; rows: Uint8Array[] } | undefined;
  #delta: Uint8Array | undefined;

  constructor(hashes: Hashes, clock: VirtualClock, network: VirtualNetwork, claimSecret: () => Uint8Array) {
    nobleEd25519.sha512 = (message) => new Uint8Array(hashes.sha512(message));
    this.#hashes = hashes;
    this.#clock = clock;
    this.#claimSecret = claimSecret;
    this.network = network;
    network.respond = ({ path, body }, reply) => reply(this.#answer(path, body));
    network.broker.onPublish = (topic, payload) => this.#heard(topic, payload);
  }

  get keys(): DoorKeys {
    if (this.#keys === undefined) throw new Error("not claimed yet");
    return this.#keys;
  }

  get version(): number {
    return this.#version;
  }

  get now(): number {
    return Math.floor(this.#clock.unixMs / 1_000);
  }

  /** A new snapshot of these grants, to be fetched page by page. */
  issue(grants: readonly PaperGrant[]): void {
    const profiles = grants.map(({ profile }) => profile);
    const rows = grants.map(({ pin }, index) => this.row(pin, index));
    const built = buildAccessList(this.#hashes, { rows, profiles, rules: [] });
    const version = this.#next();
    const payload = encodeManifest({
      door: this.#door,
      epoch: 1,
      version,
      issuedAt: this.now,
      rows: rows.length,
      profiles: profiles.length,
      rules: 0,
      pagesHash: built.pagesHash,
      policy: { unlockSeconds: 5, leasedClasses: DEFAULT_LEASED_CLASSES, pinDigits: 6 },
      utcOffsets: encodeUtcOffsets([{ since: 0, offsetSeconds: 0 }]),
      holidays: new Uint8Array(0),
    });
    this.#base = { version, payload, built, signed: sign(payload, LIST, signingContext("manifest", this.#door)), rows: sortRows(rows) };
    this.#delta = undefined;
    this.#offerBase();
  }

  /** A cumulative delta: these PINs are gone. @returns its version. */
  revoke(...pins: string[]): number {
    const { rows, version: base, payload } = this.#base!;
    const gone = pins.map((pin) => toHex(this.row(pin, 0).tag));
    const target = rows.filter((row) => !gone.includes(toHex(decodeRow(row).tag)));
    const version = this.#next();
    const none = new Uint8Array(0);
    const delta = encodeDelta({ epoch: 1, base, version, manifestHash: hash8(this.#hashes, payload), ...diffRows(rows, target), profiles: none, rules: none, lockState: LockState.normal, throttleReset: 0 });
    this.#delta = sign(delta, LIST, signingContext("delta", this.#door));
    this.send(`delta/${base}`, this.#delta);
    this.sendLease();
    return version;
  }

  /** A lease of one day for the newest version. */
  sendLease(version = this.#version): void {
    const lease = encodeLease({ epoch: 1, version, issuedAt: this.now, guestNotAfter: this.now + 86_400, staffNotAfter: this.now + 259_200, residentNotAfter: 0 });
    this.send("lease", sign(lease, LEASE, signingContext("lease", this.#door)));
  }

  send(what: string, payload: Uint8Array): void {
    this.sent.push({ what, payload });
    if (!this.jammed(what)) this.network.broker.publish(downTopic(toHex(this.#door), what as "lease"), payload, { QoS: 1 });
  }

  row(pin: string, profile: number): Row {
    const tag = credentialTag(this.#hashes, this.keys.tag, CredentialKind.pin, ascii(pin));
    return { tag, profile, kind: CredentialKind.pin, needsSecondPin: false, duress: false, suspended: false, useCounter: 0 };
  }

  #next(): number {
    return (this.#version = Math.max(this.#version + 1, this.now));
  }

  #offerBase(): void {
    const { signed, built } = this.#base!;
    this.send("manifest", encodeManifestMessage({ signed, pageHashes: built.pageHashes }));
  }

  #answer(path: string, body: Uint8Array): { status: number; body: Uint8Array } {
    if (path === "/enrol/hello") {
      const context = { ...decodeHello(body), cloudNonce: new Uint8Array(16).fill(this.#contexts.length + 1), site: SITE, keysets: [this.#keyset()] };
      this.#contexts.push(context);
      return { status: 200, body: encodeWelcome(this.#hashes, this.#claimSecret(), context) };
    }
    const claim = decodeClaim(body);
    const context = this.#contexts.find(({ doorNonce }) => toHex(doorNonce) === toHex(claim.doorNonce))!;
    const doorKey = openClaim(this.#hashes, this.#claimSecret(), context, claim);
    this.#door = claim.door;
    this.#keys = deriveDoorKeys(this.#hashes, doorKey, claim.door);
    const login = { enrolment: 1, password: PASSWORD, brokerHost: new Uint8Array(0), brokerPort: 1_883 };
    return { status: 200, body: encodeGrant(this.#hashes, this.#claimSecret(), context, claim.sealedDoorKey, login) };
  }

  #keyset(): Uint8Array {
    const keyset: Keyset = { site: SITE, number: 1, epoch: 1, issuedAt: this.now, listKey: getPublicKey(LIST), leaseKey: getPublicKey(LEASE), roots: [getPublicKey(ROOT)], threshold: 1 };
    const payload = encodeKeyset(keyset);
    return encodeKeysetMessage(payload, [sign(payload, ROOT, signingContext("keyset", SITE), true)]);
  }

  #heard(topic: string, payload: Uint8Array): void {
    const what = parseTopic(topic)?.what;
    if (what === "receipt") this.#receipt(openReceipt(this.#hashes, this.keys.receipt, payload));
    else if (what === "need") this.#need(payload);
    else if (what === "events") this.#take(payload);
  }

  #receipt(receipt: Receipt): void {
    this.receipts.push(receipt);
    const base = this.#base;
    if (base === undefined) return;
    if (toHex(receipt.manifestHash) !== toHex(hash8(this.#hashes, base.payload))) this.#offerBase();
    else if (receipt.version < this.#version && this.#delta !== undefined) this.send(`delta/${base.version}`, this.#delta);
    else if (receipt.version === this.#version && this.leases && receipt.leaseIssuedAt + 600 <= this.now) this.sendLease();
  }

  #need(payload: Uint8Array): void {
    const { page, deltaBase, timeNonce } = decodeNeed(payload);
    if (page !== undefined && this.#base !== undefined && page.version === this.#base.version) this.send(`page/${page.number}`, this.#base.built.pages[page.number]);
    if (deltaBase !== undefined && this.#delta !== undefined && deltaBase === this.#base?.version) this.send(`delta/${deltaBase}`, this.#delta);
    if (timeNonce !== undefined) this.send("time", sign(encodeSignedTime({ nonce: timeNonce, time: this.now }), LEASE, signingContext("time", this.#door)));
  }

  #take(payload: Uint8Array): void {
    const upload = decodeEventUpload(payload);
    const keyOf = (period: number): Uint8Array => {
      let key = this.keys.event;
      for (let i = 0; i < period; i++) key = nextEventKey(this.#hashes, key);
      return key;
    };
    const events = verifyEvents(this.#hashes, keyOf, upload.previousMac, upload.records);
    for (const event of events) if (event.sequence === this.events.length) this.events.push(event);
    this.send("ack", encodeAcknowledgement(this.#hashes, this.keys.acknowledgement, { enrolment: upload.enrolment, sequence: this.events.length }));
  }
}
