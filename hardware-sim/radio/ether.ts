import { AirLink, other, type LinkEnd, type Side } from "./air-link";
import type { VirtualClock } from "../virtual-clock";
import type { VirtualRandom } from "../virtual-random";

/** Where somebody is, in metres. Whoever is carried about changes it and tells the air (`moved`). */
export interface Place {
  x: number;
  y: number;
}

/** What somebody with a receiver picks up. */
export interface AirPacket {
  /** World time, ms. */
  at: number;
  kind: "advertisement" | "scan-response" | "connect" | "att" | "terminate";
  /** Link-layer addresses, 6 bytes. */
  from: Uint8Array;
  /** undefined: to whoever listens. */
  to: Uint8Array | undefined;
  /** Advertising data, the access address of a new connection, or one PDU. As often as it is sent. */
  bytes: Uint8Array;
}

/** Who can be connected to. */
export interface Advertiser {
  address: Uint8Array;
  readonly place: Place;
  name: string | undefined;
  services: readonly string[];
  /** undefined: silent, or without room for another connection. */
  packets: { scan: Uint8Array; response: Uint8Array } | undefined;
  accept(connection: AirConnection): PeripheralEnd;
}

/** A connection as it is given to a peripheral. */
export interface AirConnection {
  send(pdu: Uint8Array): void;
  /** This side ends it. */
  close(): void;
}

export interface PeripheralEnd extends LinkEnd {
  /** @returns takes it back. */
  onPowerLost(lost: () => void): () => void;
}

export interface EtherOptions {
  clock: VirtualClock;
  random: VirtualRandom;
  /** How far radios reach, m. Default 10. */
  range?: number;
}

/** Connection intervals that phones ask for, ms. */
const INTERVAL_MS = { least: 15, span: 31 };

/** What carries packets: who advertises in it, the connections, range and loss, and whoever listens. */
export class Ether {
  readonly clock: VirtualClock;
  readonly random: VirtualRandom;
  readonly range: number;
  /** Somebody listens to everything that is sent. */
  onPacket: ((packet: AirPacket) => void) | undefined;
  #advertisers = new Set<Advertiser>();
  #links = new Set<AirLink>();

  constructor({ clock, random, range = 10 }: EtherOptions) {
    this.clock = clock;
    this.random = random;
    this.range = range;
  }

  /** @returns takes it away. */
  add(advertiser: Advertiser): () => void {
    this.#advertisers.add(advertiser);
    return () => this.#advertisers.delete(advertiser);
  }

  /** Who can be heard and connected to now, in an order that chance gives. */
  heard(place: Place, loss: number): Advertiser[] {
    const heard: Advertiser[] = [];
    for (const advertiser of this.#advertisers) {
      const { packets, address } = advertiser;
      if (packets === undefined || this.distance(advertiser.place, place) > this.range) continue;
      this.tell("advertisement", address, undefined, packets.scan);
      if (loss > 0 && this.random.chance(loss)) continue;
      if (packets.response.length > 0) this.tell("scan-response", address, undefined, packets.response);
      heard.splice(this.random.below(heard.length + 1), 0, advertiser);
    }
    return heard;
  }

  /** Connects, if there still is room. @param near where the central is, and how much it misses: 0 to 1. */
  connect(advertiser: Advertiser, address: Uint8Array, end: LinkEnd, near: { place: () => Place; loss: () => number }): AirLink | undefined {
    if (advertiser.packets === undefined) return undefined;
    const addresses: Record<Side, Uint8Array> = { central: address, peripheral: advertiser.address };
    const peripheral = advertiser.accept({ send: (pdu) => link.send("peripheral", pdu), close: () => link.close("peripheral") });
    this.tell("connect", address, advertiser.address, this.random.bytes(4));
    const link: AirLink = new AirLink({
      clock: this.clock,
      random: this.random,
      loss: () => (this.distance(advertiser.place, near.place()) > this.range ? 1 : near.loss()),
      intervalMs: INTERVAL_MS.least + this.random.below(INTERVAL_MS.span),
      ends: { central: end, peripheral },
      onSent: (from, pdu, what) => this.tell(what, addresses[from], addresses[other(from)], pdu),
      onOver: () => {
        this.#links.delete(link);
        forget();
      },
    });
    this.#links.add(link);
    const forget = peripheral.onPowerLost(() => link.mute("peripheral"));
    return link;
  }

  /** Somebody has moved, or hears better or worse than before. */
  moved(): void {
    for (const link of [...this.#links]) link.rangeChanged();
  }

  distance(a: Place, b: Place): number {
    const [x, y] = [a.x - b.x, a.y - b.y];
    return Math.sqrt(x * x + y * y);
  }

  tell(kind: AirPacket["kind"], from: Uint8Array, to: Uint8Array | undefined, bytes: Uint8Array): void {
    this.onPacket?.({ at: this.clock.now, kind, from, to, bytes: bytes.slice() });
  }
}
