import type { Building } from "../building/building";
import type { Journey } from "../building/journeys";
import { STORY_STEPS, type PageHost, type StoryAction, type StoryStep, type StoryTruth, type StoryView } from "../building/story-view";
import type { ApiClient } from "./api-client";
import { RESIDENTS } from "./residents";
import { addResident, readPins, waitForLists, type FoundDoor } from "./seed";
import type { Session } from "./session";

/** Whom the story is about, and the doors in it. */
const [TENANT] = RESIDENTS;
const NEAR = 0;
const FAR = 2;
/** How often the cloud is asked what is true meanwhile, ms. */
const LOOK_MS = 700;
/** A new code reaches the doors within this, ms. */
const READY_MS = 30_000;
/** Between two keys, where the story types itself, ms. */
const KEY_MS = 180;

export interface StoryParts {
  building: Building;
  api: ApiClient;
  property: string;
  doors: readonly FoundDoor[];
  /** Who ends the access; undefined: the site's operator. */
  manager?: { session: Session; email: string };
  /** Index of the phone that carries the news. */
  courier?: number;
}

/**
 * The two-minute story. It looks at what doors and cloud really do, and goes on when that has happened, whoever did
 * it and where: at the page's keypads, with the story's button, or in the manager's own pages.
 */
export class Story implements NonNullable<PageHost["story"]> {
  onChange: (() => void) | undefined;
  #parts: StoryParts;
  #person: string | undefined;
  #view: StoryView;
  #stopListening: () => void;
  #looking: NodeJS.Timeout | undefined;
  #acting = false;
  #closed = false;

  /** @param person whose code it is; undefined: nobody until it is started anew. */
  constructor(parts: StoryParts, person: { id: string; name: string; pin: string } | undefined) {
    this.#parts = parts;
    this.#view = this.#beginning();
    this.#stopListening = parts.building.journeys.listen((journey) => this.#happened(journey));
    if (person !== undefined) this.#tell(person);
    this.#look();
  }

  get view(): StoryView {
    return this.#view;
  }

  act(action: StoryAction): boolean {
    if (this.#view.preparing) return false;
    if (action === "restart") {
      void this.#restart();
      return true;
    }
    const { now } = this.#view;
    if (now === undefined || this.#acting) return false;
    if (action === "skip") this.#pass(now, "skipped");
    else void this.#do(now);
    return true;
  }

  close(): void {
    this.#closed = true;
    this.#stopListening();
    clearTimeout(this.#looking);
  }

  get #far(): Building["doors"][number] {
    return this.#parts.building.doors[FAR];
  }

  #beginning(): StoryView {
    const { building, courier, manager, api, property } = this.#parts;
    return {
      preparing: false,
      failed: false,
      ...(courier !== undefined && { courier: { name: building.phones[courier].name, phone: courier } }),
      doors: { near: NEAR, far: FAR },
      done: [],
      skipped: [],
      truth: [],
      ...(manager && { manager: { url: `${api.url}/manage/${property}/people`, email: manager.email } }),
    };
  }

  #tell({ id, name, pin }: { id: string; name: string; pin: string }): void {
    this.#person = id;
    this.#change({ ...this.#beginning(), tenant: { name, pin }, now: STORY_STEPS[0] });
  }

