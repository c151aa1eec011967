import type { LogLine } from "../building-log";
import type { DoorAction, DoorView } from "../door-view";

export interface StreamEvents {
  onBuilding(doors: DoorView[]): void;
  onDoor(door: DoorView): void;
  onLine(line: LogLine): void;
  onLive(live: boolean): void;
}

/** Follows the building; the browser reconnects by itself and says where it was. */
export function follow(events: StreamEvents): void {
  const source = new EventSource("/events");
  const data = (event: Event): unknown => JSON.parse((event as MessageEvent<string>).data);
  source.addEventListener("open", () => events.onLive(true));
  source.addEventListener("error", () => events.onLive(false));
  source.addEventListener("building", (event) => events.onBuilding(data(event) as DoorView[]));
  source.addEventListener("door", (event) => events.onDoor(data(event) as DoorView));
  source.addEventListener("line", (event) => events.onLine(data(event) as LogLine));
}

/** Actions arrive in the order in which they were done. */
let last: Promise<unknown> = Promise.resolve();

export function act(door: number, action: DoorAction): void {
  const send = (): Promise<unknown> =>
    fetch(`/doors/${door}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(action),
    }).catch(() => undefined);
  last = last.then(send);
}
