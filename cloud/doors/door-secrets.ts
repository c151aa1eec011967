import { fromHex } from "../../protocol/bytes";
import { deriveDoorKeys, type DoorKeys } from "../../protocol/door-keys";
import { nativeHashes } from "../keys/native-hashes";
import type { Sealing } from "../keys/sealing";
import type { DoorRow } from "../store/rows/door-rows";

const KEPT_MAX = 20_000; // doors whose keys are kept in memory; beyond, all are derived anew

/** The keys of claimed doors, derived when they are first needed. */
export class DoorSecrets {
  readonly #sealing: Sealing;
  readonly #known = new Map<string, DoorKeys>();

  constructor(sealing: Sealing) {
    this.#sealing = sealing;
  }

  /** @throws Error for a door that is not claimed. */
  keysOf(door: Pick<DoorRow, "id" | "enrolment" | "door_key">): DoorKeys {
    const name = `${door.id}/${door.enrolment}`;
    let keys = this.#known.get(name);
    if (keys === undefined) {
      if (door.door_key === null) throw new Error(`door ${door.id} is not claimed`);
      keys = deriveDoorKeys(nativeHashes, this.#sealing.open("door-key", name, door.door_key), fromHex(door.id)!);
      if (this.#known.size >= KEPT_MAX) this.#known.clear();
      this.#known.set(name, keys);
    }
    return keys;
  }
}
