import { useEffect, useState } from "preact/hooks";
import type { LogLine } from "../building-log";
import type { DoorView } from "../door-view";
import type { FobView } from "../fobs/fob-view";
import type { Journey } from "../journeys";
import type { PhoneView } from "../phones/phone-view";
import type { StoryView } from "../story-view";

const LINES_SHOWN = 400;
const JOURNEYS_SHOWN = 40;

export interface BuildingState {
  /** undefined: not connected yet. */
  live: boolean | undefined;
  doors: DoorView[];
  phones: PhoneView[];
  fobs: FobView[];
  /** Newest first. */
  journeys: Journey[];
  /** Newest first. */
  lines: LogLine[];
  story?: StoryView;
  cloudUrl?: string;
}

const NOTHING: BuildingState = { live: undefined, doors: [], phones: [], fobs: [], journeys: [], lines: [] };

/** Follows the building; the browser reconnects by itself and says where it was. */
export function useBuilding(): BuildingState {
  const [state, setState] = useState(NOTHING);
  useEffect(() => {
    const source = new EventSource("/events");
    const on = <T>(name: string, next: (state: BuildingState, data: T) => BuildingState): void =>
      source.addEventListener(name, (event) => {
        const data = JSON.parse((event as MessageEvent<string>).data) as T;
        setState((before) => next(before, data));
      });
    source.addEventListener("open", () => setState((before) => ({ ...before, live: true })));
    source.addEventListener("error", () => setState((before) => ({ ...before, live: false })));
    on<DoorView[]>("building", (before, doors) => ({ ...before, doors }));
    on<DoorView>("door", (before, door) => ({ ...before, doors: put(before.doors, door) }));
    on<PhoneView[]>("phones", (before, phones) => ({ ...before, phones }));
    on<PhoneView>("phone", (before, phone) => ({ ...before, phones: put(before.phones, phone) }));
    on<FobView[]>("fobs", (before, fobs) => ({ ...before, fobs }));
    on<FobView>("fob", (before, fob) => ({ ...before, fobs: put(before.fobs, fob) }));
    on<Journey[]>("journeys", (before, journeys) => ({ ...before, journeys: [...journeys].reverse() }));
    on<Journey>("journey", (before, journey) => ({ ...before, journeys: withJourney(before.journeys, journey) }));
    on<StoryView>("story", (before, story) => ({ ...before, story }));
    on<{ cloudUrl: string }>("host", (before, { cloudUrl }) => ({ ...before, cloudUrl }));
    on<LogLine>("line", (before, line) => ({ ...before, lines: withLine(before.lines, line) }));
    return () => source.close();
  }, []);
  return state;
}

/** In place of the one with its index, or as the next. */
function put<T extends { index: number }>(all: T[], one: T): T[] {
  return one.index < all.length ? all.map((each) => (each.index === one.index ? one : each)) : [...all, one];
}

function withJourney(journeys: Journey[], journey: Journey): Journey[] {
  return journeys.some(({ id }) => id === journey.id) ? journeys.map((each) => (each.id === journey.id ? journey : each)) : [journey, ...journeys].slice(0, JOURNEYS_SHOWN);
}

/** One that is known already (after a reconnection) is left out; a building that was started anew counts from 1 again. */
function withLine(lines: LogLine[], line: LogLine): LogLine[] {
  const [newest] = lines;
  if (newest === undefined || line.sequence > newest.sequence) return [line, ...lines].slice(0, LINES_SHOWN);
  return line.at > newest.at ? [line] : lines;
}
