import type { Reason } from "../../protocol/decision";
import type { EventRecord } from "../../protocol/event-record";
import type { KindName } from "./door-view";

/** What somebody did that a door answered to, or something did by itself. */
export type JourneyStart = "code" | "card" | "phone" | "fob" | "exit" | "afar" | "forced" | "held-open";

/** One attempt from the press to the relay, and on to the cloud. Plain data: it crosses to the browser as JSON. */
export interface Journey {
  /** Counts from 1 over the whole building. */
  id: number;
  /** Index of the door. */
  door: number;
  /** Unix ms. */
  at: number;
  start: JourneyStart;
  /** Whose phone or fob. */
  who?: string;
  /** Keys pressed so far. Which ones is nobody's business. */
  keys?: number;
  decision?: {
    at: number;
    reason: Reason;
    /** Of the list that it decided by. */
    version?: number;
    /** Whether the door had its network cable. */
    plugged: boolean;
    /** Of its event in the door's log; absent: refused so often that it was counted only. */
    sequence?: number;
  };
  strike?: { openedAt: number; lockedAt?: number };
  /** The cloud has the event; which way the door heard so. */
  cloud?: { at: number; by: "network" | "phone" };
  /** It came to nothing: what was begun was given up. */
  abandoned?: true;
}

/** Journeys that a page which opens late still sees. */
const JOURNEYS_KEPT = 40;
/** Keys and taps that nothing followed within this are given up, ms. A door forgets half a code sooner. */
const PATIENCE_MS = 12_000;
/** A relay that moves within this after a decision moved because of it, ms. */
const STRIKE_MS = 3_000;

const STARTS: Partial<Record<KindName, JourneyStart>> = { pin: "code", pin2: "code", unitPin: "code", card: "card", phone: "phone", fob: "fob" };

/** What a door knows at the moment of something. */
export interface AtDoor {
  door: number;
  version: number | undefined;
  plugged: boolean;
}

/** Puts together what belongs to one attempt: keys, decision, relay, and the cloud's acknowledgement. */
export class Journeys {
  #journeys: Journey[] = [];
  #count = 0;
  #listeners = new Set<(journey: Journey) => void>();
  /** Doors whose relay is energised: whoever is let in now prolongs that. */
  #energised = new Set<number>();
  /** Doors whose last decision is in their log, and has not been traced yet. */
  #recorded = new Set<number>();

  /** Oldest first. */
  get all(): readonly Journey[] {
    return this.#journeys;
  }

  /** @returns takes the listener off. */
  listen(listener: (journey: Journey) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Somebody begins, or goes on: another key of a code belongs to the keys before it. */
  begin(door: number, start: JourneyStart, who?: string): void {
    const open = this.#open(door, start);
    if (open !== undefined && start === "code") return this.#change(open, { keys: (open.keys ?? 0) + 1 });
    if (open !== undefined) this.#change(open, { abandoned: true });
    this.#add({ door, start, ...(who !== undefined && { who }), ...(start === "code" && { keys: 1 }) });
  }

  /** It was taken back, or never reached the door. */
  abandon(door: number, start: JourneyStart): void {
    const open = this.#open(door, start);
    if (open !== undefined) this.#change(open, { abandoned: true });
  }

  /** A door has written an event into its log. */
  recorded({ door, version, plugged }: AtDoor, { type, reason, kind, sequence }: Pick<EventRecord, "type" | "reason" | "sequence"> & { kind: KindName | undefined }): void {
    const decision = { at: Date.now(), ...(version !== undefined && { version }), plugged, sequence };
    if (type === "decision") {
      this.#recorded.add(door);
      const start = (kind && STARTS[kind]) ?? "code";
      this.#decided(door, start, { ...decision, reason });
    } else if (type === "request-to-exit") this.#add({ door, start: "exit", decision: { ...decision, reason: "granted" } });
    else if (type === "remote-unlock") this.#add({ door, start: "afar", decision: { ...decision, reason: "granted" } });
    else if (type === "forced-open" || type === "held-open") this.#add({ door, start: type === "forced-open" ? "forced" : "held-open", decision: { ...decision, reason: "granted" } });
  }

  /** A door has said what it decided: news where that was only counted and stands in no log. */
  traced({ door, version, plugged }: AtDoor, reason: Reason): void {
    if (this.#recorded.delete(door)) return;
    const open = this.#journeys.findLast((journey) => journey.door === door && isOpen(journey));
    this.#decided(door, open?.start ?? "code", { at: Date.now(), reason, ...(version !== undefined && { version }), plugged });
  }

  /** The strike's relay moves. */
  strike(door: number, open: boolean): void {
    const at = Date.now();
    if (open) this.#energised.add(door);
    else this.#energised.delete(door);
    for (const journey of [...this.#journeys].reverse()) {
      const { decision, strike } = journey;
      if (journey.door !== door) continue;
      if (!open && strike !== undefined && strike.lockedAt === undefined) this.#change(journey, { strike: { ...strike, lockedAt: at } });
      if (open && decision !== undefined) {
        if (opens(journey) && at - decision.at < STRIKE_MS) this.#change(journey, { strike: { openedAt: at } });
        return;
      }
    }
  }

  /** The cloud has all events of a door below a number. */
  acknowledged(door: number, sequence: number, by: "network" | "phone"): void {
    for (const journey of this.#journeys) {
      const number = journey.door === door && journey.cloud === undefined ? journey.decision?.sequence : undefined;
      if (number !== undefined && number < sequence) this.#change(journey, { cloud: { at: Date.now(), by } });
    }
  }

  #decided(door: number, start: JourneyStart, decision: NonNullable<Journey["decision"]>): void {
    const open = this.#open(door, start);
    const prolonged = this.#energised.has(door) && decision.reason === "granted" ? { strike: { openedAt: decision.at } } : {};
    if (open === undefined) this.#add({ door, start, decision, ...prolonged });
    else this.#change(open, { decision, ...prolonged });
  }

  #open(door: number, start: JourneyStart): Journey | undefined {
    return this.#journeys.findLast((journey) => journey.door === door && journey.start === start && isOpen(journey));
  }

  #add(journey: Omit<Journey, "id" | "at">): void {
    const added = { id: ++this.#count, at: Date.now(), ...journey };
    this.#journeys.push(added);
    if (this.#journeys.length > JOURNEYS_KEPT) this.#journeys.shift();
    this.#tell(added);
  }

  #change(journey: Journey, change: Partial<Journey>): void {
    Object.assign(journey, change);
    this.#tell(journey);
  }

  #tell(journey: Journey): void {
    for (const listener of this.#listeners) listener(journey);
  }
}

function opens({ start, decision }: Journey): boolean {
  return decision?.reason === "granted" && start !== "forced" && start !== "held-open";
}

function isOpen({ decision, abandoned, at }: Journey): boolean {
  return decision === undefined && abandoned === undefined && Date.now() - at < PATIENCE_MS;
}
