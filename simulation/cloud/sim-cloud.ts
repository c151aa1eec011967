import type { VirtualClock } from "../../hardware-sim/virtual-clock";
import type { VirtualRandom } from "../../hardware-sim/virtual-random";
import { equalBytes } from "../../protocol/bytes";
import { ascii } from "../../protocol/bytes";
import type { PolicyContent } from "../../cloud/issuing/door-orders";
import type { LockState } from "../../protocol/delta";
import { deriveDoorKeys } from "../../protocol/door-keys";
import { decodeClaim, decodeHello, encodeGrant, encodeWelcome, openClaim, type ClaimContext } from "../../protocol/enrolment";
import { ProtocolError } from "../../protocol/protocol-error";
import type { DownTopic } from "../../protocol/topics";
import { mixingHashes } from "../mixing-hashes";
import { CloudDoor, ENROLMENT } from "./cloud-door";
import type { HouseRules } from "./issued-list";
import type { Right } from "./rights";
import { SiteKeys } from "./site-keys";

const PASSWORD = ascii("simulated-password");
const RESEND_MS = 30_000;

export interface SimCloudParts {
  clock: VirtualClock;
  random: VirtualRandom;
  rules: HouseRules;
  /** By a door's number. */
  send(door: number, what: DownTopic, payload: Uint8Array): void;
  connected(door: number): boolean;
  claimSecretOf(door: number): Uint8Array;
  onClaimed(door: number, books: CloudDoor): void;
  /** A command to unlock goes out. */
  onCommand(door: number): void;
  onIssued(door: number, version: number): void;
  /** A receipt was taken. @param known false where it shows a list that nobody issued. */
  onReceipt(door: number, known: boolean): void;
  /** A door said what the cloud refuses. */
  onRefused(door: number, what: string, why: string): void;
  /** A phone brought something. @param refused why; undefined where it was taken. */
  onCarried(door: number, item: Uint8Array, refused: string | undefined): void;
}

/** The cloud of a simulated site: claims, commands of managers, and what its doors say. Its clock is right. */
export class SimCloud {
  readonly keys: SiteKeys;
  readonly rules: HouseRules;
  readonly doors: (CloudDoor | undefined)[] = [];
  readonly #parts: SimCloudParts;
  #claims: { context: ClaimContext; door: number; sealed: Uint8Array | undefined }[] = [];

  constructor(parts: SimCloudParts) {
    this.#parts = parts;
    this.rules = parts.rules;
    this.keys = new SiteKeys(parts.random, this.now);
  }

