import type { Logger } from "pino";
import { BrokerConnection } from "../broker/broker-connection";
import type { Clock, Timer } from "../clock";
import { HOME_LOOK_SECONDS, HOME_REPEAT_SECONDS } from "../limits";
import { ProcessLease } from "../processes/process-lease";
import type { Database, Unit } from "../store/store";
import { inSnapshot } from "../store/transaction";
import { WakefulTask } from "../wakeful-task";
import { discoveryOf, type HomeDoor } from "./discovery";
import { homeEventOf, type HomeEvent } from "./door-log";
import { parseHomeChoice } from "./home-choice";
import { HomeDoorReader, type HomeDoorReaderParts } from "./home-door-reader";
import { changesAt, homeStateOf } from "./home-door-state";
import type { HomeSettings } from "./home-settings";
import { HomeTopics } from "./home-topics";
import { HomeUnlocks, type HomeUnlocksParts } from "./home-unlocks";

/**
 * Tells the home's own Home Assistant of the doors of properties whose managers have said so (X13), over the home's
 * broker: what there is, how it is, and what has just happened. Of several processes one does. All of it is worked out
 * from the database and said again at each connection; what stands at the broker and is not wanted any more goes.
 */
export class HomeAssistant {
  readonly #parts: HomeAssistantParts;
  readonly #topics: HomeTopics;
  readonly #lease: ProcessLease;
  readonly #task: WakefulTask;
  readonly #unlocks: HomeUnlocks;
  #connection: BrokerConnection | undefined;
  /** Doors to be looked at; "all": also which there are. */
  #due = new Set<string>();
  #allDue = false;
  /** Whether Home Assistant has been told that this cloud is there. */
  #announced = false;
  /** What is to be there, by id. */
  #doors = new Map<string, ShownDoor>();
  /** Doors of which the broker has something. */
  readonly #known = new Set<string>();
  #look: Timer | undefined;
  #repeat: Timer | undefined;

