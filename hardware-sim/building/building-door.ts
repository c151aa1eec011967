import { randomBytes } from "node:crypto";
import type { Device } from "../../firmware/device";
import { claimText } from "../../firmware/enrolment/identity";
import type { Settings } from "../../firmware/enrolment/settings";
import { toHex } from "../../protocol/bytes";
import { REASONS, type Reason } from "../../protocol/decision";
import { parseTopic } from "../../protocol/topics";
import { OUTPUT_PINS, readerPins } from "../board-pins";
import type { Place } from "../radio/ether";
import type { VirtualAir } from "../radio/virtual-air";
import { VirtualBoard } from "../virtual-board";
import { nodeBlockCipher } from "../xs/host-block-cipher";
import { nodeHashes } from "../xs/host-hashes";
import type { BuildingLog, LogSource } from "./building-log";
import { cardOf } from "./card-number";
import { describeOutput } from "./describe-output";
import { DoorInside } from "./door-inside";
import { DoorMemory } from "./door-memory";
import type { DoorAction, DoorView } from "./door-view";
import { DoorWord } from "./door-word";
import type { FirmwareEngine } from "./engine/firmware-engine";
import { InstalledStore } from "./installed-store";
import type { AtDoor, Journeys } from "./journeys";
import { MemoryActivity } from "./memory-activity";
import type { MqttTraffic } from "./net/mqtt-connection";
import { SocketNetwork } from "./net/socket-network";
import type { RealTimeClock } from "./real-time-clock";
import { turnClock } from "./turn-clock";

/** How long a board whose firmware has crashed takes to start again. */
const RESTART_MS = 2_000;
const KEYS = "0123456789*#";
/** A keypad on a serial line, and beside it a reader for cards. */
const READERS = [{ kind: "serial" }, { kind: "wiegand" }] as const;
const CARD_READER = 1;
/** The strike, and a relay for whatever else there is to open: a gate, a garage. */
const LOCKS = ["fail-secure", "fail-secure"] as const;
/** Doors are out of each other's radio range. */
const APART_M = 100;
export interface BuildingDoorOptions {
  index: number;
  name: string;
  clock: RealTimeClock;
  air: VirtualAir;
  engine: FirmwareEngine;
  cloud: Settings & {
    secure: boolean;
    /** Where the broker listens now, for doors that were claimed when it listened elsewhere. */
    brokerPort?: number;
    /** DER of the CA under which the door trusts it. */
    ca?: Uint8Array;
  };
  /** Where flash and key-value store are kept. */
  folder: string;
  log: BuildingLog;
  journeys: Journeys;
  /** Something that the view shows has changed. */
  onChange: () => void;
}

/** One door of the building: a virtual board on the real network, and the people and wires around it. */
export class BuildingDoor {
  readonly index: number;
  readonly name: string;
  readonly place: Place;
  #options: BuildingDoorOptions;
  #board: VirtualBoard;
  #network: SocketNetwork;
  #memory: DoorMemory;
  #activity: MemoryActivity;
  #inside: DoorInside;
  #store: InstalledStore;
  #stopEngine: (() => void) | undefined;
  #linked = false;
  #exitHeld = false;
  #serviceHeld = false;
  #word = new DoorWord();
  #closed = false;

