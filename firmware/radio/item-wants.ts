import { CourierKind, type CourierHeader } from "../../protocol/courier-item";
import type { ListUpdater } from "../access-list/list-updater";
import type { AccessListStore } from "../access-list/access-list-store";
import type { EventLog } from "../event-log/event-log";
import type { KeysetStore } from "../trust/keyset-store";
import type { LeaseStore } from "../trust/lease-store";
import type { TrustedClock } from "../trust/trusted-clock";

export interface ItemWantsParts {
  store: Pick<AccessListStore, "active">;
  updater: Pick<ListUpdater, "wantsManifest" | "wantsPage" | "wantsDelta">;
  keysets: Pick<KeysetStore, "current">;
  leases: Pick<LeaseStore, "wants">;
  clock: Pick<TrustedClock, "asking">;
  log: Pick<EventLog, "acknowledged" | "next">;
}

/**
 * What is wanted first, of several: keys before what they sign, a revocation before a whole new list, and a lease
 * when the list is as new as it gets.
 */
const ORDER: readonly CourierKind[] = [
  CourierKind.keyset,
  CourierKind.time,
  CourierKind.delta,
  CourierKind.acknowledgement,
  CourierKind.lease,
  CourierKind.manifest,
  CourierKind.page,
];

/** Says by its header whether an item can be news, before a byte of it has come. */
export class ItemWants {
  readonly #parts: ItemWantsParts;

  constructor(parts: ItemWantsParts) {
    this.#parts = parts;
  }

  /** @returns the place of the item in the offer that is wanted next; undefined for none. @param done is not wanted again. */
  next(offer: readonly CourierHeader[], done: (index: number) => boolean): number | undefined {
    let found: number | undefined;
    let rank = ORDER.length;
    for (let index = 0; index < offer.length; index++) {
      const place = ORDER.indexOf(offer[index].kind);
      if (place < 0 || place >= rank || done(index) || !this.#wants(offer[index], offer)) continue;
      found = index;
      rank = place;
    }
    return found;
  }

  #wants({ kind, number, version }: CourierHeader, offer: readonly CourierHeader[]): boolean {
    const { updater, keysets, leases, clock, log } = this.#parts;
    switch (kind) {
      case CourierKind.keyset:
        return keysets.current !== undefined && number === keysets.current.number + 1;
      case CourierKind.time:
        return clock.asking;
      case CourierKind.delta:
        return updater.wantsDelta(number, version);
      case CourierKind.acknowledgement:
        return version > log.acknowledged && version <= log.next;
      case CourierKind.lease:
        return leases.wants(version) && !this.#newerListThan(offer);
      case CourierKind.manifest:
        return updater.wantsManifest(version);
      case CourierKind.page:
        return updater.wantsPage(version, number);
      default:
        return false;
    }
  }

  /** A lease is for the newest list there is: a door that has an older one waits with it. */
  #newerListThan(offer: readonly CourierHeader[]): boolean {
    const { active } = this.#parts.store;
    const epoch = this.#parts.keysets.current?.epoch;
    if (active === undefined || active.epoch !== epoch) return true;
    return offer.some(({ kind, version }) => (kind === CourierKind.delta || kind === CourierKind.manifest) && version > active.version);
  }
}
