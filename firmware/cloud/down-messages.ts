import { openAcknowledgement } from "../../protocol/acknowledgement";
import { signingContext } from "../../protocol/cose-sign1";
import type { Hashes } from "../../protocol/hashes";
import { SIGNED_TIME_BYTES_MAX } from "../../protocol/limits";
import { ProtocolError } from "../../protocol/protocol-error";
import { decodeSignedTime } from "../../protocol/signed-time";
import type { ListUpdater } from "../access-list/list-updater";
import type { EnrolmentRecord } from "../enrolment/enrolment-record";
import type { EventLog } from "../event-log/event-log";
import type { KeysetStore } from "../trust/keyset-store";
import type { LeaseStore } from "../trust/lease-store";
import type { TrustedClock } from "../trust/trusted-clock";
import type { Work } from "../work-queue";

/** What is said to the cloud when a message was taken; nothing where it cannot be reached. */
export interface DownMessageAnswers {
  sayNeed(): void;
  sayReceipt(): void;
  /** Whoever sends this does not know what this door has. */
  sayReceiptSoon(): void;
  askTime(): void;
  /** The cloud has taken events: the next ones. */
  sayEvents(): void;
}

export interface DownMessagesParts {
  hashes: Hashes;
  doorId: Uint8Array;
  record: EnrolmentRecord;
  updater: ListUpdater;
  keysets: KeysetStore;
  leases: LeaseStore;
  clock: TrustedClock;
  log: EventLog;
  answers: DownMessageAnswers;
}

/**
 * The messages by which a cloud changes what a door has, whoever brings them: the broker, or a phone (X2). None of
 * them is believed for the way it came; each is checked where it belongs, in slices.
 */
export class DownMessages {
  readonly #parts: DownMessagesParts;

  constructor(parts: DownMessagesParts) {
    this.#parts = parts;
  }

  /**
   * @param what the topic after `down/`.
   * @param payload handed over for good.
   * @throws {ProtocolError} whatever it is refused for; nothing has changed then.
   */
  *receive(what: string, payload: Uint8Array): Work {
    const { updater, leases, keysets, clock, answers } = this.#parts;
    const [object, number] = what.split("/");
    switch (object) {
      case "manifest":
        yield* updater.receiveManifest(payload);
        return answers.sayNeed();
      case "page":
        yield* updater.receivePage(Number(number), payload);
        return answers.sayNeed();
      case "delta":
        yield* updater.receiveDelta(Number(number), payload);
        // Where it changed nothing, whoever sends it has not heard what is here; told at leisure, or two would talk all day.
        answers.sayReceiptSoon();
        return answers.sayNeed();
      case "keyset":
        yield* keysets.receiveKeyset(payload);
        // Until the new lease key has signed the time, it is unknown.
        if (clock.wallTime() === undefined) answers.askTime();
        return answers.sayReceipt();
      case "lease":
        yield* leases.receiveLease(payload);
        return answers.sayReceipt();
      case "time":
        yield* this.#receiveTime(payload);
        return answers.sayReceipt();
      case "ack":
        return this.#acknowledge(payload);
      default:
        throw new ProtocolError("malformed", "unknown topic");
    }
  }

  *#receiveTime(message: Uint8Array): Work {
    const { clock, keysets, doorId } = this.#parts;
    const payload = yield* keysets.openSigned("lease", message, signingContext("time", doorId), SIGNED_TIME_BYTES_MAX, (unproved) => {
      if (!clock.expects(decodeSignedTime(unproved))) throw new ProtocolError("unknown-nonce");
    });
    clock.acceptSigned(decodeSignedTime(payload));
  }

  #acknowledge(bytes: Uint8Array): void {
    const { hashes, record, log, answers } = this.#parts;
    const { enrolment, sequence } = openAcknowledgement(hashes, record.keys.acknowledgement, bytes);
    if (enrolment !== record.login.enrolment) throw new ProtocolError("wrong-enrolment");
    const known = log.acknowledged;
    if (!log.acknowledge(sequence)) return;
    if (log.acknowledged > known) answers.sayEvents();
    // A cloud that waits for what is not here any more would ask for ever; a receipt tells it.
    else if (sequence < log.first) answers.sayReceiptSoon();
  }
}
