import type { LogLine } from "../building-log";

const LINES_SHOWN = 400;

/** The log, newest line first, for all doors or for one. */
export class LogList {
  #list: HTMLElement;
  #names: string[] = [];
  #last = 0;
  #door: number | undefined;
  #lines: LogLine[] = [];

  constructor(list: HTMLElement) {
    this.#list = list;
    this.#render();
  }

  setNames(names: string[]): void {
    this.#names = names;
  }

  /** A line; one that is known already (after a reconnection) is left out. */
  add(line: LogLine): void {
    if (line.sequence <= this.#last) return;
    this.#last = line.sequence;
    this.#lines.push(line);
    if (this.#lines.length > LINES_SHOWN) this.#lines.shift();
    if (!this.#shown(line)) return;
    this.#list.querySelector(".empty")?.remove();
    this.#list.prepend(this.#item(line));
    while (this.#list.childElementCount > LINES_SHOWN) this.#list.lastElementChild?.remove();
  }

  /** The building was started anew: its lines count from 1 again. */
  restart(): void {
    this.#last = 0;
  }

  filter(door: number | undefined): void {
    this.#door = door;
    this.#render();
  }

  clear(): void {
    this.#lines = [];
    this.#render();
  }

  #shown(line: LogLine): boolean {
    return this.#door === undefined || line.door === this.#door;
  }

  #render(): void {
    const items = this.#lines.filter((line) => this.#shown(line)).map((line) => this.#item(line));
    this.#list.replaceChildren(...items.reverse());
    if (items.length > 0) return;
    const empty = document.createElement("li");
    empty.className = "empty";
    empty.textContent = "Nothing yet. Press a key at a door.";
    this.#list.append(empty);
  }

  #item(line: LogLine): HTMLElement {
    const item = document.createElement("li");
    item.dataset.source = line.source;
    const time = document.createElement("time");
    const date = new Date(line.at);
    time.dateTime = date.toISOString();
    time.textContent = `${date.toLocaleTimeString([], { hour12: false })}.${String(date.getMilliseconds()).padStart(3, "0")}`;
    item.append(time, span("where", this.#names[line.door] ?? ""), span("source", line.source), span("text", line.text));
    return item;
  }
}

function span(name: string, text: string): HTMLElement {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = text;
  return element;
}
