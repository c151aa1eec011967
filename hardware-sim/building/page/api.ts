import type { LogLine } from "../building-log";
import type { DoorAction, DoorView } from "../door-view";
import type { PhoneAction, PhoneView } from "../phones/phone-view";

export interface StreamEvents {
  onBuilding(doors: DoorView[]): void;
  onDoor(door: DoorView): void;
  onPhones(phones: PhoneView[]): void;
  onPhone(phone: PhoneView): void;
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
  source.addEventListener("phones", (event) => events.onPhones(data(event) as PhoneView[]));
  source.addEventListener("phone", (event) => events.onPhone(data(event) as PhoneView));
  source.addEventListener("line", (event) => events.onLine(data(event) as LogLine));
}

/** Actions arrive in the order in which they were done. */
let last: Promise<unknown> = Promise.resolve();

export function act(door: number, action: DoorAction): void {
  post(`/doors/${door}`, action);
}

export function actWithPhone(phone: number, action: PhoneAction): void {
  post(`/phones/${phone}`, action);
}

function post(path: string, action: DoorAction | PhoneAction): void {
  const send = (): Promise<unknown> =>
    fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(action),
    }).catch(() => undefined);
  last = last.then(send);
}
