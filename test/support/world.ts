import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import type { Logger } from "pino";
import { startCloud, type Cloud } from "../../cloud/cloud";
import type { Clock } from "../../cloud/clock";
import type { Device } from "../../firmware/device";
import { startController } from "../../firmware/controller";
import { claimText } from "../../firmware/enrolment/identity";
import type { MqttCarrier } from "../../hardware-sim/building/net/mqtt-connection";
import { SocketNetwork } from "../../hardware-sim/building/net/socket-network";
import { SimulatedDoorRadio } from "../../hardware-sim/radio/simulated-door-radio";
import { VirtualAir } from "../../hardware-sim/radio/virtual-air";
import { InstalledStore } from "../../hardware-sim/building/installed-store";
import { VirtualBoard, type BoardMemory, type VirtualBoardOptions } from "../../hardware-sim/virtual-board";
import type { VirtualCentralOptions } from "../../hardware-sim/radio/virtual-central";
import { VirtualClock } from "../../hardware-sim/virtual-clock";
import { VirtualRandom } from "../../hardware-sim/virtual-random";
import { nodeBlockCipher } from "../../hardware-sim/xs/host-block-cipher";
import { nodeHashes } from "../../hardware-sim/xs/host-hashes";
import { fromHex, toHex } from "../../protocol/bytes";
import type { GatewaySettings, MessageSettings } from "../../cloud/messages/message-settings";
import type { Settings } from "../../cloud/settings";
import { newDatabaseUrl } from "./test-database";

/** Virtual time that passes while the world waits for sockets: enough for timers, too little for leases. */
const TICK_MS = 5;
const WAIT_ROUNDS = 6_000;
const DOMAIN = "latchkey";
const DOORS_APART_M = 100;

/** What an answer of the API holds; tests look at what they know is there. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

/** How a door of the world is built. */
export type Wiring = Pick<VirtualBoardOptions, "readers" | "locks" | "update" | "onException"> & {
  rtc?: boolean;
  /** What the door has kept, where it is no new one: it was claimed by a cloud that has moved here. */
  memory?: BoardMemory;
  /** Default: the firmware of this version. */
  firmware?: (device: Device) => unknown;
};

/** A door of the world: a virtual board with the real firmware, on real sockets. */
export class WorldDoor {
  readonly board: VirtualBoard;
  readonly network: SocketNetwork;
  /** Where it is: doors are out of each other's radio range. */
  readonly place: { x: number; y: number };
  /** What becomes of each message between this door and its cloud. */
  carry: MqttCarrier = (_message, pass) => pass();
  readonly #world: World;

  constructor(world: World, name: string, { rtc = true, memory, firmware = startController, ...wiring }: Wiring) {
    this.#world = world;
    this.network = new SocketNetwork({ secure: false, carry: (message, pass) => this.carry(message, pass) });
    this.place = { x: DOORS_APART_M * world.doors.length, y: 0 };
    const radio = { air: world.air, place: this.place, blockCipher: nodeBlockCipher };
    this.board = new VirtualBoard({ ...wiring, radio, clock: world.clock, network: this.network, seed: name, hashes: nodeHashes, rtc });
    if (memory !== undefined) this.board.restoreMemory(memory);
    new InstalledStore(this.board.keyValue).setUp({ cloudHost: "127.0.0.1", cloudPort: world.cloud.httpPort, brokerPort: world.cloud.mqttPort });
    this.board.start((device) => void firmware(device));
  }