  /** @throws {DoorMemoryError} the folder holds something else. */
  constructor(options: BuildingDoorOptions) {
    const { index, name, clock, cloud, folder, air } = options;
    this.index = index;
    this.name = name;
    this.place = { x: APART_M * index, y: 0 };
    this.#options = options;
    this.#network = new SocketNetwork({
      secure: cloud.secure,
      ca: () => this.#store.ca,
      onTraffic: (message) => this.#traffic(message),
      onRequest: (method, path, status) => this.#log("network", `HTTP ${method} ${path}: ${status ?? "no answer"}`),
      onLink: (linked) => {
        this.#linked = linked;
        this.#log("network", linked ? "connected to the cloud" : "connection to the cloud ended");
        options.onChange();
      },
    });
    this.#board = new VirtualBoard({
      clock,
      network: this.#network,
      seed: toHex(randomBytes(8)),
      hashes: nodeHashes,
      radio: { air, place: this.place, blockCipher: nodeBlockCipher },
      randomBytes: (length) => Uint8Array.from(randomBytes(length)),
      rtc: true,
      readers: READERS,
      locks: LOCKS,
      ticksStart: randomBytes(4).readUInt32BE(),
      onTrace: (line) => this.#traced(line),
      onException: (error) => this.#crashed(error),
    });
    this.#memory = new DoorMemory(this.#board, folder);
    this.#activity = new MemoryActivity(this.#board, (text) => {
      this.#log("memory", text);
      // Identity and enrolment live there.
      options.onChange();
    });
    this.#inside = new DoorInside(this.#board);
    this.#inside.onEvent = (event) => {
      const kind = this.#inside.log.events.at(-1)?.kind;
      options.journeys.recorded(this.#atDoor, { ...event, kind });
      options.onChange();
    };
    this.#inside.onAcknowledged = (sequence) => {
      options.journeys.acknowledged(index, sequence, this.#linked && this.#network.plugged ? "network" : "phone");
      options.onChange();
    };
    this.#board.pins.onOutput = (pin, { value }) => this.#output(pin, value);
    this.#board.onPowerLost = () => {
      this.#stopEngine?.();
      this.#stopEngine = undefined;
      options.onChange();
    };
    this.#store = new InstalledStore(this.#board.keyValue);
    this.#store.setUp(cloud);
  }

  get view(): DoorView {
    const { name, index } = this.#options;
    const board = this.#board;
    const { identity } = this.#store;
    return {
      index,
      name,
      engine: this.#options.engine.name,
      power: board.running,
      network: this.#network.plugged,
      linked: this.#linked,
      strike: board.strike,
      otherOutputs: LOCKS.map((_, output) => board.isOpen(output)).slice(1),
      ledGreen: this.#anyReader("led"),
      buzzer: this.#anyReader("buzzer"),
      leafOpen: board.leafOpen,
      exitHeld: this.#exitHeld,
      serviceHeld: this.#serviceHeld,
      boots: board.boots,
      ...(identity && { id: toHex(identity.door) }),
      ...(identity && !this.claimed && { claim: claimText(identity) }),
      ...(this.#inside.list && { inside: this.#inside.list }),
      log: this.#inside.log,
      ...(board.rtc?.time !== undefined && { chip: { offset: board.rtc.time - Date.now() } }),
      ...this.#word.said,
    };
  }

  /** 16 hexadecimal digits; undefined before the first boot. */
  get id(): string | undefined {
    const { identity } = this.#store;
    return identity && toHex(identity.door);
  }

  /** Whether the door belongs to a cloud. */
  get claimed(): boolean {
    return this.#store.enrolment !== undefined;
  }

  /** Text of the claim QR on the board; undefined before the first boot. */
  get claim(): string | undefined {
    const { identity } = this.#store;
    return identity && claimText(identity);
  }

  powerOn(): void {
    if (this.#closed || this.#board.running) return;
    this.#log("power", `power on (boot ${this.#board.boots + 1}, firmware under ${this.#options.engine.name})`);
    this.#board.start((device: Device) => {
      this.#stopEngine = this.#options.engine.boot(device, (error) => this.#crashed(error));
    });
    this.#options.onChange();
  }

  powerOff(): void {
    if (!this.#board.running) return;
    this.#log("power", "power cut");
    this.#board.powerOff();
  }

  /** What a person does here. @returns false for what makes no sense. */
  act(action: DoorAction): boolean {
    const board = this.#board;
    switch (action.action) {
      case "key":
        if (action.key.length !== 1 || !KEYS.includes(action.key)) return false;
        // Which digit it was is nobody's business, not even a log's.
        this.#log("person", `presses ${action.key === "*" || action.key === "#" ? action.key : "a digit"}`);
        if (action.key === "*") this.#options.journeys.abandon(this.index, "code");
        else if (board.running) this.#options.journeys.begin(this.index, "code");
        board.keypad.type(action.key);
        break;
      case "card": {
        const card = cardOf(action.card);
        if (card === undefined) return false;
        this.#log("person", "presents a card");
        if (board.running) this.#options.journeys.begin(this.index, "card");
        board.readers[CARD_READER].presentCard(card);
        break;
      }
      case "leaf":
        this.#moveLeaf(action.open, action.force === true);
        break;
      case "exit":
        if (this.#exitHeld === action.held) break;
        this.#exitHeld = action.held;
        this.#log("person", action.held ? "presses the exit button" : "lets go of the exit button");
        board.pressExit(action.held);
        break;
      case "service":
        if (this.#serviceHeld === action.held) break;
        this.#serviceHeld = action.held;
        this.#log("person", action.held ? "presses the service button on the board" : "lets go of the service button");
        board.pressService(action.held);
        break;
      case "network":
        if (this.#network.plugged === action.plugged) break;
        this.#log("network", action.plugged ? "network plugged in" : "network plug pulled");
        this.#network.setPlugged(action.plugged);
        break;
      case "power":
        if (action.on) this.powerOn();
        else this.powerOff();
        break;
      case "clock":
        if (board.rtc !== undefined) this.#log("person", turnClock(board.rtc, action.turn));
        break;
      default:
        return false;
    }
    this.#options.onChange();
    return true;
  }

  close(): void {
    this.#closed = true;
    this.#board.powerOff();
    this.#activity.close();
    this.#network.close();
    this.#memory.close();
  }

  #log(source: LogSource, text: string): void {
    if (!this.#closed) this.#options.log.add(this.index, source, text);
  }

  #moveLeaf(open: boolean, force: boolean): void {
    const board = this.#board;
    if (board.leafOpen === open) return;
    if (open && !board.strike && !force) {
      this.#log("leaf", "somebody pulls: locked");
      return;
    }
    this.#log("leaf", open ? (board.strike ? "opens" : "is forced open") : "closes");
    board.setLeaf(open);
  }

  get #atDoor(): AtDoor {
    return { door: this.index, version: this.#inside.list?.version, plugged: this.#network.plugged };
  }

  #traced(line: string): void {
    this.#log("firmware", line);
    const reason = line === "granted" ? line : line.startsWith("denied: ") ? line.slice("denied: ".length) : undefined;
    if (REASONS.includes(reason as Reason)) this.#options.journeys.traced(this.#atDoor, reason as Reason);
  }

  #anyReader(part: "led" | "buzzer"): boolean {
    return READERS.some((_, index) => this.#board.pins.output(readerPins(index)[part]) === 1);
  }

  #output(pin: number, value: 0 | 1): void {
    if (pin === OUTPUT_PINS[0]) this.#options.journeys.strike(this.index, value === 1);
    const told = describeOutput(pin, value, READERS.length);
    if (told !== undefined) this.#log(told.source, told.text);
    this.#options.onChange();
  }

  #traffic({ direction, topic, payload }: MqttTraffic): void {
    const what = parseTopic(topic)?.what ?? topic;
    this.#log("network", `${direction === "up" ? "sends" : "gets"} ${what}, ${payload.length} bytes`);
    if (direction === "up") this.#word.heard(what, payload, this.#store.enrolment);
    this.#options.onChange();
  }

  #crashed(error: unknown): void {
    if (this.#closed) return;
    this.#log("firmware", `ended: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    this.#board.powerOff();
    setTimeout(() => this.powerOn(), RESTART_MS).unref();
  }
}
