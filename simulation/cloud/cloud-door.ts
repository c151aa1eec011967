import { rowsOfDoor } from "../../cloud/access/door-row";
import { deltaAnswer, keysetsAfter, listDifference, pageAnswer, type DownMessage, type IssuedDelta, type IssuedState } from "../../cloud/doors/difference";
import type { PolicyContent } from "../../cloud/issuing/door-orders";
import { packRows } from "../../cloud/issuing/list-rows";
import { isLeaseDue, leaseTerms } from "../../cloud/issuing/lease-terms";
import { nextVersion, planList, type IssuedBase } from "../../cloud/issuing/plan-list";
import { latestOpening } from "../../cloud/truth/latest-opening";
import { encodeCommit } from "../../firmware/access-list/commit-log";
import { encodeAcknowledgement } from "../../protocol/acknowledgement";
import { CommandVerb, encodeCommand, openReply, ReplyStatus } from "../../protocol/command";
import { ascii, equalBytes, fromHex, toHex } from "../../protocol/bytes";
import { signingContext } from "../../protocol/cose-sign1";
import { CredentialKind, credentialTag } from "../../protocol/credential";
import type { LockState } from "../../protocol/delta";
import type { DoorKeys } from "../../protocol/door-keys";
import { encodeLease, notAfterOf } from "../../protocol/lease";
import { hash8 } from "../../protocol/manifest";
import { decodeNeed } from "../../protocol/need";
import { HolderClass, NO_END } from "../../protocol/profile";
import { openReceipt, type Receipt } from "../../protocol/receipt";
import { encodeSignedTime } from "../../protocol/signed-time";
import type { DownTopic } from "../../protocol/topics";
import { mixingHashes } from "../mixing-hashes";
import type { ReferenceList } from "../reference/reference-list";
import { CourierKind } from "../../protocol/courier-item";
import { CloudLog } from "./cloud-log";
import { carried, CourierDesk, type CarriedMessage } from "./courier-desk";
import type { HouseRules, IssuedList, Statement } from "./issued-list";
import { referenceClasses, referenceLock, referenceRight, referenceWindow } from "./reference-terms";
import { grantsOf, isPast } from "./right-rows";
import type { Right, RightAtDoor } from "./rights";
import type { SiteKeys } from "./site-keys";

const FETCHING_SECONDS = 30;
/** A bundle changes no oftener for the sake of its lease. */
const CARRIED_LEASE_SECONDS = 600;
const EAGER_LEASE_SECONDS = 240;

export interface CloudDoorParts {
  keys: SiteKeys;
  rules: HouseRules;
  /** Sends to the door where it is connected. */
  send(what: DownTopic, payload: Uint8Array): void;
  connected(): boolean;
}

/**
 * One door in the books of a simulated cloud: no database, but the rules of cloud/issuing, cloud/doors and
 * cloud/truth about versions, bases, leases, receipts and what may be promised.
 */
export class CloudDoor {
  readonly id: Uint8Array;
  readonly hex: string;
  readonly rights: RightAtDoor[] = [];
  readonly lists = new Map<number, IssuedList>();
  readonly log: CloudLog;
  readonly couriers: CourierDesk;
  readonly #parts: CloudDoorParts;
  readonly #doorKeys: DoorKeys;
  readonly #claimedAt: number;
  version = 0;
  acknowledged = 0;
  lockState: LockState = 0;
  policy: PolicyContent;
  throttleReset = 0;
  /** A change is committed whose list is not issued. */
  noted = false;
  receipt: Receipt | undefined;
  #epoch = 0;
  #offered = 0;
  /** Bases that are not withdrawn, and those that are and may yet be acknowledged. */
  #bases: IssuedBase[] = [];
  #withdrawn: IssuedBase[] = [];
  #deltas: (IssuedDelta & { version: number })[] = [];
  #counter = 0;
  #signedTime = 0;
  #leaseIssuedAt = 0;
  #leaseVersion = 0;
  #leaseEnds: { version: number; ends: number[] }[] = [];
  #asked: { requestId: Uint8Array; outputs: number } | undefined;
  #fetching: { version: number; at: number } | undefined;
  #carriedLease: { payload: Uint8Array; version: number; issuedAt: number; keyset: number } | undefined;
  #carriedAcknowledgement: { payload: Uint8Array; sequence: number } | undefined;
  /** Pages of a base, made once. */
  #carriedBase: { version: number; messages: CarriedMessage[] } | undefined;

