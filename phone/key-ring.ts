import type { IssuedKeys } from "./cloud-answers";
import type { DeviceKey, KeyVault } from "./key-vault";
import type { PhoneCloud, RequestBounds } from "./phone-cloud";
import type { RefillFailure, RefillOutcome } from "./outcome";
import type { DoorKey, PhoneDoor, PhoneStore } from "./phone-store";

/** The keys and handles of this phone, and where they come from. */
export class KeyRing {
  readonly #store: PhoneStore;
  readonly #cloud: PhoneCloud;
  readonly #vault: KeyVault;
  #refilling: Promise<RefillOutcome> | undefined;

  constructor(store: PhoneStore, cloud: PhoneCloud, vault: KeyVault) {
    this.#store = store;
    this.#cloud = cloud;
    this.#vault = vault;
  }

  /**
   * Fetches the keys of all doors anew, with handles. What the cloud no longer names is forgotten. One at a time: who
   * asks meanwhile gets the same outcome.
   * @throws {StoreError}
   */
  refill(bounds?: RequestBounds): Promise<RefillOutcome> {
    this.#refilling ??= this.#refill(bounds).finally(() => (this.#refilling = undefined));
    return this.#refilling;
  }

  async #refill(bounds: RequestBounds | undefined): Promise<RefillOutcome> {
    const device = await this.#deviceKey();
    const all = await this.#take(device, undefined, bounds);
    if (typeof all === "string") return { refilled: false, why: all };
    const doors = new Set(all.doors);
    if (all.left > 0) {
      for (const property of all.properties) {
        const one = await this.#take(device, property, bounds);
        if (typeof one === "string") return { refilled: false, why: one };
        for (const door of one.doors) doors.add(door);
      }
    }
    await this.#forgetOthers(doors, new Set(all.properties));
    return { refilled: true, doors: doors.size };
  }

  /** Asks, unwraps and keeps. */
  async #take(device: DeviceKey, property: string | undefined, bounds: RequestBounds | undefined): Promise<{ doors: string[]; properties: string[]; left: number } | RefillFailure> {
    const answer = await this.#cloud.issueKeys(device.publicKey, property, bounds);
    if (!answer.ok) {
      // A1: whoever holds a phone that was reported as lost is to hold nothing more than glass.
      if (answer.code === "phone-ended") await this.#store.wipe();
      return answer.code === "phone-ended" || answer.code === "too-many-phones" ? answer.code : answer.why;
    }
    const issued = answer.value;
    const keys = await this.#unwrap(device, issued);
    if (keys === undefined) return "bad-keys";
    for (const [index, { keys: entries, ...door }] of issued.doors.entries()) {
      const own = entries.map(({ opens, outputs, handles }, place): DoorKey => ({ opens, outputs, handles, key: keys[index][place] }));
      await this.#store.change("doors", door.door, (now): PhoneDoor => ({ ...door, keys: own, known: now?.known ?? false }));
    }
    return { doors: issued.doors.map(({ door }) => door), properties: issued.properties, left: issued.left };
  }

  async #deviceKey(): Promise<DeviceKey> {
    const kept = await this.#store.read("device", "device");
    if (kept !== undefined) return kept;
    const made = await this.#vault.createDeviceKey();
    // Another tab may have been quicker.
    return (await this.#store.change("device", "device", (now) => now ?? made))!;
  }

  async #unwrap(device: DeviceKey, { ephemeralKey, doors }: IssuedKeys): Promise<DoorKey["key"][][] | undefined> {
    try {
      const keys = await this.#vault.unwrap(device, ephemeralKey, doors.flatMap((door) => door.keys.map(({ wrapped }) => wrapped)));
      let at = 0;
      return doors.map((door) => keys.slice(at, (at += door.keys.length)));
    } catch {
      return undefined; // whatever the platform says: they are not for this phone
    }
  }

  async #forgetOthers(doors: ReadonlySet<string>, properties: ReadonlySet<string>): Promise<void> {
    for (const { door } of await this.#store.readAll("doors")) {
      if (!doors.has(door)) await this.#store.change("doors", door, () => undefined);
    }
    for (const { property } of await this.#store.readAll("bundles")) {
      if (!properties.has(property)) await this.#store.change("bundles", property, () => undefined);
    }
  }
}
