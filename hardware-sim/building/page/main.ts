/** The building's page. */
import type { DoorView } from "../door-view";
import { act, follow } from "./api";
import { DoorCard } from "./door-card";
import { LogList } from "./log-list";

function byId(id: string): HTMLElement {
  return document.getElementById(id) as HTMLElement;
}

const template = byId("door-template") as HTMLTemplateElement;
const filter = byId("log-door") as HTMLSelectElement;
const log = new LogList(byId("lines"));
let cards: DoorCard[] = [];
let names = "";

filter.addEventListener("change", () => log.filter(filter.value === "" ? undefined : Number(filter.value)));
byId("log-clear").addEventListener("click", () => log.clear());
setInterval(() => {
  for (const card of cards) card.tick();
}, 1000);

function showBuilding(doors: DoorView[]): void {
  log.restart();
  const now = doors.map((door) => door.name).join("\n");
  // After a reconnection the same cards go on, with focus where it was.
  if (now === names) return doors.forEach((door) => cards[door.index].show(door));
  names = now;
  log.setNames(doors.map((door) => door.name));
  cards = doors.map((door) => new DoorCard(template, door, (action) => act(door.index, action)));
  byId("doors").replaceChildren(...cards.map((card) => card.element));
  filter.replaceChildren(new Option("All", ""), ...doors.map((door) => new Option(door.name, String(door.index))));
}

follow({
  onBuilding: showBuilding,
  onDoor: (door) => cards[door.index]?.show(door),
  onLine: (line) => log.add(line),
  onLive(live) {
    const stream = byId("stream");
    stream.dataset.state = live ? "live" : "lost";
    stream.textContent = live ? "Live" : "The building does not answer; trying again…";
  },
});
