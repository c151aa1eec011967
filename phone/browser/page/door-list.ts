import type { ListedDoor } from "../../listing";
import type { Texts } from "./texts";

/** What a person can do at a door. */
export interface DoorActs {
  unlock(door: ListedDoor, onProgress: (text: string) => void): Promise<Answer>;
  carry(door: ListedDoor, onProgress: (text: string) => void): Promise<Answer>;
}
export interface Answer {
  good: boolean;
  text: string;
}

/** The list of doors. An item stays the same element while its door is listed, so that focus and answers stay. */
export class DoorList {
  readonly #list: HTMLElement;
  readonly #template: HTMLTemplateElement;
  readonly #texts: Texts;
  readonly #acts: DoorActs;
  readonly #items = new Map<string, HTMLElement>();

  constructor({ list, template, texts, acts }: { list: HTMLElement; template: HTMLTemplateElement; texts: Texts; acts: DoorActs }) {
    this.#list = list;
    this.#template = template;
    this.#texts = texts;
    this.#acts = acts;
  }

  show(doors: readonly ListedDoor[]): void {
    for (const door of doors) this.#show(this.#items.get(door.door) ?? this.#add(door), door);
    for (const [id, item] of this.#items) {
      if (doors.some(({ door }) => door === id)) continue;
      item.remove();
      this.#items.delete(id);
    }
  }

  #add(door: ListedDoor): HTMLElement {
    const item = (this.#template.content.cloneNode(true) as DocumentFragment).querySelector("li") as HTMLElement;
    item.dataset.door = door.door;
    this.#wire(item, ".unlock", this.#texts.unlock, (tell) => this.#acts.unlock(door, tell));
    this.#wire(item, ".carry", this.#texts.carry, (tell) => this.#acts.carry(door, tell));
    this.#items.set(door.door, item);
    this.#list.append(item);
    return item;
  }

  #show(item: HTMLElement, { door, name, propertyName, opens, handles }: ListedDoor): void {
    part(item, "h3").textContent = name ?? door;
    part(item, ".place").textContent = opens ? `${propertyName} · ${this.#texts.handles(handles)}` : propertyName;
    part(item, ".unlock").hidden = !opens;
    part(item, ".unlock").setAttribute("aria-label", `${this.#texts.unlock}: ${name ?? door}`);
    part(item, ".carry").setAttribute("aria-label", `${this.#texts.carry}: ${name ?? door}`);
  }

  /** The act begins within the tap: only there may a page ask for the browser's list of devices. */
  #wire(item: HTMLElement, selector: string, label: string, act: (tell: (text: string) => void) => Promise<Answer>): void {
    const button = part(item, selector) as HTMLButtonElement;
    button.textContent = label;
    button.addEventListener("click", () => {
      const answer = part(item, ".answer");
      answer.textContent = "…";
      delete answer.dataset.tone;
      button.setAttribute("aria-busy", "true");
      void act((text) => (answer.textContent = text)).then(({ good, text }) => {
        button.removeAttribute("aria-busy");
        answer.dataset.tone = good ? "good" : "bad";
        answer.textContent = text;
      });
    });
  }
}

function part(item: HTMLElement, selector: string): HTMLElement {
  return item.querySelector(selector) as HTMLElement;
}
