import { DICTIONARIES } from "../../../phone/dictionaries";
import type { Words } from "../../../phone/dictionary";
import { explainCarry, explainProgress, explainRefill, explainUnlock, type Language } from "../../../phone/explain";
import { webCryptoVault } from "../../../phone/key-vault";
import { MemoryPhoneStore } from "../../../phone/memory-phone-store";
import type { CarryOutcome, RefillOutcome, UnlockOutcome } from "../../../phone/outcome";
import { Phone } from "../../../phone/phone";
import type { PhoneFetch } from "../../../phone/phone-cloud";
import type { Place } from "../../radio/ether";
import { SimulatedDoorRadio } from "../../radio/simulated-door-radio";
import type { VirtualAir } from "../../radio/virtual-air";
import type { BuildingLog } from "../building-log";
import type { Journeys } from "../journeys";
import type { PhoneAction, PhoneView } from "./phone-view";
import { toldRadio } from "./told-radio";

/** A door as somebody finds it who walks through the building. */
export interface ReachableDoor {
  readonly name: string;
  readonly place: Place;
  /** 16 hexadecimal digits; undefined before its first boot. */
  readonly id: string | undefined;
}

export interface BuildingPhoneOptions {
  index: number;
  name: string;
  air: VirtualAir;
  doors: readonly ReachableDoor[];
  /** The cloud, as its owner is signed in there. */
  fetch: PhoneFetch;
  /** Of its radio, 23 to 517. */
  mtu?: number;
  log: BuildingLog;
  journeys: Journeys;
  /** Something that the view shows has changed. */
  onChange: () => void;
}

/** Out of reach of every door. */
const AWAY: Place = { x: 0, y: 1_000 };
/** In the log: at no door. */
const NOWHERE = -1;

/** Somebody with a phone in the building: the phone's real library, over the simulated air and real HTTP. */
export class BuildingPhone {
  readonly index: number;
  readonly name: string;
  #options: BuildingPhoneOptions;
  #radio: SimulatedDoorRadio;
  #phone: Phone;
  #view: PhoneView;
  #door: number | undefined;
  #followers = new Set<(place: Place) => void>();
  #online = true;
  #closed = false;

  /** @throws {Error} without WebCrypto. */
  constructor(options: BuildingPhoneOptions) {
    const { index, name, air, fetch, mtu } = options;
    this.index = index;
    this.name = name;
    this.#options = options;
    this.#view = { index, name, online: true, opens: [], carries: 0, brings: [] };
    this.#radio = new SimulatedDoorRadio(air.central({ place: AWAY, ...(mtu !== undefined && { mtu }) }));
    const vault = webCryptoVault();
    if (vault === undefined) throw new Error("this Node.js has no WebCrypto");
    this.#phone = new Phone({
      radio: toldRadio(this.#radio, (text) => this.#log(text, "radio")),
      store: new MemoryPhoneStore(),
      vault,
      online: () => this.#online,
      fetch: (path, init) => (this.#online ? fetch(path, init) : Promise.reject(new Error("the phone is offline"))),
    });
  }

  get view(): PhoneView {
    return this.#view;
  }

  /** Index of the door before which its owner stands; undefined: away from all. */
  get door(): number | undefined {
    return this.#door;
  }

  get place(): Place {
    return this.#radio.central.place;
  }

  /** Whatever its owner has on them goes where they go. @returns leaves it. */
  follow(moved: (place: Place) => void): () => void {
    this.#followers.add(moved);
    return () => this.#followers.delete(moved);
  }

