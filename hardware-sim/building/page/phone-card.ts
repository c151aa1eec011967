import type { PhoneAction, PhoneView } from "../phones/phone-view";

/** One phone on the page: where its owner stands, what they can do with it, and what it says. */
export class PhoneCard {
  readonly element: HTMLElement;
  #view: PhoneView;
  #place: HTMLSelectElement;

  constructor(template: HTMLTemplateElement, view: PhoneView, doors: readonly string[], act: (action: PhoneAction) => void) {
    this.element = (template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
    this.#view = view;
    const heading = this.#part(".phone-name");
    heading.textContent = view.name;
    heading.id = `phone-${view.index}`;
    this.element.setAttribute("aria-labelledby", heading.id);
    this.#place = this.#part(".place select") as HTMLSelectElement;
    this.#place.append(new Option("Nowhere near a door", ""), ...doors.map((name, index) => new Option(name, String(index))));
    this.#place.addEventListener("change", () => act({ action: "go", door: this.#place.value === "" ? null : Number(this.#place.value) }));
    this.#control("tap").addEventListener("click", () => act({ action: "tap" }));
    this.#control("carry").addEventListener("click", () => act({ action: "carry" }));
    this.#control("online").addEventListener("click", () => act({ action: "online", online: !this.#view.online }));
    this.show(view);
  }

  show(view: PhoneView): void {
    this.#view = view;
    const { door, online, doing, answer, opens, carries, brings } = view;
    this.#place.value = door === undefined ? "" : String(door);
    this.#control("tap").disabled = door === undefined || doing !== undefined;
    this.#control("carry").disabled = door === undefined || doing !== undefined;
    this.#control("online").setAttribute("aria-checked", String(online));
    const sentence = this.#part(".sentence");
    const text = doing ?? [answer?.said, answer?.advice].filter((each) => each !== undefined).join(" ");
    // A status that is set again is read out again.
    if (sentence.textContent !== text) sentence.textContent = text;
    sentence.dataset.tone = doing !== undefined || answer === undefined ? "plain" : answer.good ? "good" : "bad";
    this.#fact("opens", opens.map(({ name, handles }) => `${name} (${handles})`).join(", ") || "nothing");
    this.#fact("carries", carries === 0 ? "nothing" : `for ${carries === 1 ? "one door" : `${carries} doors`}`);
    this.#fact("brings", brings.map(({ name, items }) => `${name}: ${items}`).join(", ") || "nothing");
  }

  #part(selector: string): HTMLElement {
    return this.element.querySelector<HTMLElement>(selector) as HTMLElement;
  }

  #control(name: string): HTMLButtonElement {
    return this.element.querySelector<HTMLButtonElement>(`[data-control="${name}"]`) as HTMLButtonElement;
  }

  #fact(name: string, text: string): void {
    const fact = this.#part(`[data-fact="${name}"]`);
    if (fact.textContent !== text) fact.textContent = text;
  }
}
