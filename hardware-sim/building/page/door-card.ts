import type { DoorAction, DoorView } from "../door-view";
import { describeDoor } from "./describe-door";
import { makeKeypad } from "./keypad";

/** One door on the page: a drawing that follows its view, and the things a person can do there. */
export class DoorCard {
  readonly element: HTMLElement;
  #view: DoorView;
  #act: (action: DoorAction) => void;

  constructor(template: HTMLTemplateElement, view: DoorView, act: (action: DoorAction) => void) {
    this.element = (template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
    this.#view = view;
    this.#act = act;
    const heading = this.#part(".door-name");
    heading.textContent = view.name;
    heading.id = `door-${view.index}`;
    this.element.setAttribute("aria-labelledby", heading.id);
    const keypad = this.#part(".keypad");
    keypad.setAttribute("aria-label", `Keypad of ${view.name}`);
    makeKeypad(keypad, (key) => act({ action: "key", key }));
    this.#cardSlot(this.#part(".card-slot") as HTMLFormElement);
    this.#control("leaf").addEventListener("click", () => act({ action: "leaf", open: !this.#view.leafOpen }));
    this.#control("force").addEventListener("click", () => act({ action: "leaf", open: true, force: true }));
    this.#control("network").addEventListener("click", () => act({ action: "network", plugged: !this.#view.network }));
    this.#control("power").addEventListener("click", () => act({ action: "power", on: !this.#view.power }));
    this.#holdable("exit");
    this.#holdable("service");
    this.show(view);
  }

  show(view: DoorView): void {
    this.#view = view;
    const { dataset } = this.element;
    dataset.leaf = view.leafOpen ? "open" : "closed";
    dataset.strike = view.strike ? "open" : "locked";
    dataset.led = view.ledGreen ? "green" : "off";
    dataset.buzzer = view.buzzer ? "on" : "off";
    dataset.power = view.power ? "on" : "off";
    this.#chip("power", view.power ? "power" : "no power", view.power);
    this.#chip("network", view.network ? "network" : "unplugged", view.network);
    this.#chip("cloud", view.linked ? "cloud" : "no cloud", view.linked);
    const open = view.otherOutputs.flatMap((isOpen, index) => (isOpen ? [index + 1] : []));
    this.#part(`[data-chip="outputs"]`).hidden = open.length === 0;
    this.#chip("outputs", `output ${open.join(", ")} open`, true);
    this.#control("leaf").textContent = view.leafOpen ? "Close the leaf" : "Pull the leaf open";
    this.#control("force").hidden = view.leafOpen;
    this.#control("exit").classList.toggle("held", view.exitHeld);
    this.#control("service").classList.toggle("held", view.serviceHeld);
    this.#control("network").setAttribute("aria-checked", String(view.network));
    this.#control("power").setAttribute("aria-checked", String(view.power));
    const { text, tone } = describeDoor(view);
    const sentence = this.#part(".sentence");
    // A status that is set again is read out again.
    if (sentence.textContent !== text) sentence.textContent = text;
    sentence.dataset.tone = tone;
    this.#fact("id", view.id ?? "none yet");
    this.#part(".claim").hidden = view.claim === undefined;
    this.#fact("claim", view.claim ?? "");
    const { list } = view;
    this.#fact("list", list && list.version > 0 ? `version ${list.version}, epoch ${list.epoch}` : "none yet");
    const lease = list && list.leaseEnd > 0 ? `until ${new Date(list.leaseEnd * 1000).toLocaleString()}` : "none";
    this.#fact("lease", lease);
    this.tick();
  }

  /** Lets the door's clock go on. */
  tick(): void {
    const { clock, power } = this.#view;
    if (!power || !clock) return this.#fact("clock", power ? "not heard yet" : "no power");
    if (clock.time === 0) return this.#fact("clock", "unknown to the door");
    const now = clock.time * 1000 + (Date.now() - clock.at);
    this.#fact("clock", new Date(now).toLocaleString());
  }

  #part(selector: string): HTMLElement {
    return this.element.querySelector<HTMLElement>(selector) as HTMLElement;
  }

  #control(name: string): HTMLButtonElement {
    return this.element.querySelector<HTMLButtonElement>(`[data-control="${name}"]`) as HTMLButtonElement;
  }

  #chip(name: string, text: string, good: boolean): void {
    const chip = this.#part(`[data-chip="${name}"]`);
    chip.textContent = text;
    chip.dataset.state = good ? "good" : "bad";
  }

  #fact(name: string, text: string): void {
    const fact = this.#part(`[data-fact="${name}"]`);
    if (fact.textContent !== text) fact.textContent = text;
  }

  /** The card stays in its field, as it stays in a pocket. */
  #cardSlot(form: HTMLFormElement): void {
    const input = form.elements.namedItem("card") as HTMLInputElement;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#act({ action: "card", card: input.value });
    });
  }

  /** Pressed as long as pointer or key hold it; a click without either (a screen reader's) is a short press. */
  #holdable(action: "exit" | "service"): void {
    const button = this.#control(action);
    let held = false;
    let byHand = false;
    const hold = (value: boolean): void => {
      if (held === value) return;
      held = value;
      byHand = true;
      this.#act({ action, held });
    };
    button.addEventListener("pointerdown", (event) => {
      button.setPointerCapture(event.pointerId);
      hold(true);
    });
    for (const type of ["pointerup", "pointercancel", "blur"] as const) button.addEventListener(type, () => hold(false));
    const isPress = (event: KeyboardEvent): boolean => event.key === " " || event.key === "Enter";
    button.addEventListener("keydown", (event) => {
      if (isPress(event)) hold(true);
    });
    button.addEventListener("keyup", (event) => {
      if (isPress(event)) hold(false);
    });
    button.addEventListener("click", () => {
      if (!byHand) {
        this.#act({ action, held: true });
        this.#act({ action, held: false });
      }
      byHand = held;
    });
  }
}
