import type { AccountActor } from "../accounts/actor";
import { countOne } from "../accounts/rate-limit";
import type { Clock } from "../clock";
import type { DoorMessages } from "../doors/door-messages";
import { COURIER_UPLOADS_PER_ACCOUNT } from "../limits";
import { Refusal } from "../refusal";
import type { Database, Unit } from "../store/store";
import { inSnapshot, inTransaction } from "../store/transaction";
import { makeBundle, readBundle, readDoorBundles, readFacts, readPart, type Bundle } from "./bundle";
import { isNewCarrier, noteCarrier } from "./courier-news";
import { makePart, type PartSecrets } from "./make-part";
import { wholePart, type DoorBundle } from "./pack-parts";
import { receiveCarried, type CarriedAnswer } from "./receive-carried";
import { requireCarriedDoor, requireCarrier } from "./who-carries";

type Has = (digest: string) => boolean;

export interface BundleAnswer {
  digest: string;
  /** undefined: the phone has it. */
  doors: DoorBundle[] | undefined;
}

/** Hands out what phones carry to doors, and takes what they bring from there (X2). */
export class CourierDesk {
  readonly #parts: CourierDeskParts;

  constructor(parts: CourierDeskParts) {
    this.#parts = parts;
  }

  /**
   * What a phone carries for a property.
   * @param has whether the phone has the bundle of that digest already.
   * @throws {Refusal} `not-found`.
   */
  async bundle(actor: AccountActor, property: string, has: Has): Promise<BundleAnswer> {
    return (await this.#read((unit, now) => this.#ready(unit, actor, property, has, now))) ?? this.#take(actor, property, has);
  }

  /** All that one door lacks, by itself. @throws {Refusal} `not-found`; `not-claimed`. */
  async door(actor: AccountActor, property: string, id: string): Promise<DoorBundle> {
    return this.#change(async (unit, now) => {
      const door = await requireCarriedDoor(unit, actor, id, now);
      if (door.property_id !== property) throw new Refusal("not-found", "There is no such door.");
      const [facts] = await readFacts(unit, property, id);
      return wholePart(await makePart(unit, this.#parts, facts, { stored: await readPart(unit, id) }, now));
    });
  }

  /**
   * Takes what a phone brings from a door.
   * @param items untrusted.
   * @returns `wait`: seconds, where somebody brings more than anybody can carry.
   * @throws {Refusal} `not-found`; `not-claimed`.
   */
  async receive(actor: AccountActor, id: string, items: readonly Uint8Array[]): Promise<CarriedAnswer | { wait: number }> {
    const { door, wait } = await this.#change(async (unit, now) => {
      const door = await requireCarriedDoor(unit, actor, id, now);
      return { door, wait: await countOne(unit, `courier/${actor.account}`, COURIER_UPLOADS_PER_ACCOUNT, now) };
    });
    return wait > 0 ? { wait } : receiveCarried(this.#parts, door, items, this.#parts.clock.now());
  }

  /** The bundle where nothing is to be written for it: most phones ask for what they have. */
  async #ready(unit: Unit, actor: AccountActor, property: string, has: Has, now: number): Promise<BundleAnswer | undefined> {
    await requireCarrier(unit, actor, property, now);
    const bundle = await readBundle(unit, this.#parts, property, now);
    if (bundle === undefined || (await isNewCarrier(unit, actor.session, property, bundle.serial, now))) return undefined;
    return this.#contents(unit, property, bundle, has);
  }

  async #take(actor: AccountActor, property: string, has: Has): Promise<BundleAnswer> {
    const { contents, doors } = await this.#change(async (unit, now) => {
      await requireCarrier(unit, actor, property, now);
      const bundle = await makeBundle(unit, this.#parts, property, now);
      await noteCarrier(unit, actor.session, property, bundle.serial, now);
      const doors = await unit.selectFrom("courier_news as news").innerJoin("doors as door", "door.id", "news.door_id").select("door.id").distinct().where("door.property_id", "=", property).execute();
      return { contents: await this.#contents(unit, property, bundle, has), doors };
    });
    for (const { id } of doors) this.#parts.onCarried(id);
    return contents;
  }

  async #contents(unit: Unit, property: string, { digest }: Bundle, has: Has): Promise<BundleAnswer> {
    return { digest, doors: has(digest) ? undefined : await readDoorBundles(unit, property) };
  }

  #read<T>(work: (unit: Unit, now: number) => Promise<T>): Promise<T> {
    return inSnapshot(this.#parts.database, (unit) => work(unit, this.#parts.clock.now()));
  }

  #change<T>(work: (unit: Unit, now: number) => Promise<T>): Promise<T> {
    return inTransaction(this.#parts.database, (unit) => work(unit, this.#parts.clock.now()));
  }
}

export interface CourierDeskParts extends PartSecrets {
  database: Database;
  messages: DoorMessages;
  clock: Clock;
  /** More is known of who carries a door's lists. */
  onCarried(door: string): void;
}
