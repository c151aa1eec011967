import { deriveDoorKeys } from "../../protocol/door-keys";
import { encodeClaim, encodeHello, ENROLMENT_BYTES_MAX, openGrant, openWelcome, type ClaimContext } from "../../protocol/enrolment";
import { NONCE_BYTES } from "../../protocol/limits";
import { ProtocolError } from "../../protocol/protocol-error";
import type { Device, KeyValue } from "../device";
import { saveEnrolment, type EnrolmentRecord } from "./enrolment-record";
import { startEventLog } from "../event-log/event-log-state";
import { httpPost } from "./http-post";
import type { Identity } from "./identity";
import { ENROLMENT_RETRY_MS } from "../limits";
import { loadSettings } from "./settings";
import type { Work, WorkQueue } from "../work-queue";

/**
 * Claims the door (protocol/enrolment.ts): says hello until the cloud knows its secret, then hands over a key
 * that it made up. What was sent is kept under `claim` first, so that after a power cut the same bytes go out
 * again and the cloud gives the same answer: K_door (32) ‖ door nonce (16) ‖ welcome.
 */
export class Enrolment {
  readonly #parts: EnrolmentParts;

  constructor(parts: EnrolmentParts) {
    this.#parts = parts;
  }

  /** Goes on until the door is claimed; does nothing while no installer has set a cloud. */
  start(): void {
    const kept = this.#parts.keyValue.read(KEY);
    if (kept === undefined) this.#hello();
    else this.#resume(new Uint8Array(kept));
  }

  #hello(): void {
    const { device, identity } = this.#parts;
    const hello = { door: identity.door, doorNonce: device.randomBytes(NONCE_BYTES) };
    this.#post("/enrol/hello", encodeHello(hello), (welcome) => {
      const context = openWelcome(device.hashes, identity.claimSecret, hello, welcome);
      const kept = new Uint8Array(32 + NONCE_BYTES + welcome.length);
      kept.set(device.randomBytes(32));
      kept.set(hello.doorNonce, 32);
      kept.set(welcome, 32 + NONCE_BYTES);
      this.#parts.keyValue.write(KEY, kept);
      this.#claim(context, kept.subarray(0, 32));
    });
  }

  #resume(kept: Uint8Array): void {
    const { device, identity } = this.#parts;
    const hello = { door: identity.door, doorNonce: kept.subarray(32, 32 + NONCE_BYTES) };
    const context = openWelcome(device.hashes, identity.claimSecret, hello, kept.subarray(32 + NONCE_BYTES));
    this.#claim(context, kept.subarray(0, 32));
  }

  #claim(context: ClaimContext, doorKey: Uint8Array): void {
    const { device, identity } = this.#parts;
    const claim = encodeClaim(device.hashes, identity.claimSecret, context, doorKey);
    this.#post("/enrol/claim", claim, (grant) => {
      const login = openGrant(device.hashes, identity.claimSecret, context, claim, grant);
      const keys = deriveDoorKeys(device.hashes, doorKey, identity.door);
      this.#parts.queue.add(this.#finish(context.keysets, { site: context.site, keys, login }, keys.event));
    });
  }

  /** The record is written last of all: a cut before it repeats the claim, a cut after it finds the door claimed. */
  *#finish(keysets: readonly Uint8Array[], record: EnrolmentRecord, eventKey: Uint8Array): Work {
    try {
      yield* this.#parts.adoptKeysets(keysets);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      // Asked again, the same welcome would bring the same chain: begin anew.
      this.#parts.keyValue.delete(KEY);
      return this.#refused(error);
    }
    startEventLog(this.#parts.keyValue, record.login.enrolment, eventKey);
    saveEnrolment(this.#parts.keyValue, record);
    this.#parts.keyValue.delete(KEY);
    this.#parts.onClaimed(record);
  }

  /** A refusal or no answer: all over again after a while. An answer that does not verify is no answer. */
  #post(path: string, body: Uint8Array, onBody: (body: Uint8Array) => void): void {
    const { device, keyValue } = this.#parts;
    const settings = loadSettings(keyValue);
    if (settings === undefined) return this.#later();
    httpPost(device, { host: settings.cloudHost, port: settings.cloudPort, path }, body, ENROLMENT_BYTES_MAX, (answer) => {
      // The cloud has forgotten this claim (its welcome was lost with a database, or another claim won): begin anew.
      if (answer.status === GONE) keyValue.delete(KEY);
      if (answer.status !== 200 || answer.body === undefined) return this.#later();
      try {
        onBody(answer.body);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.#refused(error);
      }
    });
  }

  #refused(error: ProtocolError): void {
    this.#parts.onRefused(error);
    this.#later();
  }

  #later(): void {
    this.#parts.device.timer.set(() => this.start(), ENROLMENT_RETRY_MS);
  }
}

export interface EnrolmentParts {
  device: Device;
  keyValue: KeyValue;
  identity: Identity;
  queue: WorkQueue;
  /** Verifies a chain of keyset messages from number 1 and keeps the newest. */
  adoptKeysets(messages: readonly Uint8Array[]): Work;
  onClaimed(record: EnrolmentRecord): void;
  onRefused(error: ProtocolError): void;
}

const KEY = "claim";
const GONE = 410;