  /** 16 hexadecimal digits. */
  get id(): string {
    return toHex(this.#identity.subarray(0, 8));
  }

  /** Text of the claim QR. */
  get claim(): string {
    return claimText({ door: this.#identity.subarray(0, 8), claimSecret: this.#identity.subarray(8) });
  }

  /** What the firmware's console says of the last credential: `granted` or `denied: …`. */
  get lastDecision(): string | undefined {
    return this.board.trace.findLast(({ line }) => line === "granted" || line.startsWith("denied"))?.line;
  }

  /** Types a PIN and `#`. @returns whether the strike is open a moment later. It falls again before this returns. */
  types(pin: string): boolean {
    this.board.keypad.type(`${pin}#`);
    this.#world.clock.advance(200);
    const opened = this.board.strike;
    this.#world.clock.advance(10_000);
    return opened;
  }

  /** Types and looks a moment later, without waiting for the lock to fall again. */
  opensWith(act: () => void): boolean {
    act();
    this.#world.clock.advance(200);
    return this.board.isOpen();
  }

  /** Presents a card, given by its number in hexadecimal, and a second PIN where there is one. @returns as `types`. */
  takesCard(number: string, secondPin?: string): boolean {
    this.board.keypad.presentCard(fromHex(number)!);
    this.#world.clock.advance(200);
    if (secondPin !== undefined) return this.types(secondPin);
    const opened = this.board.strike;
    this.#world.clock.advance(10_000);
    return opened;
  }

  pullPlug(): void {
    this.network.setPlugged(false);
    this.#world.clock.advance(100);
  }

  plugIn(): void {
    this.network.setPlugged(true);
  }

  cutPower(): void {
    this.board.powerOff();
    this.#world.clock.advance(1_000);
    this.board.powerOn();
    this.#world.clock.advance(1_000);
  }

  get #identity(): Uint8Array {
    return this.board.keyValue.peek(DOMAIN, "identity")!;
  }
}

/** One request on a connection of its own: a kept one could end while virtual time holds the process. */
function exchange(method: string, url: string, token: string, body: string | undefined): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) };
    const sent = request(url, { method, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (text += part));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/**
 * A whole cloud and doors with the real firmware over real HTTP and MQTT, in one process, on virtual time. Waiting
 * is for conditions (`until`), never for a while.
 */
export class World {
  readonly clock: VirtualClock;
  readonly air: VirtualAir;
  readonly doors: WorldDoor[] = [];
  cloud!: Cloud;
  property!: string;
  /** Where the cloud keeps what it has. */
  readonly folder: string;
  /** What its next start finds set besides. */
  settings: Partial<Settings> = {};
  /** How far the clock of the cloud's machine is from the truth, in seconds. */
  cloudOffset = 0;
  #log: Logger | undefined;
  #databaseUrl: string | undefined;
  /** Where text messages go: to the outbox, to a gateway, or nowhere. */
  #sms: MessageSettings["sms"] = "outbox";
  #host = "127.0.0.1";

  private constructor(startUnixMs: number | undefined, folder: string) {
    this.clock = new VirtualClock(startUnixMs);
    this.air = new VirtualAir({ clock: this.clock, random: new VirtualRandom("air") });
    this.folder = folder;
  }

  /** @param options.start Unix ms at which this world begins; default 2026-01-01. @param options.host by name, where browsers shall make passkeys. @param options.found a data folder that there was, with its property: no door is made. */
  static async begin(t: ExecutionContext, options: { doors?: number; timeZone?: string; start?: number; rtc?: boolean; property?: object; texts?: boolean; gateway?: GatewaySettings; host?: "localhost"; settings?: Partial<Settings>; log?: Logger; found?: { fill: (folder: string) => void; property: string } } = {}): Promise<World> {
    const world = new World(options.start, mkdtempSync(join(tmpdir(), "latchkey-world-")));
    world.settings = options.settings ?? {};
    world.#log = options.log;
    world.#sms = options.gateway ?? (options.texts === false ? "none" : "outbox");
    t.teardown(async () => {
      for (const door of world.doors) {
        door.board.powerOff();
        door.network.close();
      }
      await world.cloud.stop();
      rmSync(world.folder, { recursive: true, force: true });
    });
    world.#host = options.host ?? world.#host;
    if (options.found !== undefined) {
      options.found.fill(world.folder);
      await world.startCloud();
      world.property = options.found.property;
      return world;
    }
    world.#databaseUrl = await newDatabaseUrl();
    await world.startCloud();
    world.property = (await world.post("/api/properties", { name: "Rue des Lilas 7", timeZone: options.timeZone ?? "Europe/Paris", ...options.property }, 201)).id;
    for (let index = 0; index < (options.doors ?? 1); index++) await world.addDoor(`door ${index}`, { rtc: options.rtc ?? true });
    return world;
  }

  async startCloud(httpPort = 0, mqttPort = 0): Promise<void> {
    const clock: Clock = {
      now: () => Math.floor(this.clock.unixMs / 1_000) + this.cloudOffset,
      after: (seconds, callback) => {
        const timer = this.clock.set(callback, seconds * 1_000);
        return { cancel: () => this.clock.clear(timer) };
      },
    };
    this.cloud = await startCloud(
      {
        dataFolder: this.folder,
        databaseUrl: this.#databaseUrl,
        tls: undefined,
        publicUrl: undefined,
        httpHost: this.#host,
        httpPort,
        mqttHost: "127.0.0.1",
        mqttPort,
        mqttPublicHost: undefined,
        adminToken: undefined,
        timeZone: "UTC",
        logLevel: "silent",
        messages: { mail: "outbox", sms: this.#sms },
        ...this.settings,
      },
      { clock, ...(this.#log && { log: this.#log }) },
    );
  }

  /** From its next start the cloud has this database. @param location as `openStore` takes it; undefined: the file in its folder. */
  useDatabase(location: string | undefined): void {
    this.#databaseUrl = location;
  }

  /** Where the cloud's database is, as `openStore` takes it. */
  get location(): string {
    return this.#databaseUrl ?? join(this.folder, "latchkey.sqlite");
  }

  /** A door that is registered by its QR, claims itself and has its first list. */
  async addDoor(name: string, wiring: Wiring = {}): Promise<WorldDoor> {
    const door = new WorldDoor(this, name, wiring);
    this.doors.push(door);
    await this.post("/api/doors", { property: this.property, name, claim: door.claim }, 201);
    await this.until(`${name} has its list`, async () => (await this.get(`/api/doors/${door.id}`)).upToDate);
    return door;
  }

  /** A door has lost its network, and both sides have noticed: a pulled plug alone is silent until the keep-alive runs out. */
  async isolate(door: WorldDoor): Promise<void> {
    door.pullPlug();
    door.network.close();
    await this.until("the broker has noticed", async () => !(await this.get(`/api/doors/${door.id}`)).online);
    door.cutPower();
  }

  /** The radio of somebody's phone, a metre from a door; `central.moveTo` carries it about (`placeAt`). */
  phoneAt(door: WorldDoor, options: Partial<VirtualCentralOptions> = {}): SimulatedDoorRadio {
    return new SimulatedDoorRadio(this.air.central({ place: this.placeAt(door), ...options }));
  }

  /** A metre from a door. */
  placeAt(door: WorldDoor): { x: number; y: number } {
    return { x: door.place.x + 1, y: 0 };
  }

  /** A person with one PIN for these doors (all of them by default). */
  async addPerson(terms: { name?: string; class?: string; doors?: WorldDoor[]; grant?: object } = {}): Promise<{ id: string; pin: string }> {
    const doors = (terms.doors ?? this.doors).map((door) => door.id);
    const person = await this.post("/api/people", { property: this.property, name: terms.name ?? "Ada", class: terms.class ?? "resident", pins: [{ grants: [{ doors, ...terms.grant }] }] }, 201);
    return { id: person.id, pin: person.pins[0].pin };
  }

  /** A person with PINs and cards as asked for, at all doors where they name none, who is in every connected door's list. */
  async add(wanted: { class?: string; name?: string; unit?: string; pins?: object[]; cards?: object[] }): Promise<Json> {
    const grants = [{ doors: this.doors.map((door) => door.id) }];
    const filled = (items: object[] = []) => items.map((item) => ({ grants, ...item }));
    const request = { property: this.property, name: "Ada", class: "resident", ...wanted, pins: filled(wanted.pins), cards: filled(wanted.cards) };
    const added = await this.post("/api/people", request, 201);
    await this.upToDate();
    return added;
  }

  /** A manager's order to a door, which has it when this resolves if it is connected. */
  async order(door: WorldDoor, what: string, body: object): Promise<void> {
    await this.put(`/api/doors/${door.id}/${what}`, body);
    await this.upToDate();
  }

  async events(door: WorldDoor): Promise<Json[]> {
    return (await this.get(`/api/events?door=${door.id}`)).items;
  }

  /** The network is there again, and the door has heard all that it missed. */
  async reconnect(door: WorldDoor): Promise<void> {
    door.plugIn();
    await this.until("the door is back and up to date", async () => {
      const { online, upToDate } = await this.get(`/api/doors/${door.id}`);
      return online && upToDate;
    });
  }

  async revoke(person: { id: string }): Promise<Json> {
    return this.post("/api/revocations", { person: person.id }, 201);
  }

  /** Resolves when every door that is connected has acknowledged the newest list. */
  async upToDate(): Promise<void> {
    await this.until("all connected doors are up to date", async () => (await this.get("/api/doors")).items.every((door: Json) => door.upToDate || !door.online));
  }

  async get(path: string): Promise<Json> {
    return this.request("GET", path, undefined, 200);
  }

  async put(path: string, body: object): Promise<Json> {
    return this.request("PUT", path, body, 200);
  }

  async post(path: string, body: object, status: number): Promise<Json> {
    return this.request("POST", path, body, status);
  }

  async request(method: string, path: string, body: object | undefined, status: number): Promise<Json> {
    const answer = await exchange(method, `${this.cloud.url}${path}`, this.cloud.adminToken.token, body && JSON.stringify(body));
    if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return JSON.parse(answer.text);
  }

  /** Lets a little virtual time pass for each turn of the real sockets until it holds. */
  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let round = 0; round < WAIT_ROUNDS; round++) {
      // Virtual time must not run away from a cloud that is still signing lists.
      await this.cloud.settled();
      if (await holds()) return;
      await this.turn();
    }
    const traces = this.doors.map((door) => door.board.trace.slice(-5).map(({ at, line }) => `${at} ${line}`));
    const { items } = await this.get("/api/doors");
    throw new Error(`never: ${what}\nat ${this.clock.now}\n${JSON.stringify({ traces, doors: items }, undefined, 1)}`);
  }

  /** Virtual time passes with the sockets being served, a minute at a step. */
  async pass(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= 60_000) {
      this.clock.advance(Math.min(left, 60_000));
      await this.turn();
      await this.cloud.settled();
      await this.turn();
    }
  }

  /** Virtual time goes on to an instant, two seconds later: signed time is in whole seconds, so a door's clock may be one behind. */
  goTo(instant: string): void {
    this.clock.advance(Date.parse(instant) + 2_000 - this.clock.unixMs);
  }

  async turn(): Promise<void> {
    this.clock.advance(TICK_MS);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
