import { courierKeys } from "../../protocol/courier-item";
import type { AccessListStore } from "../access-list/access-list-store";
import type { ListUpdater } from "../access-list/list-updater";
import type { CloudSession } from "../cloud/cloud-session";
import type { ReceiptDesk } from "../cloud/receipt-desk";
import type { Device } from "../device";
import type { Door } from "../door/door";
import type { EnrolmentRecord } from "../enrolment/enrolment-record";
import type { EventLog } from "../event-log/event-log";
import type { Readers } from "../reader/readers";
import type { KeysetStore } from "../trust/keyset-store";
import type { LeaseStore } from "../trust/lease-store";
import type { TrustedClock } from "../trust/trusted-clock";
import type { Uptime } from "../uptime";
import type { WorkQueue } from "../work-queue";
import { CourierDesk } from "./courier-desk";
import { GattService } from "./gatt-service";
import { ItemWants } from "./item-wants";
import { PhoneDesk, type PhoneDeskParts } from "./phone-desk";

export interface RadioParts {
  device: Device;
  doorId: Uint8Array;
  record: EnrolmentRecord;
  queue: WorkQueue;
  uptime: Uptime;
  clock: TrustedClock;
  door: Door;
  readers: Readers;
  store: AccessListStore;
  updater: ListUpdater;
  keysets: KeysetStore;
  leases: LeaseStore;
  log: EventLog;
  receipts: ReceiptDesk;
  session: CloudSession;
  present: PhoneDeskParts["present"];
}

/** Lets phones and fobs reach a claimed door, where its board has a radio. */
export function startRadio(parts: RadioParts): GattService | undefined {
  const { device, doorId, record, queue, uptime, clock, door, readers, store, keysets, leases, updater, log, receipts, session, present } = parts;
  const { hashes, bluetooth, timer: timers } = device;
  if (bluetooth === undefined) return undefined;
  const { keys } = record;
  const now = (): number => uptime.milliseconds;
  const online = (): boolean => session.online;
  const refuse = session.refuseFromAir.bind(session);
  const phones = new PhoneDesk({
    hashes,
    blockCipher: bluetooth.blockCipher,
    keys,
    doorId,
    randomBytes: (length) => device.randomBytes(length),
    now,
    readers: readers.ports,
    outputs: door.outputs,
    listVersion: () => store.active?.version ?? 0,
    wallTime: () => clock.wallTime(),
    online,
    policy: () => store.active?.list.policy,
    present,
  });
  const couriers = new CourierDesk({
    hashes,
    courierKeys: courierKeys(hashes, keys.courier),
    receiptKey: keys.receipt,
    queue,
    room: session.room,
    wants: new ItemWants({ store, updater, keysets, leases, clock, log }),
    messages: session.messages,
    receipts,
    log,
    clock,
    updater,
    online,
    now,
    refuse,
  });
  return new GattService({ bluetooth, timers, now, doorId, phones, couriers, refuse });
}
