import { CLAIM_SECRET_BYTES } from "../../protocol/enrolment";
import type { NewEvent } from "../event-log/new-event";
import type { Device, KeyValue } from "../device";
import { SERVICE_EVENT_POLL_MS, SERVICE_EVENT_WAIT_MS } from "../limits";
import { beginForgetting, FORGETTING, type Forgetting } from "./forgetting";

/** What of a claimed door an owner's leave depends on. */
export interface Owned {
  /** The list in force says that the door may be claimed anew. */
  readonly released: boolean;
  /** Every event is with the cloud. */
  readonly allSent: boolean;
  note(event: NewEvent): void;
}

export interface OwnershipOptions {
  device: Pick<Device, "timer" | "randomBytes" | "system" | "trace">;
  keyValue: KeyValue;
  /** undefined while nobody owns the door. */
  owned(): Owned | undefined;
  signal: { granted(): void; error(): void };
  /** All outputs to their secure state: the board starts anew. */
  secure(): void;
}

/**
 * How a door loses its owner (DESIGN §3): by somebody at the board, and only where the owner has let it go. An owner's
 * lock is not lifted by whoever gets at the button; a stolen board stays the owner's.
 */
export class Ownership {
  readonly #options: OwnershipOptions;
  #begun = false;

  constructor(options: OwnershipOptions) {
    this.#options = options;
  }

  /** Whether nobody owns the door, or its owner lets it go. */
  get free(): boolean {
    return this.#options.owned()?.released ?? true;
  }

  /**
   * Forgets the owner and starts anew; the owner's cloud hears of it first, if it can be reached within 10 s.
   * @returns false where the owner has not let the door go.
   */
  letGo(what: Forgetting): boolean {
    const { owned, signal } = this.#options;
    if (this.#begun) return true;
    const owner = owned();
    if (owner !== undefined && !owner.released) {
      signal.error();
      owner.note({ type: "service", count: FORGETTING.indexOf("nothing") });
      return false;
    }
    this.#begun = true;
    signal.granted();
    if (owner === undefined) this.#forget(what, false);
    else {
      owner.note({ type: "service", count: FORGETTING.indexOf(what) });
      this.#forgetWhenSent(what, owner, SERVICE_EVENT_WAIT_MS);
    }
    return true;
  }

  #forgetWhenSent(what: Forgetting, owner: Owned, leftMs: number): void {
    if (owner.allSent || leftMs <= 0) return this.#forget(what, !owner.allSent);
    this.#options.device.timer.set(() => this.#forgetWhenSent(what, owner, leftMs - SERVICE_EVENT_POLL_MS), SERVICE_EVENT_POLL_MS);
  }

  #forget(what: Forgetting, owed: boolean): void {
    const { device, keyValue, owned, secure } = this.#options;
    // The list may have changed while this waited.
    if (owned()?.released === false) {
      this.#begun = false;
      return;
    }
    beginForgetting(keyValue, what, device.randomBytes(CLAIM_SECRET_BYTES), owed);
    device.trace(`${what}: the owner is forgotten`);
    secure();
    if (device.system === undefined) device.trace("start the board anew to go on");
    else device.system.restart();
  }
}
