import { toHex } from "../protocol/bytes";
import { encodeFobFrame, FOB_DATA_BYTES_MAX } from "../protocol/fob-frame";
import { decodeFobReport, type FobAnswer, type FobReport } from "../protocol/fob-report";
import { ProtocolError } from "../protocol/protocol-error";
import { RadioError, type RadioErrorCode } from "./door-radio";
import type { CarriedAssignment } from "./fob-answers";
import type { FobConnection, FobRadio } from "./fob-radio";
import { CONNECT_MS, STEP_MS } from "./limits";
import { systemClock, Unawaited, within, type PhoneClock } from "./phone-clock";
import { PhoneCloud, type CloudFailure, type PhoneFetch } from "./phone-cloud";

/**
 * Why a visit to a fob came to nothing. `no-bluetooth`, `no-fob` (none is in edit mode here), `not-chosen`,
 * `connection-lost`: of the radio. `wrong-fob`: another one is in edit mode. `no-assignment`: there is none to bring,
 * and the cloud is out of reach. `not-understood`: what answers is no fob of ours. `button-taken`: a button must be
 * cleared first. `not-taken`: the fob refused it. `cancelled`: by the person. Or what the cloud said.
 */
export type FobFailure = "no-bluetooth" | "no-fob" | "not-chosen" | "connection-lost" | "wrong-fob" | "no-assignment" | "not-understood" | "button-taken" | "not-taken" | "cancelled" | Exclude<CloudFailure, "offline">;

/**
 * How a visit ended. `staged`: the fob has the assignment, and buttons 2 and 4 are to be held once more. `committed`: it
 * is in force.
 */
export type FobOutcome = { did: "staged" | "committed"; /** Whether the cloud knows. */ told: boolean } | { did: "nothing"; why: FobFailure };

const FAILURES: Record<RadioErrorCode, FobFailure> = { unavailable: "no-bluetooth", "not-found": "no-fob", "not-chosen": "not-chosen", lost: "connection-lost" };

/**
 * Brings fobs their assignments (S6–S8), which it cannot read, and the cloud their acknowledgements. What the fob is
 * to do comes from the cloud, once; all else works without a network, and whatever was not told is told later.
 */
export class FobEditor {
  readonly #radio: FobRadio;
  readonly #cloud: PhoneCloud;
  readonly #clock: PhoneClock;
  readonly #assignments = new Map<string, CarriedAssignment>();
  /** The newest of each fob that the cloud has not got. A fob says it again whenever it is asked. */
  readonly #reports = new Map<string, Uint8Array>();

  constructor({ radio, fetch, clock = systemClock }: { radio: FobRadio; fetch: PhoneFetch; clock?: PhoneClock }) {
    this.#radio = radio;
    this.#clock = clock;
    this.#cloud = new PhoneCloud(fetch, clock);
  }

  /** Fetches what is to be brought to a fob. @returns why not; undefined = it is here. */
  async fetch(fob: string): Promise<CloudFailure | undefined> {
    const answer = await this.#cloud.fobAssignment(fob);
    if (!answer.ok) return answer.why;
    this.#assignments.set(fob, answer.value);
    return undefined;
  }

  /**
   * Which fob is in edit mode here, for whoever holds one in their hand.
   * @returns its id.
   */
  async look(signal?: AbortSignal): Promise<{ fob: string } | { why: FobFailure }> {
    return this.#visit<{ fob: string } | { why: FobFailure }>(signal, async (connection) => ({ fob: toHex((await this.#read(connection, signal)).fob) }), (why) => ({ why }));
  }

  /**
   * Does what is next for a fob in edit mode: stages its newest assignment or, where the fob has that already and its
   * buttons 2 and 4 have been held again, puts it in force. May be called again and again.
   * @param fob the one that is meant, 16 hexadecimal digits.
   */
  async visit(fob: string, signal?: AbortSignal): Promise<FobOutcome> {
    const failed = await this.fetch(fob);
    const assignment = this.#assignments.get(fob);
    // What was fetched before is good for a phone that is offline; a cloud that says no is believed.
    if (assignment === undefined || (failed !== undefined && failed !== "offline")) return { did: "nothing", why: failed === undefined || failed === "offline" ? "no-assignment" : failed };
    const outcome = await this.#visit<{ did: "staged" | "committed" } | { why: FobFailure }>(signal, (connection) => this.#bring(connection, fob, assignment, signal), (why) => ({ why }));
    const told = await this.tell(fob);
    return "did" in outcome ? { did: outcome.did, told } : { did: "nothing", why: outcome.why };
  }

  /** Tells the cloud what fobs have said since it was last told. @returns whether it knows all of it. */
  async tell(fob?: string): Promise<boolean> {
    let all = true;
    for (const [id, report] of fob === undefined ? [...this.#reports] : [...this.#reports].filter(([id]) => id === fob)) {
      const { ok } = await this.#cloud.fobReport(id, report);
      if (ok && this.#reports.get(id) === report) this.#reports.delete(id);
      all &&= ok;
    }
    return all;
  }

  async #bring(connection: FobConnection, fob: string, { sequence, message }: CarriedAssignment, signal: AbortSignal | undefined): Promise<{ did: "staged" | "committed" } | { why: FobFailure }> {
    const before = await this.#read(connection, signal);
    if (toHex(before.fob) !== fob) return { why: "wrong-fob" };
    if (before.active === sequence) return { did: "committed" };
    if (before.staged === sequence) await this.#inTime(connection.write("edit", encodeFobFrame({ type: "commit", sequence })), signal);
    else {
      for (let offset = 0; offset < message.length; offset += FOB_DATA_BYTES_MAX) {
        await this.#inTime(connection.write("edit", encodeFobFrame({ type: "data", offset, bytes: message.subarray(offset, offset + FOB_DATA_BYTES_MAX) })), signal);
      }
    }
    return outcomeOf((await this.#read(connection, signal)).answer);
  }

  /** @throws {ProtocolError} what answers is no fob of ours. */
  async #read(connection: FobConnection, signal: AbortSignal | undefined): Promise<FobReport> {
    const bytes = await this.#inTime(connection.read("report"), signal);
    const report = decodeFobReport(bytes);
    const id = toHex(report.fob);
    if (this.#assignments.has(id)) this.#reports.set(id, bytes);
    return report;
  }

  async #visit<T>(signal: AbortSignal | undefined, work: (connection: FobConnection) => Promise<T>, failed: (why: FobFailure) => T): Promise<T> {
    let connection: FobConnection | undefined;
    try {
      connection = await within(this.#clock, CONNECT_MS, this.#radio.connect(signal), signal);
      return await work(connection);
    } catch (error) {
      if (error instanceof RadioError) return failed(FAILURES[error.code]);
      if (error instanceof Unawaited) return failed(error.why === "cancelled" ? "cancelled" : connection === undefined ? "no-fob" : "connection-lost");
      if (error instanceof ProtocolError) return failed("not-understood");
      throw error;
    } finally {
      connection?.close();
    }
  }

  #inTime<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return within(this.#clock, STEP_MS, work, signal);
  }
}

function outcomeOf(answer: FobAnswer): { did: "staged" | "committed" } | { why: FobFailure } {
  if (answer === "committed") return { did: "committed" };
  // Held once, and not yet again.
  if (answer === "staged" || answer === "hold-again") return { did: "staged" };
  return { why: answer === "button-taken" || answer === "wrong-fob" ? answer : "not-taken" };
}