  constructor(parts: HomeAssistantParts) {
    this.#parts = parts;
    const { settings, site, clock, database, log, holder } = parts;
    this.#topics = new HomeTopics(settings.prefix, site);
    this.#task = new WakefulTask(clock, () => this.#run());
    this.#lease = new ProcessLease({ name: "home-assistant", holder, database, clock, log, onHeld: () => this.#connect(), onLost: () => void this.#leave() });
    this.#unlocks = new HomeUnlocks({
      ...parts,
      doorOf: (door) => this.#doors.get(door)?.door,
      onState: (door) => this.changed(door),
      onFailed: (door, reason) => void this.#tellEvent(door, { event_type: "unlock_failed", reason }),
    });
  }

  /** Resolves once it is known whether this process does it. */
  start(): Promise<void> {
    return this.#lease.start();
  }

  /** Whether the home's broker is there; undefined: another process knows. */
  get connected(): boolean | undefined {
    return this.#lease.held ? (this.#connection?.connected ?? false) : undefined;
  }

  /** What is known of a door may be something else now. */
  changed(door: string): void {
    if (this.#connection?.connected !== true || !this.#doors.has(door)) return;
    this.#due.add(door);
    this.#task.wake();
  }

  /** Which doors there are, or what their managers allow, may be something else now. */
  wake(): void {
    if (this.#connection?.connected !== true) return;
    this.#allDue = true;
    this.#task.wake();
  }

  /** Resolves when Home Assistant has been told all that is known. */
  idle(): Promise<void> {
    return this.#task.idle();
  }

  /** Says that it goes, and leaves what it does to another process. */
  async stop(): Promise<void> {
    await this.#task.stop();
    await this.#unlocks.idle();
    await this.#leave();
    await this.#lease.stop();
  }

  #connect(): void {
    const { settings, site, log, clock } = this.#parts;
    this.#connection = new BrokerConnection({
      broker: settings.location,
      ca: settings.ca,
      // Another process that takes over takes its connection over too.
      clientId: `latchkey-home-${site}`,
      will: { topic: this.#topics.status, payload: Buffer.from("offline"), retain: true },
      log,
      onConnected: () => void this.#connected(),
      onLost: () => undefined,
      onMessage: (topic, payload, retained) => this.#heard(topic, payload, retained),
    });
    this.#connection.connect();
    const look = (): void => {
      // What only time changes, and what no news told of.
      this.wake();
      this.#look = clock.after(HOME_LOOK_SECONDS, look);
    };
    this.#look = clock.after(HOME_LOOK_SECONDS, look);
  }

  async #connected(): Promise<void> {
    try {
      const { birth, commands, discoveries } = this.#topics;
      await this.#connection?.subscribe([birth, commands, discoveries]);
      // What happened while the broker was away is no news any more.
      this.#drop();
      this.#announced = false;
      this.wake();
    } catch (error) {
      this.#parts.log.error({ reason: (error as Error).message }, "the home's broker refuses what Home Assistant needs");
    }
  }

  /** From the beginning: whoever listens may know nothing. */
  #sayAgain(): void {
    for (const shown of this.#doors.values()) {
      shown.discovery = undefined;
      shown.told.clear();
    }
    this.wake();
  }

  #drop(): void {
    for (const { next } of this.#doors.values()) next?.cancel();
    this.#doors = new Map();
    this.#due.clear();
  }

  async #leave(): Promise<void> {
    this.#look?.cancel();
    this.#repeat?.cancel();
    this.#repeat = undefined;
    const connection = this.#connection;
    this.#connection = undefined;
    this.#drop();
    this.#known.clear();
    // A connection that is ended in order has no will.
    await connection?.publish(this.#topics.status, Buffer.from("offline"), true);
    await connection?.stop();
  }

  /** @param payload untrusted. */
  #heard(topic: string, payload: Uint8Array, retained: boolean): void {
    const command = this.#topics.doorOfCommand(topic);
    if (command !== undefined) return this.#unlocks.pressed(command, payload, retained);
    const known = this.#topics.doorOfDiscovery(topic);
    if (known !== undefined && payload.length > 0 && !this.#known.has(known)) {
      this.#known.add(known);
      if (retained) this.wake();
    }
    // Said at each start of Home Assistant; anybody at that broker can say it, as often as they like.
    if (topic === this.#topics.birth && !retained && Buffer.from(payload).toString() === "online") {
      this.#repeat ??= this.#parts.clock.after(HOME_REPEAT_SECONDS, () => {
        this.#repeat = undefined;
        this.#sayAgain();
      });
    }
  }

  async #run(): Promise<void> {
    const { log } = this.#parts;
    try {
      if (this.#allDue) {
        this.#allDue = false;
        await this.#lookAtAll();
      }
      for (const door of this.#due) {
        this.#due.delete(door);
        await this.#lookAt(door);
      }
      // Last, so that nothing old is taken for the present.
      if (!this.#announced) this.#announced = (await this.#connection?.publish(this.#topics.status, Buffer.from("online"), true)) ?? false;
    } catch (error) {
      log.error({ err: error }, "failed to tell Home Assistant of a door; it will be tried again");
    }
  }

  async #lookAtAll(): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined) return;
    const wanted = await this.#read(wantedDoors);
    const shown = new Map<string, ShownDoor>();
    for (const door of wanted) {
      const before = this.#doors.get(door.id) ?? { discovery: undefined, told: new Map<string, string>(), reader: new HomeDoorReader(door.id, this.#parts), next: undefined };
      const now = Object.assign(before, { door });
      const discovery = JSON.stringify(discoveryOf(door, this.#topics, this.#parts.siteUrl()));
      if (now.discovery !== discovery && (await connection.publish(this.#topics.discovery(door.id), Buffer.from(discovery), true))) now.discovery = discovery;
      shown.set(door.id, now);
      this.#known.add(door.id);
      this.#due.add(door.id);
    }
    for (const [id, { next }] of this.#doors) if (!shown.has(id)) next?.cancel();
    this.#doors = shown;
    for (const door of this.#known) if (!shown.has(door)) await this.#forget(connection, door);
  }

  async #lookAt(id: string): Promise<void> {
    const shown = this.#doors.get(id);
    const reading = shown && (await this.#read((unit) => shown.reader.read(unit)));
    if (reading === undefined || shown === undefined) return;
    shown.reader.keep(reading);
    const { clock } = this.#parts;
    const now = clock.now();
    const { choice } = shown.door;
    await this.#tell(shown, this.#topics.state(id), JSON.stringify(homeStateOf(reading.facts, choice, this.#unlocks.isUnderWay(id), now)));
    await this.#tell(shown, this.#topics.doorStatus(id), reading.facts.connected ? "online" : "offline");
    for (const event of reading.fresh) {
      const told = homeEventOf(event, choice.names);
      if (told !== undefined) await this.#tellEvent(id, told);
    }
    const next = changesAt(reading.facts, now);
    shown.next?.cancel();
    shown.next = next === undefined ? undefined : clock.after(next - now, () => this.changed(id));
  }

  /** Says it where it was not said yet. */
  async #tell(shown: ShownDoor, topic: string, text: string): Promise<void> {
    if (shown.told.get(topic) === text) return;
    if (await this.#connection?.publish(topic, Buffer.from(text), true)) shown.told.set(topic, text);
  }

  async #tellEvent(door: string, event: HomeEvent): Promise<void> {
    await this.#connection?.publish(this.#topics.event(door), Buffer.from(JSON.stringify(event)));
  }

  /** Home Assistant takes a door away where nothing is left of it. */
  async #forget(connection: BrokerConnection, door: string): Promise<void> {
    const nothing = new Uint8Array(0);
    for (const topic of [this.#topics.state(door), this.#topics.doorStatus(door), this.#topics.discovery(door)]) {
      if (!(await connection.publish(topic, nothing, true))) return;
    }
    this.#known.delete(door);
  }

  #read<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    return inSnapshot(this.#parts.database, work);
  }
}

export interface HomeAssistantParts extends HomeDoorReaderParts, Pick<HomeUnlocksParts, "unlocks"> {
  settings: HomeSettings;
  /** 16 hexadecimal digits. */
  site: string;
  /** Of this start of this process, and of no other (`newId`). */
  holder: string;
  database: Database;
  clock: Clock;
  log: Logger;
  /** Where people see doors, without a slash at its end. */
  siteUrl(): string;
}

interface ShownDoor {
  door: HomeDoor;
  /** As it was said last. */
  discovery: string | undefined;
  /** What was said last, by topic. */
  told: Map<string, string>;
  reader: HomeDoorReader;
  /** When time alone changes it. */
  next: Timer | undefined;
}

/** Doors that somebody holds, of properties whose managers want them shown. A stolen one says nothing that counts. */
async function wantedDoors(unit: Unit): Promise<HomeDoor[]> {
  const properties = await unit.selectFrom("properties").select(["id", "home_assistant"]).where("home_assistant", "<>", "{}").execute();
  const choices = new Map(properties.map(({ id, home_assistant }) => [id, parseHomeChoice(home_assistant)] as const).filter(([, { enabled }]) => enabled));
  if (choices.size === 0) return [];
  const rows = await unit.selectFrom("doors").select(["id", "property_id", "name"]).where("property_id", "in", [...choices.keys()]).where("claimed_at", "is not", null).where("stolen_at", "is", null).orderBy("id").execute();
  return rows.map(({ id, property_id, name }) => ({ id, property: property_id, name, choice: choices.get(property_id)! }));
}
