import { setTimeout as pass } from "node:timers/promises";
import { FleetDoor } from "../../hardware-sim/fleet/fleet-door";
import { VirtualRandom } from "../../hardware-sim/virtual-random";
import type { CloudProcess } from "../support/cloud-process";
import type { Json } from "../support/cloud-rig";
import { Cluster } from "./cluster";
import { faultsOf, type Fault } from "./faults";
import { HouseWatch, type Person } from "./house-watch";

export interface ChaosOptions {
  /** Draws the faults, their order and their times; what processes do meanwhile is their own. */
  seed: string;
  /** Faults, one after the other; each kind comes before any comes again. */
  rounds: number;
  doors: number;
  print: (line: string) => void;
}

export interface ChaosResult {
  revoked: number;
  /** Revocations that were asked for while nobody answered. */
  unanswered: number;
  /** Answers about revocations that were held against the doors. */
  looks: number;
  events: number;
  violations: readonly string[];
}

const WORKERS = 3;
const PEOPLE_KEPT = 12;
const PEOPLE_MAX = 40; // when nobody can be revoked because doors are away
const FAULT_MS = { least: 400, most: 4_000 };
const CALM_MS = { least: 300, most: 1_500 };
/** Then the next fault comes, whether all doors are back or not. */
const RECOVERY_MS = 20_000;
/** A revocation that was made, and whose id nobody was told. */
const UNKNOWN = "unknown";
/** After the last fault: a door that said nothing is asked again after 30 s, and connects again after a minute at most. */
const CONVERGED_MS = 150_000;
const LOOK_MS = 100;

/**
 * Revokes people, has doors opened and people added at two cloud processes on one database and one broker, while one
 * thing after the other is killed or cut off. Nothing that was confirmed may be lost, no revocation may be called
 * acknowledged by a door that still opens, no event be lost or told twice, and in the end all doors agree.
 */
export async function runChaos({ seed, rounds, doors: count, print }: ChaosOptions): Promise<ChaosResult> {
  const random = new VirtualRandom(`${seed}/faults`);
  const cluster = await Cluster.start();
  try {
    const house = await House.begin(cluster, new VirtualRandom(`${seed}/house`), count);
    let waiting: Fault[] = [];
    for (let round = 1; round <= rounds; round++) {
      if (waiting.length === 0) waiting = shuffled(faultsOf(cluster, random), random);
      const fault = waiting.pop()!;
      await house.recovered();
      await pass(within(CALM_MS, random));
      const before = house.confirmed;
      await fault.strike();
      await pass(within(FAULT_MS, random));
      await fault.heal();
      print(`${String(round).padStart(4)}  ${fault.what}: ${house.confirmed - before} changes confirmed meanwhile, ${house.watch.violations.length} violations`);
    }
    await house.end();
    return { ...house.counts, violations: house.watch.violations };
  } finally {
    await cluster.stop();
  }
}

/** A building whose manager, tenants and onlookers never rest. */
class House {
  readonly watch: HouseWatch;
  readonly #cluster: Cluster;
  readonly #random: VirtualRandom;
  readonly #property: string;
  readonly #tasks: Promise<void>[];
  #busy = true;
  confirmed = 0;
  #names = 0;
  #unanswered = 0;

  private constructor(cluster: Cluster, random: VirtualRandom, property: string, doors: readonly FleetDoor[]) {
    this.#cluster = cluster;
    this.#random = random;
    this.#property = property;
    this.watch = new HouseWatch(doors);
    this.#tasks = [...Array.from({ length: WORKERS }, () => this.#work()), this.#look(), this.#type()];
  }

  static async begin(cluster: Cluster, random: VirtualRandom, count: number): Promise<House> {
    const { cloud } = cluster.nodes[0];
    const property = ((await cloud.send("POST", "/properties", { name: "Chaos" })) as { id: string }).id;
    const tally = { lost: new Map<string, number>(), refused: 0 };
    const doors: FleetDoor[] = [];
    for (let n = 1; n <= count; n++) {
      const door = new FleetDoor({ cloud: () => new URL(cloud.url), now: () => Math.floor(Date.now() / 1_000), post: (path, body) => enrol(cloud, path, body) }, tally);
      await cloud.send("POST", "/doors", { property, name: `Door ${n}`, claim: door.claimText });
      await door.claim();
      await door.run();
      doors.push(door);
    }
    return new House(cluster, random, property, doors);
  }

  get counts(): Omit<ChaosResult, "violations"> {
    const { people, looks, doors } = this.watch;
    return {
      revoked: people.filter(({ revocation }) => revocation !== undefined && revocation !== UNKNOWN).length,
      unanswered: this.#unanswered,
      looks,
      events: doors.reduce((sum, { nextEvent }) => sum + nextEvent, 0),
    };
  }

  /** Resolves once something was confirmed again with all doors there, or after a while. */
  async recovered(): Promise<void> {
    const before = this.confirmed;
    const end = Date.now() + RECOVERY_MS;
    while (Date.now() < end && (this.confirmed === before || !this.watch.doors.every((door) => door.connected))) await pass(LOOK_MS);
  }

