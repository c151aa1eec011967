import type { KeyValue } from "../firmware/device";
import type { PowerSupply } from "./power-supply";

/** ESP-IDF's NVS: names of at most 15 characters, and 4,000 bytes fit in one page of it. */
const NAME_CHARACTERS = 15;
const VALUE_BYTES = 4_000;

export interface KeyValueSnapshot {
  /** "domain/key" to value. */
  values: [string, Uint8Array][];
  writes: number;
}

/**
 * A key-value store that survives power cuts, atomic per key: a cut during a write leaves the old value
 * ("before" and "inside") or the new one ("after").
 */
export class VirtualKeyValue {
  /** Writes and deletes since it was made. */
  writes = 0;
  /** Called after each change, with the name `domain/key` of what changed. */
  onChange: ((name: string) => void) | undefined;
  #supply: PowerSupply;
  #values = new Map<string, Uint8Array>();

  constructor(supply: PowerSupply) {
    this.#supply = supply;
  }

  /** @param path the domain (NVS namespace). */
  open(path: string): KeyValue {
    checkName(path);
    // Made once for each key: a clock is kept 144 times a day.
    const names = new Map<string, string>();
    const nameOf = (key: string): string => {
      let name = names.get(key);
      if (name === undefined) names.set(key, (name = `${path}/${checkName(key)}`));
      return name;
    };
    return {
      read: (key) => this.#read(nameOf(key)),
      write: (key, value) => this.#write(nameOf(key), value),
      delete: (key) => this.#delete(nameOf(key)),
      close: () => {},
    };
  }

  /** As an installer with the board in front of them: no power needed and no step counted. */
  preset(path: string, key: string, value: Uint8Array | undefined): void {
    const name = `${checkName(path)}/${checkName(key)}`;
    if (value) this.#values.set(name, value.slice());
    else this.#values.delete(name);
    this.onChange?.(name);
  }

  peek(path: string, key: string): Uint8Array | undefined {
    return this.#values.get(`${path}/${key}`)?.slice();
  }

  snapshot(): KeyValueSnapshot {
    const values: [string, Uint8Array][] = [];
    this.#values.forEach((value, name) => values.push([name, value.slice()]));
    return { values, writes: this.writes };
  }

  restore(snapshot: KeyValueSnapshot): void {
    this.#values = new Map();
    for (const [name, value] of snapshot.values) this.#values.set(name, value.slice());
    this.writes = snapshot.writes;
  }

  #read(name: string): ArrayBuffer | undefined {
    this.#supply.need();
    const value = this.#values.get(name);
    return value && copyOf(value).buffer;
  }

  #write(name: string, value: ArrayBuffer | Uint8Array): void {
    this.#supply.need();
    const bytes = copyOf(value);
    if (bytes.length > VALUE_BYTES) throw new RangeError(`key-value: ${bytes.length} bytes for ${name}`);
    this.#change(name, () => this.#values.set(name, bytes));
  }

  #delete(name: string): void {
    this.#supply.need();
    if (this.#values.has(name)) this.#change(name, () => this.#values.delete(name));
  }

  #change(name: string, apply: () => void): void {
    const fate = this.#supply.step();
    if (fate === "done" || fate === "after") {
      this.writes += 1;
      apply();
      this.onChange?.(name);
    }
    if (fate !== "done") this.#supply.cut();
  }
}

function copyOf(value: ArrayBuffer | Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(value instanceof Uint8Array ? value : value.slice(0));
}

function checkName(name: string): string {
  if (name.length === 0 || name.length > NAME_CHARACTERS) throw new RangeError(`key-value: name "${name}"`);
  return name;
}
