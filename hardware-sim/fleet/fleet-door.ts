import { randomBytes } from "node:crypto";
import { equalBytes } from "../../protocol/bytes";
import { CommandVerb, encodeReply, openCommand, ReplyStatus } from "../../protocol/command";
import { CredentialKind } from "../../protocol/credential";
import { NONCE_BYTES, TAG_BYTES } from "../../protocol/limits";
import { nodeHashes } from "../xs/host-hashes";
import type { NewEvent } from "./event-chain";
import { LightDoor, type LightSurroundings } from "./light-door";
import { LightLog } from "./light-log";

/** As the firmware does: receipts and questions for the time this often, pauses between attempts to connect. */
const REPORT_MS = 600_000;
const RECEIPT_PAUSE_MS = 5_000;
const RECONNECT_MIN_MS = 1_000;
const RECONNECT_MAX_MS = 60_000;
const UPLOAD_RETRY_MS = 10_000;

/** Why a connection ended that `cut` has ended. */
export const CUT = "cut";

/** What a fleet counts of its doors. */
export interface FleetTally {
  /** Connections that ended, and attempts that failed, by reason. */
  lost: Map<string, number>;
  /** Messages that doors refused. */
  refused: number;
}

/** A light door that lives: it comes back when its connection is lost, reports from time to time, and logs what happens at it. */
export class FleetDoor extends LightDoor {
  readonly #around: LightSurroundings;
  readonly #tally: FleetTally;
  #log: LightLog | undefined;
  #pause = RECONNECT_MIN_MS;
  #reconnect: NodeJS.Timeout | undefined;
  #report: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #told: NodeJS.Timeout | undefined;
  #on = false;
  /** For one opening from afar. */
  #nonce: Uint8Array | undefined;

  constructor(around: LightSurroundings, tally: FleetTally) {
    super(around);
    this.#around = around;
    this.#tally = tally;
    this.onLost = (reason) => this.#lost(reason);
    this.onKnown = () => this.#tellSoon();
    this.onRefused = () => void (tally.refused += 1);
    this.onAcknowledged = (next) => this.#acknowledged(next);
    this.onCommand = (bytes) => this.#command(bytes);
  }

  /** Connects, and again whenever that is lost, until `stop`. Resolves after the first attempt. */
  async run(): Promise<void> {
    this.#on = true;
    // A fleet that starts as one does not report as one for ever.
    this.#report = setTimeout(() => this.#reports(), REPORT_MS * (0.5 + Math.random()));
    await this.#connect();
  }

  async stop(): Promise<void> {
    this.#on = false;
    for (const timer of [this.#reconnect, this.#report, this.#retry, this.#told]) clearTimeout(timer);
    await this.disconnect(true);
  }

  /** Its network is gone for a moment: the connection breaks, and it comes back by itself. */
  async cut(): Promise<void> {
    await this.disconnect();
    this.#lost(CUT);
  }

  /** Somebody types a PIN: decided by the list alone, logged, and told to the cloud. @returns whether the door opens. */
  type(pin: string): boolean {
    const granted = this.knows(pin);
    this.happen({ type: "decision", reason: granted ? "granted" : "unknown-credential", kind: CredentialKind.pin, outputs: granted ? 1 : 0, ...(granted && { tag: this.tagOf(pin) }) });
    return granted;
  }

  /** Something happens here: it is logged, and told to the cloud. */
  happen(event: NewEvent): void {
    this.#log ??= new LightLog(this.keys, this.login.enrolment);
    this.#log.append(event, this.#around.now());
    this.nextEvent = this.#log.next;
    this.#upload();
  }

  /** Events that the cloud has not acknowledged. */
  get waiting(): number {
    return this.#log === undefined ? 0 : this.#log.next - this.#log.first;
  }

  async #connect(): Promise<void> {
    try {
      await this.connect();
    } catch {
      return; // onLost has said why
    }
    this.#pause = RECONNECT_MIN_MS;
    this.sendState();
    this.askTime();
    this.#log?.interrupted();
    this.#upload();
  }

  #lost(reason: string): void {
    this.#tally.lost.set(reason, (this.#tally.lost.get(reason) ?? 0) + 1);
    if (!this.#on) return;
    this.#reconnect = setTimeout(() => void this.#connect(), this.#pause * (1 + Math.random() / 2));
    this.#pause = Math.min(2 * this.#pause, RECONNECT_MAX_MS);
  }

  /** At most so often: what it said last may be lost, or still on its way. */
  #tellSoon(): void {
    this.#told ??= setTimeout(() => {
      this.#told = undefined;
      this.sendReceipt();
    }, RECEIPT_PAUSE_MS);
  }

  #reports(): void {
    this.sendReceipt();
    this.askTime();
    this.#report = setTimeout(() => this.#reports(), REPORT_MS);
  }

  #upload(): void {
    const upload = this.connected ? this.#log?.upload(performance.now()) : undefined;
    if (upload === undefined) return;
    this.publish("events", upload);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#upload(), UPLOAD_RETRY_MS);
  }

  #acknowledged(next: number): void {
    this.#log?.acknowledged(next);
    this.firstEvent = this.#log?.first ?? next;
    if (this.waiting === 0) clearTimeout(this.#retry);
    else this.#upload();
  }

  /** Opened from afar (N14): the nonce that it gives serves once; that a real door's grows old is the firmware's. */
  #command(bytes: Uint8Array): void {
    const { verb, outputs, requestId, nonce } = openCommand(nodeHashes, this.keys.command, bytes);
    const reply = (status: ReplyStatus, given: Uint8Array): void => this.publish("reply", encodeReply(nodeHashes, this.keys.command, { status, outputs, requestId, nonce: given }));
    if (verb === CommandVerb.askNonce) {
      this.#nonce = new Uint8Array(randomBytes(NONCE_BYTES));
      return reply(ReplyStatus.nonce, this.#nonce);
    }
    const known = this.#nonce !== undefined && equalBytes(this.#nonce, nonce);
    this.#nonce = undefined;
    if (known) this.happen({ type: "remote-unlock", outputs, tag: requestId.slice(0, TAG_BYTES) });
    reply(known ? ReplyStatus.done : ReplyStatus.unknownNonce, nonce);
  }
}
