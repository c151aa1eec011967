import { DOOR_CHARACTERISTICS, DOOR_SERVICE, doorRadioName } from "../../protocol/gatt-names";
import { equalBytes } from "../../protocol/bytes";
import { ProtocolError } from "../../protocol/protocol-error";
import type { Device, GattConnection, GattServer, TimerHandle } from "../device";
import { RADIO_CONNECTIONS_MAX, RADIO_IDLE_MS, RADIO_MTU, RADIO_PROVED_MS, RADIO_SESSION_MS, RADIO_UNPROVED_MS } from "../limits";
import type { CourierDesk } from "./courier-desk";
import type { PhoneDesk } from "./phone-desk";
import { RadioPeer } from "./radio-peer";

export interface GattServiceParts {
  bluetooth: NonNullable<Device["bluetooth"]>;
  timers: Device["timer"];
  /** Milliseconds since boot. */
  now(): number;
  doorId: Uint8Array;
  phones: PhoneDesk;
  couriers: CourierDesk;
  /** Counts what was refused. */
  refuse(error: ProtocolError): void;
}

/** Bluetooth Core Supplement, Part A, §1.3: general discoverable, no BR/EDR. */
const FLAGS = 0x06;

/**
 * The door's GATT service (SPEC 20.4): phones and fobs connect, several at a time, and each of their requests goes to
 * the desk that it is for. Nobody holds a connection for long, or keeps others from one: who is silent is ended, and
 * where all connections are taken, one that has had its time gives way to whoever comes next.
 */
export class GattService {
  readonly #parts: GattServiceParts;
  readonly #server: GattServer;
  readonly #peers = new Map<GattConnection, RadioPeer>();
  #timer: TimerHandle | undefined;

  constructor(parts: GattServiceParts) {
    this.#parts = parts;
    const { io: Server, blockCipher: _, ...provided } = parts.bluetooth;
    const { read, write } = Server.properties;
    const { phones, couriers } = parts;
    let ready = false;
    let server: GattServer | undefined = undefined;
    this.#server = server = new Server({
      ...provided,
      mtu: RADIO_MTU,
      services: [
        {
          uuid: DOOR_SERVICE,
          characteristics: [
            { uuid: DOOR_CHARACTERISTICS.challenge, properties: read, onRead: (connection) => this.#read(connection, (peer) => phones.challenge(peer)) },
            { uuid: DOOR_CHARACTERISTICS.response, properties: write, onWrite: (value, connection) => this.#write(connection, (peer) => this.#respond(peer, new Uint8Array(value))) },
            { uuid: DOOR_CHARACTERISTICS.result, properties: read, onRead: (connection) => this.#read(connection, ({ result }) => result) },
            {
              uuid: DOOR_CHARACTERISTICS.courier,
              properties: read | write,
              onRead: (connection) => this.#read(connection, (peer) => couriers.read(peer)),
              onWrite: (value, connection) => this.#write(connection, (peer) => couriers.write(peer, new Uint8Array(value))),
            },
          ],
        },
      ],
      onReady: () => {
        ready = true;
        if (server !== undefined) this.#advertise();
      },
      onConnect: (connection) => this.#connected(connection),
      onDisconnect: (connection) => this.#left(connection),
    });
    if (ready) this.#advertise();
  }

  /** How many are connected. */
  get connections(): number {
    return this.#peers.size;
  }

  /** It identifies the door, which stays where it is, and nobody else. */
  #advertise(): void {
    this.#server.startAdvertising({ flags: FLAGS, services: [DOOR_SERVICE] }, { name: doorRadioName(this.#parts.doorId) });
  }

  #connected(connection: GattConnection): void {
    this.#peers.set(connection, new RadioPeer(this.#parts.now(), () => this.#end(connection)));
    this.#watch();
  }

  #left(connection: GattConnection): void {
    const peer = this.#peers.get(connection);
    if (peer === undefined) return;
    this.#peers.delete(connection);
    this.#parts.couriers.left(peer);
  }

  #end(connection: GattConnection): void {
    if (!this.#peers.has(connection)) return;
    this.#left(connection);
    // Not inside a request: its answer goes first.
    this.#parts.timers.set(() => {
      connection.close();
      this.#advertise();
    }, 0);
  }

  /** Of a connection that has been ended nothing is answered any more. */
  #read(connection: GattConnection, answer: (peer: RadioPeer) => Uint8Array): Uint8Array {
    const peer = this.#heard(connection);
    return peer === undefined ? NOTHING : answer(peer);
  }

  #write(connection: GattConnection, take: (peer: RadioPeer) => void): void {
    const peer = this.#heard(connection);
    if (peer === undefined) return;
    try {
      take(peer);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#parts.refuse(error);
    }
  }

  #respond(peer: RadioPeer, bytes: Uint8Array): void {
    this.#parts.phones.respond(peer, bytes);
    // Nobody takes two connections: one that a phone has lost, and come back from, is still open here.
    for (const other of this.#peers.values()) if (other !== peer && isSame(other, peer)) other.end();
  }

  #heard(connection: GattConnection): RadioPeer | undefined {
    const peer = this.#peers.get(connection);
    if (peer !== undefined) peer.seenAt = this.#parts.now();
    return peer;
  }

  /** Ends whose time is over, and comes back when the next one's may be. */
  #watch(): void {
    const { timers, now } = this.#parts;
    if (this.#timer !== undefined) timers.clear(this.#timer);
    this.#timer = undefined;
    this.#makeRoom();
    let next: number | undefined;
    for (const peer of [...this.#peers.values()]) {
      const left = Math.min(peer.seenAt + RADIO_IDLE_MS, peer.connectedAt + RADIO_SESSION_MS) - now();
      if (left <= 0) peer.end();
      else next = Math.min(next ?? left, left);
    }
    if (next === undefined) return;
    if (this.#peers.size >= RADIO_CONNECTIONS_MAX) next = Math.min(next, RADIO_UNPROVED_MS);
    this.#timer = timers.set(() => this.#watch(), next);
  }

  /** Where all connections are taken, who has proved nothing gives way first, and of them who has been here longest. */
  #makeRoom(): void {
    if (this.#peers.size < RADIO_CONNECTIONS_MAX) return;
    let victim: RadioPeer | undefined;
    for (const peer of this.#peers.values()) {
      const over = this.#parts.now() - peer.connectedAt >= (peer.holder === undefined ? RADIO_UNPROVED_MS : RADIO_PROVED_MS);
      if (over && (victim === undefined || (peer.holder === undefined && victim.holder !== undefined))) victim = peer;
    }
    victim?.end();
  }
}

const NOTHING = new Uint8Array(0);

function isSame({ holder: a }: RadioPeer, { holder: b }: RadioPeer): boolean {
  return a !== undefined && b !== undefined && a.kind === b.kind && equalBytes(a.credentialId, b.credentialId);
}