  /** From the beginning, with the same tenant or, where their access has ended, with one who moves in anew. */
  async #restart(): Promise<void> {
    const { building, api, property, doors } = this.#parts;
    this.#person = undefined;
    this.#change({ ...this.#beginning(), preparing: true });
    for (const door of building.doors) {
      door.act({ action: "power", on: true });
      door.act({ action: "network", plugged: true });
    }
    for (const phone of building.phones) phone.goTo(undefined);
    try {
      const living = async () => (await readPins(api, property)).find(({ name }) => name === TENANT.name);
      if ((await living()) === undefined) await addResident(api, property, doors, TENANT, Date.now());
      await waitForLists(api, doors, READY_MS);
      this.#tell((await living())!);
    } catch {
      this.#change({ ...this.#beginning(), failed: true });
    }
  }

  /** What a door did: the steps at doors are done by it. */
  #happened({ door, start, who, decision, strike }: Journey): void {
    const { now, courier } = this.#view;
    if (decision === undefined || now === undefined) return;
    const opened = decision.reason === "granted" && strike !== undefined;
    if (now === "online" && door === NEAR && start === "code" && opened) this.#pass(now, "done");
    if (now === "offline" && door === FAR && start === "code" && opened && !decision.plugged) this.#pass(now, "done");
    if (now === "carry" && door === FAR && start === "phone" && who === courier?.name && opened) this.#pass(now, "done");
    if (now === "refused" && door === FAR && start === "code" && decision.reason === "unknown-credential") this.#pass(now, "done");
  }

  #pass(step: StoryStep, how: "done" | "skipped"): void {
    const { now: _now, ...view } = this.#view;
    const next = STORY_STEPS[STORY_STEPS.indexOf(step) + 1] as StoryStep | undefined;
    this.#change({ ...view, [how]: [...view[how], step], ...(next !== undefined && { now: next }) });
  }

  /** Asks the cloud, as long as the access lasts or a door does not know of its end. */
  #look(): void {
    this.#looking = setTimeout(() => void this.#lookNow().catch(() => {}).finally(() => !this.#closed && this.#look()), LOOK_MS);
  }

  async #lookNow(): Promise<void> {
    const { api, doors } = this.#parts;
    const person = this.#person;
    if (person === undefined || this.#view.now === undefined) return;
    const { revokedAt } = await api.get<{ revokedAt: string | null }>(`/people/${person}`);
    if (revokedAt === null) return;
    type Truth = { doors: { door: string; state: string; acknowledgedAt: string | null; acknowledgedBy: "network" | "phone" | null; mayOpenUntil: string | null }[] };
    const truth = (await api.get<Truth>(`/people/${person}/truth`)).doors.map(
      ({ door, state, acknowledgedAt, acknowledgedBy, mayOpenUntil }): StoryTruth => ({
        door: doors.findIndex(({ id }) => id === door),
        ...(acknowledgedAt !== null && { acknowledgedAt }),
        ...(acknowledgedBy !== null && { by: acknowledgedBy }),
        ...(state === "pending" && mayOpenUntil !== null && { mayOpenUntil }),
      }),
    );
    if (this.#person !== person) return;
    truth.sort((a, b) => a.door - b.door);
    if (JSON.stringify(truth) !== JSON.stringify(this.#view.truth)) this.#change({ ...this.#view, truth });
    // The doors that have their network know at once: that is the end of this step.
    const { now, courier } = this.#view;
    if (now === "end" && truth.some(({ acknowledgedAt }) => acknowledgedAt !== undefined)) this.#pass(now, "done");
    // Without phones it is the network that brings it.
    if (now === "carry" && courier === undefined && truth.some(({ door, acknowledgedAt }) => door === FAR && acknowledgedAt !== undefined)) this.#pass(now, "done");
  }

  /** Does a step in the reader's place; what it comes to is seen as if the reader had done it. */
  async #do(step: StoryStep): Promise<void> {
    const { building, courier, manager, api } = this.#parts;
    const { tenant } = this.#view;
    this.#acting = true;
    try {
      if (step === "online") await this.#type(NEAR, tenant!.pin);
      if (step === "offline" || step === "refused") {
        if (step === "offline") this.#far.act({ action: "network", plugged: false });
        await this.#type(FAR, tenant!.pin);
      }
      if (step === "end") {
        if (manager === undefined) await api.post("/revocations", { person: this.#person });
        else await manager.session.send("POST", "/revocations", { person: this.#person });
      }
      if (step === "carry" && courier !== undefined) {
        building.phones[courier].goTo(FAR);
        await building.phones[courier].tap();
      } else if (step === "carry") this.#far.act({ action: "network", plugged: true });
    } catch {
      this.#change({ ...this.#view, failed: true });
    } finally {
      this.#acting = false;
    }
  }

  async #type(door: number, pin: string): Promise<void> {
    for (const key of pin) {
      this.#parts.building.doors[door].act({ action: "key", key });
      await new Promise((resolve) => setTimeout(resolve, KEY_MS));
    }
  }

  #change(view: StoryView): void {
    this.#view = view;
    if (!this.#closed) this.onChange?.();
  }
}
