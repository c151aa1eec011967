import type { Hashes } from "../../protocol/hashes";
import { encodeReceipt } from "../../protocol/receipt";
import type { AccessListStore } from "../access-list/access-list-store";
import type { UseJournal } from "../admission/use-journal";
import type { EnrolmentRecord } from "../enrolment/enrolment-record";
import type { EventLog } from "../event-log/event-log";
import type { KeysetStore } from "../trust/keyset-store";
import type { LeaseStore } from "../trust/lease-store";
import type { TrustedClock } from "../trust/trusted-clock";
import type { ReceiptCounter } from "./receipt-counter";

export interface ReceiptDeskParts {
  hashes: Hashes;
  record: EnrolmentRecord;
  store: AccessListStore;
  keysets: KeysetStore;
  leases: LeaseStore;
  clock: TrustedClock;
  log: EventLog;
  uses: UseJournal;
  counter: ReceiptCounter;
}

/** Makes receipts (SPEC 9): what this door has, under its MAC, for whoever takes them to the cloud. */
export class ReceiptDesk {
  readonly #parts: ReceiptDeskParts;

  constructor(parts: ReceiptDeskParts) {
    this.#parts = parts;
  }

  /** A new one, with a counter above all before it. */
  make(): Uint8Array {
    const { hashes, record, store, leases, clock, log, uses, keysets, counter } = this.#parts;
    const active = store.active;
    const lease = leases.current;
    return encodeReceipt(hashes, record.keys.receipt, {
      enrolment: record.login.enrolment,
      counter: counter.next(),
      epoch: active?.epoch ?? 0,
      version: active?.version ?? 0,
      manifestHash: active?.manifestHash ?? NO_HASH,
      deltaHash: active?.deltaHash ?? NO_HASH,
      keysetNumber: keysets.current?.number ?? 0,
      leaseIssuedAt: lease?.issuedAt ?? 0,
      leaseEnd: lease?.guestNotAfter ?? 0,
      signedTime: clock.signedSinceBoot,
      wallTime: clock.wallTime() ?? 0,
      firstEvent: log.first,
      nextEvent: log.next,
      alarms: {
        ...store.alarms,
        timeUnknown: clock.wallTime() === undefined,
        eventsFolded: log.folded,
        usesFull: uses.full,
      },
    });
  }
}

const NO_HASH = new Uint8Array(8);
