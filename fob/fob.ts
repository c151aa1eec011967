import { fobKeys } from "../protocol/fob-identity";
import { DoorVisit, type VisitEnd } from "./door-visit";
import { EditMode } from "./edit-mode";
import { FobButtons } from "./fob-buttons";
import type { FobDevice } from "./fob-device";
import { FobLights, type FobSignal } from "./fob-lights";
import { FOB_DOMAIN, FobMemory } from "./fob-memory";

/**
 * A smart key (S6–S8): four buttons, each of which opens one door by the same three messages as a phone; buttons 2
 * and 4 held together let a phone bring it another assignment. It sends nothing by itself.
 */
export class Fob {
  #device: FobDevice;
  #memory: FobMemory;
  #lights: FobLights;
  #edit: EditMode | undefined;
  #visit: DoorVisit | undefined;

  constructor(device: FobDevice) {
    this.#device = device;
    this.#memory = new FobMemory(device.keyValue.open({ path: FOB_DOMAIN, format: "buffer" }));
    this.#lights = new FobLights(device);
    const { identity } = this.#memory;
    if (identity === undefined) device.trace("no identity: not made to the end");
    else {
      this.#edit = new EditMode(device, this.#memory, identity.id, fobKeys(device.hashes, identity), {
        onStaged: () => this.#lights.show("staged"),
        onCommitted: () => this.#lights.show("committed"),
        onEnd: () => this.#lights.show("dark"),
      });
    }
    new FobButtons(device, { onPress: (button) => this.#press(button), onEdit: () => this.#startEdit() });
  }

  /** A press ends edit mode, and does nothing else where that was still to do something. One visit at a time. */
  #press(at: number): void {
    if (this.#edit?.on === true) {
      this.#edit.stop();
      if (!this.#edit.done) return;
    }
    if (this.#visit !== undefined) return;
    const button = this.#memory.active.buttons[at];
    if (button === undefined) return this.#lights.show("nothing");
    this.#lights.show("busy");
    this.#visit = new DoorVisit(this.#device, button, this.#memory.takeHandle(at), (end) => {
      this.#visit = undefined;
      this.#lights.show(signalOf(end));
    });
    this.#visit.start();
  }

  #startEdit(): void {
    if (this.#edit === undefined) return this.#lights.show("nothing");
    this.#visit?.stop();
    this.#edit.start();
    this.#lights.show("editing");
  }
}

function signalOf(end: VisitEnd): FobSignal {
  if (end === "no-door" || !end.proved) return "nothing";
  if (end.status === "second-credential-needed") return "pin";
  return end.status === "granted" ? "opened" : "refused";
}