  /** What its owner does; how it ends is in the view. @returns false for what makes no sense. */
  act(action: PhoneAction): boolean {
    switch (action.action) {
      case "go":
        if (action.door !== null && !(action.door in this.#options.doors)) return false;
        this.goTo(action.door ?? undefined);
        return true;
      case "tap":
        if (this.#door === undefined) return false;
        void this.tap();
        return true;
      case "carry":
        if (this.#door === undefined) return false;
        void this.carry();
        return true;
      case "online":
        void this.setOnline(action.online);
        return true;
      default:
        return false;
    }
  }

  /** @param door index; undefined: away from all. */
  goTo(door: number | undefined): void {
    if (door === this.#door) return;
    this.#door = door;
    const place = door === undefined ? AWAY : beside(this.#options.doors[door].place);
    this.#radio.central.moveTo(place);
    for (const moved of this.#followers) moved(place);
    this.#log(door === undefined ? "goes away" : "comes to the door");
    const { door: _before, answer: _answer, ...view } = this.#view;
    this.#show({ ...view, ...(door !== undefined && { door }) });
  }

  /** Opens the door before its owner. */
  async tap(): Promise<UnlockOutcome> {
    this.#log("taps");
    const door = this.#door;
    if (door !== undefined) this.#options.journeys.begin(door, "phone", this.name);
    const outcome = await this.#phone.unlock(this.#doorId(), { onProgress: (progress) => this.#show({ ...this.#view, doing: inEach((language) => explainProgress(progress, language)) }) });
    // Where the door has decided, it has said so itself by now.
    if (door !== undefined) this.#options.journeys.abandon(door, "phone");
    this.#answer(inEach((language) => explainUnlock(outcome, language)), outcome.opened);
    await this.#look();
    return outcome;
  }

  async carry(): Promise<CarryOutcome> {
    this.#log("helps the door as a courier");
    const outcome = await this.#phone.carry(this.#doorId());
    this.#answer(inEach((language) => explainCarry(outcome, language)), outcome.carried);
    await this.#look();
    return outcome;
  }

  /** Going online it asks for keys, brings what it has collected, and fetches what it is to carry. */
  async setOnline(online: boolean): Promise<void> {
    if (online === this.#online) return;
    this.#online = online;
    this.#log(online ? "has internet again" : "has no internet");
    this.#show({ ...this.#view, online });
    if (online) await this.refill();
  }

  async refill(): Promise<RefillOutcome> {
    const outcome = await this.#phone.refill();
    this.#answer(inEach((language) => explainRefill(outcome, language)), outcome.refilled);
    await this.#look();
    return outcome;
  }

  /** Forgets its keys. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#radio.central.powerOff();
    await this.#phone.signOut();
  }

  #doorId(): string {
    const door = this.#door === undefined ? undefined : this.#options.doors[this.#door].id;
    return door ?? "";
  }

  #answer(words: Record<Language, Words>, good: boolean): void {
    const { said, advice } = words.en;
    this.#log(`reads: ${said}${advice === undefined ? "" : ` ${advice}`}`);
    const { doing: _doing, ...view } = this.#view;
    this.#show({ ...view, answer: { said, ...(advice !== undefined && { advice }), good, in: words } });
  }

  /** What it holds now, and once more when it has done what it does by itself. */
  async #look(): Promise<void> {
    await this.#lookNow();
    void this.#phone.settled().then(() => this.#lookNow());
  }

  async #lookNow(): Promise<void> {
    if (this.#closed) return;
    const [doors, { down, up }] = await Promise.all([this.#phone.doors(), this.#phone.luggage()]);
    const place = ({ door }: { door: string }): number => this.#options.doors.findIndex(({ id }) => id === door);
    const nameOf = (id: string): string => this.#options.doors.find((door) => door.id === id)?.name ?? id;
    this.#show({
      ...this.#view,
      opens: doors.filter(({ opens }) => opens).sort((a, b) => place(a) - place(b)).map(({ door, name, handles }) => ({ name: name ?? nameOf(door), handles })),
      carries: down.filter(({ items }) => items > 0).length,
      brings: up.filter(({ items }) => items > 0).map(({ door, items }) => ({ name: nameOf(door), items })),
    });
  }

  #show(view: PhoneView): void {
    this.#view = view;
    if (!this.#closed) this.#options.onChange();
  }

  #log(text: string, source: "phone" | "radio" = "phone"): void {
    if (!this.#closed) this.#options.log.add(this.#door ?? NOWHERE, source, source === "phone" ? `${this.name} ${text}` : text);
  }
}

function inEach<T>(explain: (language: Language) => T): Record<Language, T> {
  return Object.fromEntries(Object.keys(DICTIONARIES).map((language) => [language, explain(language as Language)])) as Record<Language, T>;
}

function beside({ x, y }: Place): Place {
  return { x: x + 1, y };
}