  constructor(parts: CloudDoorParts, id: Uint8Array, keys: DoorKeys, claimedAt: number) {
    this.#parts = parts;
    this.id = id;
    this.hex = toHex(id);
    this.#doorKeys = keys;
    this.#claimedAt = claimedAt;
    this.policy = parts.rules.policy;
    this.log = new CloudLog(keys.event);
    this.couriers = new CourierDesk(keys);
  }

  get newest(): IssuedList | undefined {
    return this.lists.get(this.version);
  }

  /** Whether what the door has acknowledged is all that there is to know. */
  get upToDate(): boolean {
    return !this.noted && this.version > 0 && this.acknowledged === this.version;
  }

  /** @param tag of the credential, under this door's key. */
  tagOf(kind: CredentialKind, secret: string): Uint8Array {
    return credentialTag(mixingHashes, this.#doorKeys.tag, kind, kind === CredentialKind.pin || kind === CredentialKind.unitPin ? ascii(secret) : fromHex(secret)!);
  }

  addRight(right: Right): void {
    const { kind, secret, secondPin } = right.credential;
    const reference = referenceRight(right);
    this.rights.push({
      right,
      tag: this.tagOf(kind, secret),
      reference,
      secondPin: secondPin === undefined ? undefined : { kind: reference.kind, secret, digits: secondPin, suspended: false },
      addedVersion: undefined,
      removedVersion: undefined,
      neverLeft: false,
      acknowledgedAt: undefined,
      promisedUntil: Infinity,
    });
    this.noted = true;
  }

  /** Whether rows are in the list whose end is past. */
  hasExpired(now: number): boolean {
    return this.rights.some(({ right, removedVersion }) => removedVersion === undefined && isPast(right, now));
  }

  /** Compiles, signs and remembers the next version (cloud/issuing/issue-list). @param now Unix seconds. */
  issue(now: number): IssuedList {
    const { keys, rules } = this.#parts;
    const leaving: RightAtDoor[] = [];
    const live: RightAtDoor[] = [];
    for (const at of this.rights) {
      if (at.removedVersion !== undefined) continue;
      (at.right.revokedAt !== undefined || isPast(at.right, now) ? leaving : live).push(at);
    }
    const version = nextVersion(this.version, now);
    const plan = planList({
      hashes: mixingHashes,
      bases: this.#bases,
      rows: packRows(rowsOfDoor(live.flatMap((at) => grantsOf(at, this.#doorKeys.tag)))),
      stamp: { door: this.id, epoch: keys.epoch, version, issuedAt: now },
      surroundings: { utcOffsets: rules.utcOffsets, holidays: rules.holidays },
      doorState: { policy: this.policy, lockState: this.lockState, throttleReset: this.throttleReset, released: false },
    });
    this.#withdrawn.push(...this.#bases.filter((base) => base.version === plan.withdrawn));
    this.#bases = this.#bases.filter((base) => base.version !== plan.withdrawn);
    if (plan.base !== undefined) {
      const signedManifest = keys.listKey.sign(plan.base.manifest, signingContext("manifest", this.id));
      this.#bases.push({ ...plan.base, signedManifest, version, epoch: keys.epoch, state: "next" });
    }
    for (const { base, delta } of plan.deltas) this.#deltas.push({ ...delta, signedDelta: keys.listKey.sign(delta.payload, signingContext("delta", this.id)), base, version });
    for (const at of leaving) {
      at.removedVersion = version;
      at.neverLeft = at.addedVersion === undefined || at.addedVersion > this.#offered;
    }
    for (const at of live) at.addedVersion ??= version;
    // What was overtaken before any byte of it left can never be acknowledged.
    this.#deltas = this.#deltas.filter((delta) => !(delta.version > this.#offered && delta.version < version));
    this.#withdrawn = this.#withdrawn.filter((base) => base.version <= this.#offered);
    this.version = version;
    this.#epoch = keys.epoch;
    this.noted = false;
    const list: IssuedList = { epoch: keys.epoch, version, policy: this.policy, lockState: this.lockState, throttleReset: this.throttleReset, reference: this.#referenceOf(live) };
    if (plan.base !== undefined && plan.deltas.some(({ base }) => base === version)) {
      const commit = encodeCommit(mixingHashes, list, hash8(mixingHashes, plan.base.manifest), new Uint8Array(8));
      list.bare = { commit, reference: { ...list.reference, lock: "normal" } };
    }
    this.lists.set(version, list);
    return list;
  }

  /** The keys have changed: no door begins on a base that a key of the past has signed (cloud/keys/key-rotation). */
  withdrawNext(): void {
    this.#withdraw("next");
  }

  /** What the newest receipt shows to be missing (cloud/doors/door-answers). */
  sendMissing(now: number): void {
    const { receipt } = this;
    if (receipt === undefined || !this.#parts.connected()) return;
    const { keys } = this.#parts;
    this.#sendAll(keysetsAfter(receipt.keysetNumber, keys.chain));
    const fetching = this.#fetching !== undefined && now - this.#fetching.at < FETCHING_SECONDS ? this.#fetching.version : undefined;
    const lists = listDifference(mixingHashes, receipt, this.#issued, fetching);
    if (lists.length > 0) this.#offer(this.version);
    this.#sendAll(lists);
    const record = { version: this.version, leaseVersion: this.#leaseVersion, leaseIssuedAt: this.#leaseIssuedAt };
    const eager = this.#parts.rules.eagerLeases && this.version > 0 && now >= this.#leaseIssuedAt + EAGER_LEASE_SECONDS;
    if ((eager || isLeaseDue(record, receipt, now)) && !this.noted) this.#sendLease(now);
    if (receipt.firstEvent < this.log.next) this.#parts.send("ack", this.#acknowledgement());
  }

  /**
   * Takes a receipt (cloud/doors/receive-receipt).
   * @returns false where it shows a list that was never issued.
   * @throws {ProtocolError} what is not the door's.
   */
  receiveReceipt(bytes: Uint8Array, now: number): boolean {
    const receipt = openReceipt(mixingHashes, this.#doorKeys.receipt, bytes);
    if (receipt.counter <= this.#counter) return true;
    this.#counter = receipt.counter;
    this.receipt = receipt;
    this.#signedTime = Math.max(this.#signedTime, receipt.signedTime);
    if (receipt.version <= this.acknowledged) return true;
    const base = [...this.#withdrawn, ...this.#bases].find(({ manifest }) => equalBytes(hash8(mixingHashes, manifest), receipt.manifestHash));
    if (base === undefined || base.epoch !== receipt.epoch) return false;
    const hasDelta = receipt.deltaHash.some((byte) => byte !== 0);
    const delta = this.#deltas.find((candidate) => candidate.base === base.version && candidate.version === receipt.version);
    if (hasDelta ? delta === undefined || !equalBytes(hash8(mixingHashes, delta.payload), receipt.deltaHash) : receipt.version !== base.version) return false;
    this.acknowledged = receipt.version;
    this.#withdrawn = this.#withdrawn.filter(({ version }) => version > base.version);
    this.#bases = [base, ...this.#bases.filter(({ version }) => version > base.version)];
    base.state = "current";
    this.#deltas = this.#deltas.filter(({ version }) => version >= receipt.version);
    for (const at of this.rights) if (!at.neverLeft && at.acknowledgedAt === undefined && at.removedVersion !== undefined && at.removedVersion <= receipt.version) at.acknowledgedAt = now;
    return true;
  }

  /**
   * A door without a list needs a base that the keys of today have signed: the one it had is withdrawn.
   * @returns whether it had one.
   */
  withdrawLost(): boolean {
    return this.receipt?.version === 0 && this.#withdraw("current");
  }

  /** @throws {ProtocolError} what is malformed. */
  receiveNeed(bytes: Uint8Array, now: number): void {
    const { page, deltaBase, timeNonce } = decodeNeed(bytes);
    if (timeNonce !== undefined) this.#parts.send("time", this.#time(timeNonce, now));
    if (page !== undefined) {
      this.#fetching = { version: page.version, at: now };
      for (const base of [...this.#withdrawn, ...this.#bases]) {
        const answer = pageAnswer(page, base);
        if (answer === undefined) continue;
        this.#offer(page.version);
        this.#sendAll([answer]);
      }
    }
    const delta = deltaBase === undefined ? undefined : deltaAnswer(deltaBase, this.#issued);
    if (delta === undefined) return;
    this.#offer(this.version);
    this.#sendAll([delta]);
  }

  /** What a phone asks for on behalf of the door: the time, and nothing that the bundle has anyway. @throws {ProtocolError} */
  answerCarriedNeed(bytes: Uint8Array, now: number): CarriedMessage | undefined {
    const { timeNonce } = decodeNeed(bytes);
    return timeNonce && carried(CourierKind.time, this.#time(timeNonce, now));
  }

  /** For phones that may come to this door: what it lacks by its newest receipt, the next base whole, and a lease. */
  bundle(now: number): Uint8Array[] {
    const { receipt } = this;
    if (receipt === undefined) return [];
    const messages: CarriedMessage[] = [];
    for (const { number, message } of this.#parts.keys.chain) if (number > receipt.keysetNumber) messages.push(carried(CourierKind.keyset, message, { number }));
    const lists = listDifference(mixingHashes, receipt, this.#issued, undefined);
    for (const { topic, payload } of lists) {
      if (topic === "manifest") messages.push(...this.#carriedPages(this.#bases.at(-1)!, payload));
      else messages.push(carried(CourierKind.delta, payload, { number: Number(topic.slice("delta/".length)), version: this.version }));
    }
    if (lists.length > 0) this.#offer(this.version);
    if (this.version > 0 && !this.noted) messages.push(this.#leaseToCarry(now));
    if (receipt.firstEvent < this.log.next) {
      if (this.#carriedAcknowledgement?.sequence !== this.log.next) this.#carriedAcknowledgement = { payload: this.#acknowledgement(), sequence: this.log.next };
      messages.push(carried(CourierKind.acknowledgement, this.#carriedAcknowledgement.payload, { version: this.log.next }));
    }
    return messages.map((message) => this.couriers.seal(message));
  }

  /** A command needs a nonce of the door first (SPEC 12). */
  askNonce(requestId: Uint8Array, outputs: number): void {
    this.#asked = { requestId, outputs };
    this.#parts.send("command", encodeCommand(mixingHashes, this.#doorKeys.command, { verb: CommandVerb.askNonce, outputs: 0, requestId, nonce: new Uint8Array(16) }));
  }

  /** @returns whether the command itself goes out now. @throws {ProtocolError} what is not the door's. */
  receiveReply(bytes: Uint8Array): boolean {
    const { status, requestId, nonce } = openReply(mixingHashes, this.#doorKeys.command, bytes);
    const asked = this.#asked;
    if (status !== ReplyStatus.nonce || asked === undefined || !equalBytes(asked.requestId, requestId)) return false;
    this.#asked = undefined;
    this.#parts.send("command", encodeCommand(mixingHashes, this.#doorKeys.command, { verb: CommandVerb.unlock, ...asked, nonce }));
    return true;
  }

  /** @throws {ProtocolError} what is not the door's. */
  receiveEvents(bytes: Uint8Array): void {
    this.log.receive(bytes, this.#doorKeys.receipt, this.receipt?.firstEvent ?? 0);
    this.#parts.send("ack", this.#acknowledgement());
  }

  /** What must be said of a revoked right now (cloud/truth/revocation-truth). */
  statementOn(at: RightAtDoor): Statement {
    const { removedVersion, addedVersion, right } = at;
    if (at.neverLeft || (removedVersion === undefined && (addedVersion === undefined || addedVersion > this.#offered))) return { state: "never-delivered" };
    if (removedVersion !== undefined && this.acknowledged >= removedVersion) return { state: "acknowledged" };
    const { holderClass } = right.credential;
    let leaseEnd = 0;
    for (const { version, ends } of this.#leaseEnds) if (removedVersion === undefined || version < removedVersion) leaseEnd = Math.max(leaseEnd, ends[holderClass]);
    let leased = true;
    let unlockSeconds = 0;
    // Of every list that the door may have.
    this.lists.forEach(({ policy }, version) => {
      if (version < this.acknowledged || (removedVersion !== undefined && version >= removedVersion)) return;
      if (((policy.leasedClasses >> holderClass) & 1) === 0) leased = false;
      unlockSeconds = Math.max(unlockSeconds, policy.unlockSeconds, ...policy.outputSeconds);
    });
    const latest = latestOpening({
      leased,
      leaseEnd,
      rightEnd: right.terms.notAfter === NO_END ? undefined : right.terms.notAfter,
      lastSignedTime: Math.max(this.#signedTime, this.#claimedAt),
      unlockSeconds,
    });
    return latest === undefined ? { state: "unlimited" } : { state: "limited", until: latest.until };
  }

  /** Says it aloud: from now on it may not be exceeded. */
  promise(at: RightAtDoor): void {
    const statement = this.statementOn(at);
    if (statement.state === "limited") at.promisedUntil = Math.min(at.promisedUntil, statement.until);
  }

  /** @returns whether there was any of this state. */
  #withdraw(state: IssuedBase["state"]): boolean {
    const withdrawn = this.#bases.filter((base) => base.state === state);
    this.#withdrawn.push(...withdrawn);
    this.#bases = this.#bases.filter((base) => base.state !== state);
    return withdrawn.length > 0;
  }

  #referenceOf(live: readonly RightAtDoor[]): ReferenceList {
    const { rules } = this.#parts;
    const secondPins: ReferenceList["secondPins"][number][] = [];
    for (const { secondPin } of live) if (secondPin !== undefined) secondPins.push(secondPin);
    return {
      rights: live.map(({ reference }) => reference),
      secondPins,
      lock: referenceLock(this.lockState),
      leasedClasses: referenceClasses(this.policy.leasedClasses),
      offsets: rules.offsets,
      holidays: rules.holidayDates,
      ...(this.policy.hours.length > 0 && { hours: { windows: this.policy.hours.map(referenceWindow), firstIn: referenceClasses(this.policy.firstInClasses) } }),
    };
  }

  get #issued(): IssuedState {
    return { version: this.version, bases: this.#bases, deltas: this.#deltas.filter(({ version }) => version === this.version) };
  }

  #sendAll(messages: readonly DownMessage[]): void {
    for (const { topic, payload } of messages) this.#parts.send(topic, payload);
  }

  #offer(version: number): void {
    this.#offered = Math.max(this.#offered, version);
  }

  #time(nonce: Uint8Array, now: number): Uint8Array {
    return this.#parts.keys.leaseKey.sign(encodeSignedTime({ nonce, time: now }), signingContext("time", this.id));
  }

  #carriedPages(base: IssuedBase, manifest: Uint8Array): CarriedMessage[] {
    const { version, epoch } = base;
    if (this.#carriedBase?.version !== version) {
      const messages = [carried(CourierKind.manifest, manifest, { version })];
      for (let number = 0, page = pageAnswer({ epoch, version, number }, base); page !== undefined; page = pageAnswer({ epoch, version, number: ++number }, base)) {
        messages.push(carried(CourierKind.page, page.payload, { number, version }));
      }
      this.#carriedBase = { version, messages };
    }
    return this.#carriedBase.messages;
  }

  #leaseToCarry(now: number): CarriedMessage {
    const keyset = this.#parts.keys.number;
    const last = this.#carriedLease;
    if (last === undefined || last.version !== this.version || last.keyset !== keyset || now - last.issuedAt >= CARRIED_LEASE_SECONDS) {
      this.#carriedLease = { payload: this.#signLease(now), version: this.version, issuedAt: now, keyset };
    }
    const { payload, issuedAt } = this.#carriedLease!;
    return carried(CourierKind.lease, payload, { version: issuedAt });
  }

  #sendLease(now: number): void {
    const lease = this.#signLease(now);
    this.#leaseVersion = this.version;
    this.#leaseIssuedAt = now;
    this.#parts.send("lease", lease);
  }

  /** The ends are remembered before it can leave. */
  #signLease(now: number): Uint8Array {
    const { keys, rules } = this.#parts;
    const lease = leaseTerms({ epoch: this.#epoch, version: this.version }, rules.bounds, now);
    let known = this.#leaseEnds.find(({ version }) => version === this.version);
    if (known === undefined) this.#leaseEnds.push((known = { version: this.version, ends: [0, 0, 0] }));
    for (const holder of [HolderClass.resident, HolderClass.guest, HolderClass.staff]) known.ends[holder] = Math.max(known.ends[holder], notAfterOf(lease, holder));
    return keys.leaseKey.sign(encodeLease(lease), signingContext("lease", this.id));
  }

  #acknowledgement(): Uint8Array {
    return encodeAcknowledgement(mixingHashes, this.#doorKeys.acknowledgement, { enrolment: ENROLMENT, sequence: this.log.next });
  }
}

export const ENROLMENT = 1;