  /** Everything is whole again: waits until all agree, and holds what the cloud has stored against what it confirmed. */
  async end(): Promise<void> {
    this.#busy = false;
    await Promise.all(this.#tasks);
    const { watch } = this;
    for (const person of watch.people) if (person.unsure) await this.#learn(person);
    await this.#until("every door opens for those who may, and for nobody else", () => Promise.resolve(watch.converged));
    await this.#until("every event is stored", () => Promise.resolve(watch.doors.every((door) => door.waiting === 0)));
    for (const node of this.#cluster.nodes) await this.#settled(node.cloud);
    for (const door of watch.doors) await door.stop();
  }

  /** Whether what nobody answered was done. */
  async #learn(person: Person): Promise<void> {
    const { revokedAt } = (await this.#anyCloud.send("GET", `/people/${person.id}`)) as { revokedAt: string | null };
    this.#unanswered += 1;
    person.unsure = false;
    if (revokedAt !== null) person.revocation = UNKNOWN;
  }

  async #settled(cloud: CloudProcess): Promise<void> {
    const { watch } = this;
    for (const person of watch.people) {
      const { revocation } = person;
      if (revocation === UNKNOWN) continue;
      if (revocation !== undefined) await this.#until(`revocation ${revocation} is true everywhere`, async () => (await this.#ask(cloud, person, revocation))?.["complete"] === true);
      else if (((await cloud.send("GET", `/people/${person.id}`)) as { revokedAt: string | null }).revokedAt !== null) watch.violations.push(`${person.id} was never revoked, and is`);
    }
    for (const door of watch.doors) await this.#countEvents(cloud, door);
    const { holds } = (await cloud.send("GET", "/audit/verification")) as { holds: boolean };
    if (!holds) watch.violations.push("the audit's chain is broken");
  }

  /** Each event of a door once. */
  async #countEvents(cloud: CloudProcess, door: FleetDoor): Promise<void> {
    const sequences: number[] = [];
    for (let after: string | null = ""; after !== null; ) {
      const page: { items: { sequence: number }[]; next: string | null } = (await cloud.send("GET", `/events?door=${door.hex}&limit=200${after && `&after=${after}`}`)) as never;
      sequences.push(...page.items.map(({ sequence }) => sequence));
      after = page.next;
    }
    const different = new Set(sequences).size;
    if (different !== sequences.length) this.watch.violations.push(`door ${door.hex}: ${sequences.length - different} events are told twice`);
    if (different !== door.nextEvent) this.watch.violations.push(`door ${door.hex}: ${different} of ${door.nextEvent} events are stored`);
  }

  async #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + CONVERGED_MS;
    while (!(await holds())) {
      if (Date.now() > end) {
        this.watch.violations.push(`not so after ${CONVERGED_MS / 1_000} s: ${what}`);
        return;
      }
      await pass(LOOK_MS);
    }
  }

  get #anyCloud(): CloudProcess {
    const { nodes } = this.#cluster;
    return nodes[this.#random.below(nodes.length)].cloud;
  }

  async #work(): Promise<void> {
    while (this.#busy) {
      const candidates = this.watch.known();
      const done = candidates.length > PEOPLE_KEPT / 2 ? await this.#revoke(candidates[this.#random.below(candidates.length)]) : await this.#add();
      if (done) this.confirmed += 1;
      else await pass(LOOK_MS);
    }
  }

  async #add(): Promise<boolean> {
    const { watch } = this;
    if (watch.people.filter(({ revocation, unsure }) => revocation === undefined && !unsure).length > PEOPLE_MAX) return false;
    const doors = watch.doors.map(({ hex }) => hex);
    const answer = await this.#anyCloud.ask("POST", "/people", { property: this.#property, name: `Person ${++this.#names}`, class: "resident", pins: [{ grants: [{ doors }] }] });
    if (!isDone(answer)) return false;
    const { id, pins } = answer.body as { id: string; pins: { pin: string }[] };
    watch.people.push({ id, pin: pins[0].pin, revocation: undefined, unsure: false });
    return true;
  }

  async #revoke(person: Person): Promise<boolean> {
    if (person.unsure) return false;
    person.unsure = true;
    const answer = await this.#anyCloud.ask("POST", "/revocations", { person: person.id });
    if (!isDone(answer)) return false;
    person.revocation = (answer.body as { id: string }).id;
    person.unsure = false;
    return true;
  }

  /** Asks what is true of revocations, of whoever answers. */
  async #look(): Promise<void> {
    while (this.#busy) {
      const revoked = this.watch.people.filter(({ revocation }) => revocation !== undefined).slice(-PEOPLE_KEPT);
      const person = revoked[this.#random.below(Math.max(1, revoked.length))] as Person | undefined;
      if (person === undefined || (await this.#ask(this.#anyCloud, person, person.revocation!)) === undefined) await pass(LOOK_MS);
    }
  }

  async #ask(cloud: CloudProcess, person: Person, revocation: string): Promise<Json> {
    const answer = await cloud.ask("GET", `/revocations/${revocation}`);
    if (answer?.status === 404) this.watch.violations.push(`revocation ${revocation} was confirmed, and is not there`);
    if (answer?.status !== 200) return undefined;
    this.watch.look(person, answer.body);
    return answer.body;
  }

  async #type(): Promise<void> {
    while (this.#busy) {
      const { people, doors } = this.watch;
      const person = people[this.#random.below(Math.max(1, people.length))] as Person | undefined;
      if (person !== undefined) doors[this.#random.below(doors.length)].type(person.pin);
      await pass(LOOK_MS);
    }
  }
}

async function enrol(cloud: CloudProcess, path: string, body: Uint8Array): Promise<{ status: number; body: Uint8Array }> {
  const response = await fetch(cloud.url + path, { method: "POST", headers: { "content-type": "application/cbor" }, body: body as NonNullable<RequestInit["body"]> });
  return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) };
}

/** A refusal is none: while something is dead, "not now" is a good answer. */
function isDone(answer: { status: number; body: Json } | undefined): answer is { status: number; body: Json } {
  return answer !== undefined && answer.status < 300;
}

function within({ least, most }: { least: number; most: number }, random: VirtualRandom): number {
  return least + random.below(most - least);
}

function shuffled<T>(items: readonly T[], random: VirtualRandom): T[] {
  const left = [...items];
  return items.map(() => left.splice(random.below(left.length), 1)[0]);
}
