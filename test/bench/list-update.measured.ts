/** What test/bench/list-update.ts measures inside XS; flash and key-value store lie outside, as on a board. */
import { AccessListStore } from "../../firmware/access-list/access-list-store";
import type { Flash, KeyValue } from "../../firmware/device";
import { KeysetStore } from "../../firmware/trust/keyset-store";
import { LeaseStore } from "../../firmware/trust/lease-store";
import { ListUpdater } from "../../firmware/access-list/list-updater";
import type { Work } from "../../firmware/work-queue";
import { callHost } from "../../hardware-sim/xs/guest";
import { type Measured, type MeterHost, MORE } from "../../hardware-sim/xs/measured";
import { ascii, concat, readU32, writeU32 } from "../../protocol/bytes";

const numbers = (...values: number[]): Uint8Array => {
  const bytes = new Uint8Array(4 * values.length);
  values.forEach((value, index) => writeU32(bytes, 4 * index, value));
  return bytes;
};

const flash: Flash = {
  read: (length, offset) => callHost("read", numbers(length, offset)).slice().buffer,
  write: (bytes, offset) => void callHost("write", concat(numbers(offset), bytes as Uint8Array)),
  eraseBlock: (start) => void callHost("erase", numbers(start)),
  status: () => ({ size: 0, blocks: 0, blockLength: 4_096 }),
  close: () => {},
};

const keyValue: KeyValue = {
  read(key) {
    const value = callHost("kept", ascii(key));
    return value.length === 0 ? undefined : value.slice().buffer;
  },
  write: (key, value) => void callHost("keep", concat(Uint8Array.of(key.length), ascii(key), value as Uint8Array)),
  delete: () => {},
  close: () => {},
};

interface Lists {
  updater: ListUpdater;
  leases: LeaseStore;
  version(): number;
}

/** @param memory which state of the flash to begin with. */
function open({ hashes }: MeterHost, memory: string): Lists {
  callHost("begin", ascii(memory));
  // What a signature costs is measured by itself (ed25519.ts).
  const device = { hashes, verifySignature: () => true };
  const doorId = callHost("door").slice();
  const store = new AccessListStore({ flash, keyValue, hashes });
  const keysets = new KeysetStore({ keyValue, device, onAccepted: () => {} });
  const leases = new LeaseStore({ keyValue, doorId, keysets, store, onAccepted: () => {} });
  const updater = new ListUpdater({ device, store, keysets, doorId, onActivated: () => {} });
  return { updater, leases, version: () => store.active?.version ?? 0 };
}

function slices(begin: () => Work, isDone: () => boolean): () => unknown {
  let work: Work | undefined;
  return () => {
    work ??= begin();
    if (work.next().done !== true) return MORE;
    if (!isDone()) throw new Error("not the version expected");
    return undefined;
  };
}

const opened: Measured = (host) => () => open(host, "settled");

const revocation: Measured = (host) => {
  const lists = open(host, "settled");
  const message = callHost("revocation").slice();
  return slices(() => lists.updater.receiveDelta(readU32(callHost("base"), 0), message), () => lists.version() === readU32(callHost("revoked"), 0));
};

const lastPage: Measured = (host) => {
  const lists = open(host, "almost");
  for (const resume = lists.updater.resume(); resume.next().done !== true; );
  const page = callHost("page").slice();
  return slices(() => lists.updater.receivePage(lists.updater.nextNeed()!.page!.number, page), () => lists.version() === readU32(callHost("next"), 0));
};

export const measured: Record<string, Measured> = { opened, revocation, "last page": lastPage };
