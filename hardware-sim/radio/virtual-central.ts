import { MTU_MAX, MTU_MIN } from "./att";
import type { AirLink } from "./air-link";
import type { Advertiser, Ether, Place } from "./ether";
import { VirtualLink, type CentralHandlers } from "./virtual-link";

/** How long a phone looks for a door before it says that there is none, ms. */
const SEEK_MS = 10_000;
/** An advertiser is heard about so often, ms: its interval, and the random delay of each (Vol 6, Part B, §4.4.2.2). */
const ADVERTISING_MS = { interval: 100, delay: 10 };

export interface VirtualCentralOptions {
  place: Place;
  /** The largest that it takes, 23 to 517. Default 517. */
  mtu?: number;
  /** The chance that a packet from or to it is lost. Default 0. */
  loss?: number;
}

/** What is heard of an advertiser. */
export interface HeardAdvertisement {
  address: Uint8Array;
  name: string | undefined;
  services: readonly string[];
}

/** A phone's radio: it looks for doors and connects to them, under another random address each time. */
export class VirtualCentral {
  readonly mtu: number;
  #air: Ether;
  #place: Place;
  #loss: number;
  #links = new Set<AirLink>();
  #seeks = new Set<() => void>();

  constructor(air: Ether, { place, mtu = MTU_MAX, loss = 0 }: VirtualCentralOptions) {
    if (mtu < MTU_MIN || mtu > MTU_MAX) throw new Error(`central: MTU ${mtu}`);
    this.#air = air;
    this.mtu = mtu;
    this.#place = place;
    this.#loss = loss;
  }

  get place(): Place {
    return this.#place;
  }

  moveTo(place: Place): void {
    this.#place = place;
    this.#air.moved();
  }

  get loss(): number {
    return this.#loss;
  }
  set loss(loss: number) {
    this.#loss = loss;
    this.#air.moved();
  }

  /** Listens until it is told to stop. @returns stops it. */
  scan(onHeard: (heard: HeardAdvertisement) => void): () => void {
    return this.#listen((advertiser) => (onHeard({ address: advertiser.address.slice(), name: advertiser.name, services: advertiser.services }), false));
  }

  /**
   * Connects to the first that is heard under this name.
   * @param seekMs how long it looks.
   * @returns gives up, where it is not yet connected; nothing is told then.
   */
  connect(radioName: string, handlers: CentralHandlers, seekMs = SEEK_MS): () => void {
    return this.#seek((advertiser) => advertiser.name === radioName, handlers, seekMs);
  }

  /** @param address as `scan` tells it. @returns as `connect`. */
  connectTo(address: Uint8Array, handlers: CentralHandlers, seekMs = SEEK_MS): () => void {
    return this.#seek((advertiser) => advertiser.address.every((byte, at) => byte === address[at]), handlers, seekMs);
  }

  /** The battery is out: nothing more is said, and nobody here is told anything. */
  powerOff(): void {
    for (const stop of [...this.#seeks]) stop();
    for (const link of [...this.#links]) link.mute("central");
    this.#links.clear();
  }

  #seek(wanted: (advertiser: Advertiser) => boolean, handlers: CentralHandlers, seekMs: number): () => void {
    const { clock } = this.#air;
    const stop = this.#listen((advertiser) => {
      if (!wanted(advertiser) || !this.#connect(advertiser, handlers)) return false;
      clock.clear(timeout);
      return true;
    });
    const timeout = clock.set(() => {
      stop();
      handlers.onFailed("not-found");
    }, seekMs);
    return () => {
      clock.clear(timeout);
      stop();
    };
  }

  /** @param onHeard says whether it has heard enough. */
  #listen(onHeard: (advertiser: Advertiser) => boolean): () => void {
    const { clock, random } = this.#air;
    const stop = (): void => {
      clock.clear(timer);
      this.#seeks.delete(stop);
    };
    const listen = (): void => {
      timer = clock.set(listen, ADVERTISING_MS.interval + random.below(ADVERTISING_MS.delay));
      for (const advertiser of this.#air.heard(this.#place, this.#loss)) {
        if (!this.#seeks.has(stop)) return;
        if (onHeard(advertiser)) stop();
      }
    };
    let timer = clock.set(listen, 1 + random.below(ADVERTISING_MS.interval));
    this.#seeks.add(stop);
    return stop;
  }

  #connect(advertiser: Advertiser, handlers: CentralHandlers): boolean {
    const { random } = this.#air;
    if (this.#loss > 0 && random.chance(this.#loss)) return false;
    // Non-resolvable private address (Bluetooth Core 6.0, Vol 6, Part B, §1.3.2.2): another one each time.
    const address = random.bytes(6);
    address[0] &= 0x3f;
    const link = new VirtualLink({ clock: this.#air.clock, mtu: this.mtu, handlers });
    const air = this.#air.connect(advertiser, address, link.end, { place: () => this.#place, loss: () => this.#loss });
    if (air === undefined) return false;
    this.#links.add(air);
    link.begin({
      send: (pdu) => air.send("central", pdu),
      close: () => {
        air.close("central");
        this.#links.delete(air);
      },
    });
    return true;
  }
}