  /** Unix seconds. */
  get now(): number {
    return Math.floor(this.#parts.clock.unixMs / 1_000);
  }

  /** HTTPS of a claim (SPEC 13). */
  answerHttp(door: number, path: string, body: Uint8Array): Uint8Array | undefined {
    const secret = this.#parts.claimSecretOf(door);
    if (path === "/enrol/hello") {
      const context: ClaimContext = { ...decodeHello(body), cloudNonce: this.#parts.random.bytes(16), site: this.keys.site, keysets: this.keys.chain.map(({ message }) => message) };
      this.#claims.push({ context, door, sealed: undefined });
      return encodeWelcome(mixingHashes, secret, context);
    }
    const claim = decodeClaim(body);
    const known = this.#claims.find(({ context }) => equalBytes(context.doorNonce, claim.doorNonce));
    if (known === undefined) return undefined;
    const doorKey = openClaim(mixingHashes, secret, known.context, claim);
    if (this.doors[door] === undefined) {
      known.sealed = claim.sealedDoorKey;
      const books = new CloudDoor(
        {
          keys: this.keys,
          rules: this.rules,
          send: (what, payload) => this.#parts.send(door, what, payload),
          connected: () => this.#parts.connected(door),
        },
        claim.door,
        deriveDoorKeys(mixingHashes, doorKey, claim.door),
        this.now,
      );
      this.doors[door] = books;
      this.#parts.onClaimed(door, books);
    }
    if (known.sealed === undefined || !equalBytes(known.sealed, claim.sealedDoorKey)) return undefined;
    const login = { enrolment: ENROLMENT, password: PASSWORD, brokerHost: new Uint8Array(0), brokerPort: 1_883 };
    return encodeGrant(mixingHashes, secret, known.context, claim.sealedDoorKey, login);
  }

  /** A message of a door. @param what the topic after `up/`. */
  receive(door: number, what: string, payload: Uint8Array): void {
    const books = this.doors[door];
    if (books === undefined) return;
    try {
      if (what === "receipt") this.#receiveReceipt(door, books, payload);
      else if (what === "reply") {
        if (books.receiveReply(payload)) this.#parts.onCommand(door);
      } else if (what === "need") books.receiveNeed(payload, this.now);
      else if (what === "events") books.receiveEvents(payload);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#parts.onRefused(door, what, error.message);
    }
  }

  /** What a phone brings from a door, as if the door had said it over the network. @returns sealed items for that door. */
  receiveCarried(door: number, items: readonly Uint8Array[]): Uint8Array[] {
    const books = this.doors[door];
    if (books === undefined) return [];
    const answers: Uint8Array[] = [];
    for (const item of items) {
      try {
        const { what, payload } = books.couriers.open(item);
        if (what === "receipt") this.#receiveReceipt(door, books, payload);
        else if (what === "events") books.receiveEvents(payload);
        else {
          const answer = books.answerCarriedNeed(payload, this.now);
          if (answer !== undefined) answers.push(books.couriers.seal(answer));
        }
        this.#parts.onCarried(door, item, undefined);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.#parts.onCarried(door, item, error.message);
      }
    }
    return [...answers, ...books.bundle(this.now)];
  }

  #receiveReceipt(door: number, books: CloudDoor, payload: Uint8Array): void {
    this.#parts.onReceipt(door, books.receiveReceipt(payload, this.now));
    if (books.withdrawLost()) {
      books.noted = true;
      this.#issueIn(door, 0);
    }
    books.sendMissing(this.now);
  }

  /** A new right, at some doors. */
  grant(right: Right, doors: readonly number[], delayMs: number): void {
    for (const door of doors) {
      this.doors[door]?.addRight(right);
      this.#issueIn(door, delayMs);
    }
  }

  /** Takes all rights of a credential back; from this instant it is revoked, whatever doors know. */
  revoke(rights: readonly Right[], delayMs: number): void {
    const { now } = this;
    for (const right of rights) {
      right.revokedAt ??= now;
      right.credential.revokedAt ??= now;
    }
    this.doors.forEach((books, door) => {
      const touched = books?.rights.filter(({ right }) => rights.includes(right)) ?? [];
      if (books === undefined || touched.length === 0) return;
      books.noted = true;
      for (const at of touched) books.promise(at);
      this.#issueIn(door, delayMs, () => {
        for (const at of touched) books.promise(at);
      });
    });
  }

  setLockState(door: number, state: LockState): void {
    const books = this.doors[door];
    if (books === undefined || books.lockState === state) return;
    books.lockState = state;
    books.noted = true;
    this.#issueIn(door, 0);
  }

  setPolicy(door: number, policy: PolicyContent): void {
    const books = this.doors[door];
    if (books === undefined) return;
    books.policy = policy;
    books.noted = true;
    this.#issueIn(door, 0);
  }

  /** Somebody opens from afar: a nonce is asked for first. @param outputs bit mask. */
  unlock(door: number, outputs: number): void {
    const books = this.doors[door];
    if (books !== undefined && this.#parts.connected(door)) books.askNonce(this.#parts.random.bytes(8), outputs);
  }

  resetThrottle(door: number): void {
    const books = this.doors[door];
    if (books === undefined) return;
    books.throttleReset += 1;
    books.noted = true;
    this.#issueIn(door, 0);
  }

  /** New keys; every door gets the keyset, and with a new epoch a whole new list. */
  rotate(newEpoch: boolean, newRoots: boolean): void {
    this.keys.rotate(this.now, newEpoch, newRoots);
    this.doors.forEach((books, door) => {
      if (books === undefined) return;
      books.withdrawNext();
      books.noted = true;
      this.#issueIn(door, 0);
    });
  }

  /** Rows whose end is past leave the lists (cloud/issuing/list-upkeep). */
  noteAged(door: number): void {
    const books = this.doors[door];
    if (books === undefined || !books.hasExpired(this.now)) return;
    books.noted = true;
    this.#issueIn(door, 0);
  }

  /** Issues what is noted of a door now. */
  touch(door: number): void {
    this.#issueIn(door, 0);
  }

  /** Says again what a door lacks. */
  update(door: number): void {
    this.doors[door]?.sendMissing(this.now);
  }

  #issueIn(door: number, delayMs: number, then?: () => void): void {
    const work = (): void => {
      const books = this.doors[door];
      if (books === undefined) return;
      if (books.noted) {
        const { version } = books.issue(this.now);
        this.#parts.onIssued(door, version);
        this.update(door);
        this.#parts.clock.set(() => {
          if (!books.upToDate) this.update(door);
        }, RESEND_MS);
      }
      then?.();
    };
    if (delayMs === 0) work();
    else this.#parts.clock.set(work, delayMs);
  }
}
