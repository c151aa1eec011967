import type { Device, GattCharacteristic, GattConnection, GattServer, GattServerConstructor, GattServerOptions } from "../../firmware/device";
import type { VirtualClock } from "../../hardware-sim/virtual-clock";
import { concat } from "../../protocol/bytes";
import { DOOR_CHARACTERISTICS, type DoorCharacteristic } from "../../protocol/gatt-names";
import { mixingCipher } from "../mixing-cipher";

/** As many as a board's radio has room for. */
export const CONNECTIONS_MAX = 4;
/** How long somebody looks for a door, and how often. */
const LOOKED_FOR_MS = 12_000;
const LOOK_MS = 500;
/** From a request to its answer: a connection interval there and back. */
const ROUND_MS = 30;
/** A connection whose other side has gone is given up. */
const SUPERVISION_MS = 700;
const HEARD_KEPT = 12;

/** What somebody at a door hears of their connection. */
export interface PeerEvents {
  onConnected(link: ThinLink): void;
  /** The door was not found, or has no room. */
  onFailed(): void;
  /** The door has ended the connection, or its power is gone. */
  onLost(): void;
}

/**
 * The air around one door, values at a time: what ATT makes of them shows nothing here but that a long read asks the
 * door once for each part. hardware-sim/radio/virtual-air.ts has the rest, and costs more.
 */
export class ThinAir {
  /** Responses that were on the air, the newest last: whoever listens has them. */
  readonly heard: Uint8Array[] = [];
  readonly #clock: VirtualClock;
  #server: ThinServer | undefined;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** How many are connected. */
  get connections(): number {
    return this.#server?.links.size ?? 0;
  }

  /** The radio of a board that has just been powered on. */
  attach(device: Device): NonNullable<Device["bluetooth"]> {
    const air = this;
    const io: GattServerConstructor = class extends ThinServer {
      static readonly properties = { read: 1, write: 2 };
      constructor(options: GattServerOptions) {
        super(air.#clock, device, options);
        air.#server = this;
      }
    };
    return { io, blockCipher: mixingCipher };
  }

  powerLost(): void {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    for (const link of [...server.links]) {
      server.links.delete(link);
      link.dropped();
      this.#clock.set(() => link.events.onLost(), SUPERVISION_MS);
    }
  }

  /** @param partBytes of a read: the MTU less one. */
  connect(partBytes: number, events: PeerEvents, leftMs = LOOKED_FOR_MS): void {
    const server = this.#server;
    if (server !== undefined && server.advertises && server.links.size < CONNECTIONS_MAX) {
      const link = new ThinLink(server, partBytes, events, (response) => this.#hear(response));
      server.links.add(link);
      server.run(() => link.connected(), ROUND_MS);
    } else if (leftMs <= 0) events.onFailed();
    else this.#clock.set(() => this.connect(partBytes, events, leftMs - LOOK_MS), LOOK_MS);
  }

  #hear(response: Uint8Array): void {
    this.heard.push(response);
    if (this.heard.length > HEARD_KEPT) this.heard.shift();
  }
}

class ThinServer implements GattServer {
  readonly options: GattServerOptions;
  readonly links = new Set<ThinLink>();
  advertises = false;
  readonly clock: VirtualClock;
  readonly #device: Device;

  constructor(clock: VirtualClock, device: Device, options: GattServerOptions) {
    this.clock = clock;
    this.#device = device;
    this.options = options;
    this.run(() => options.onReady?.(), 1);
  }

  startAdvertising(): void {
    this.advertises = true;
  }

  stopAdvertising(): void {
    this.advertises = false;
  }

  /** In the firmware's own time: not while it stands still, and never after its power is gone. */
  run(callback: () => void, milliseconds: number): void {
    this.#device.timer.set(callback, milliseconds);
  }

  characteristic(name: DoorCharacteristic): GattCharacteristic | undefined {
    for (const { characteristics } of this.options.services) for (const each of characteristics) if (each.uuid === DOOR_CHARACTERISTICS[name]) return each;
    return undefined;
  }
}

/** One connection, for the door and for whoever is at the other end. Nothing comes back once it is gone. */
export class ThinLink implements GattConnection {
  alive = true;
  /** It is the other side's turn, and a read needs no round of its own. */
  #now = false;
  readonly events: PeerEvents;
  readonly #server: ThinServer;
  readonly #partBytes: number;
  readonly #onResponse: (response: Uint8Array) => void;

  constructor(server: ThinServer, partBytes: number, events: PeerEvents, onResponse: (response: Uint8Array) => void) {
    this.#onResponse = onResponse;
    this.#server = server;
    this.#partBytes = partBytes;
    this.events = events;
  }

  connected(): void {
    this.#now = true;
    this.#server.options.onConnect?.(this);
    if (this.alive) this.events.onConnected(this);
    this.#now = false;
  }

  /** The whole value, part by part; the door is asked for each, and no time passes between them, nor after a write. */
  read(from: DoorCharacteristic, onBytes: (bytes: Uint8Array) => void): void {
    const characteristic = this.#server.characteristic(from);
    const request = (): void => {
      let whole: Uint8Array = NOTHING;
      for (let more = true; more && this.alive; ) {
        const value = characteristic?.onRead?.(this);
        const bytes = value === undefined ? NOTHING : value instanceof Uint8Array ? value : new Uint8Array(value);
        const part = bytes.slice(whole.length, whole.length + this.#partBytes);
        more = part.length === this.#partBytes;
        whole = whole.length === 0 ? part : concat(whole, part);
      }
      if (this.alive) onBytes(whole);
    };
    if (this.#now) request();
    else this.#then(request);
  }

  /** With response. */
  write(to: DoorCharacteristic, bytes: Uint8Array, onWritten: () => void): void {
    const characteristic = this.#server.characteristic(to);
    if (to === "response") this.#onResponse(bytes);
    this.#then(() => {
      characteristic?.onWrite?.(bytes.slice().buffer, this);
      if (this.alive) onWritten();
    });
  }

  /** Whoever is at the door goes. */
  leave(): void {
    if (!this.alive) return;
    this.dropped();
    if (this.#server.links.delete(this)) this.#server.run(() => this.#server.options.onDisconnect?.(this), ROUND_MS);
  }

  /** The door ends it. */
  close(): void {
    if (!this.alive) return;
    this.dropped();
    this.#server.links.delete(this);
    this.#server.clock.set(() => this.events.onLost(), ROUND_MS);
  }

  dropped(): void {
    this.alive = false;
  }

  #then(request: () => void): void {
    if (!this.alive) return;
    this.#server.run(() => {
      if (!this.alive) return;
      this.#now = true;
      request();
      this.#now = false;
    }, ROUND_MS);
  }
}

const NOTHING = new Uint8Array(0);
