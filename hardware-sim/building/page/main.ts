/** The building's page. */
import type { DoorView } from "../door-view";
import type { PhoneView } from "../phones/phone-view";
import { act, actWithPhone, follow } from "./api";
import { DoorCard } from "./door-card";
import { LogList } from "./log-list";
import { PhoneCard } from "./phone-card";

function byId(id: string): HTMLElement {
  return document.getElementById(id) as HTMLElement;
}

const template = byId("door-template") as HTMLTemplateElement;
const phoneTemplate = byId("phone-template") as HTMLTemplateElement;
const filter = byId("log-door") as HTMLSelectElement;
const log = new LogList(byId("lines"));
let cards: DoorCard[] = [];
let doorNames: string[] = [];
const phoneCards: PhoneCard[] = [];

filter.addEventListener("change", () => log.filter(filter.value === "" ? undefined : Number(filter.value)));
byId("log-clear").addEventListener("click", () => log.clear());
setInterval(() => {
  for (const card of cards) card.tick();
}, 1000);

function showBuilding(doors: DoorView[]): void {
  log.restart();
  const names = doors.map((door) => door.name);
  // After a reconnection the same cards go on, with focus where it was.
  if (names.join("\n") === doorNames.join("\n")) return doors.forEach((door) => cards[door.index].show(door));
  doorNames = names;
  log.setNames(names);
  cards = doors.map((door) => new DoorCard(template, door, (action) => act(door.index, action)));
  byId("doors").replaceChildren(...cards.map((card) => card.element));
  filter.replaceChildren(new Option("All", ""), ...doors.map((door) => new Option(door.name, String(door.index))));
}

function showPhones(phones: PhoneView[]): void {
  for (const phone of phones) showPhone(phone);
  for (const card of phoneCards.splice(phones.length)) card.element.remove();
  byId("phones-part").hidden = phoneCards.length === 0;
}

/** Phones may come while the page is open. */
function showPhone(phone: PhoneView): void {
  if (phone.index < phoneCards.length) return phoneCards[phone.index].show(phone);
  const card = new PhoneCard(phoneTemplate, phone, doorNames, (action) => actWithPhone(phone.index, action));
  phoneCards.push(card);
  byId("phones").append(card.element);
  byId("phones-part").hidden = false;
}

follow({
  onBuilding: showBuilding,
  onDoor: (door) => cards[door.index]?.show(door),
  onPhones: showPhones,
  onPhone: showPhone,
  onLine: (line) => log.add(line),
  onLive(live) {
    const stream = byId("stream");
    stream.dataset.state = live ? "live" : "lost";
    stream.textContent = live ? "Live" : "The building does not answer; trying again…";
  },
});
