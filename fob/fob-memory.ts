import type { KeyValue } from "../firmware/device";
import { concat, readU32, writeU32 } from "../protocol/bytes";
import { decodeFobButtons, encodeFobButtons, FOB_BUTTONS, type FobAssignment } from "../protocol/fob-assignment";
import { FOB_SECRET_BYTES, type FobIdentity } from "../protocol/fob-identity";
import { ID_BYTES } from "../protocol/limits";
import { ProtocolError } from "../protocol/protocol-error";

/** The key-value domain of a fob, and its names there. */
export const FOB_DOMAIN = "fob";
const IDENTITY = "identity";
const ACTIVE = "active";
const STAGED = "staged";
const RINGS = "rings";

const NOTHING: FobAssignment = { sequence: 0, buttons: new Array<undefined>(FOB_BUTTONS).fill(undefined) };

/**
 * What a fob keeps through a power cut (S8). Each value is written whole or not at all, and what is in force is one
 * value: a cut leaves the old assignment or the new one. A staged one acts on nothing.
 */
export class FobMemory {
  readonly identity: FobIdentity | undefined;
  #store: KeyValue;
  #active: FobAssignment;
  #staged: FobAssignment;

  constructor(store: KeyValue) {
    this.#store = store;
    const identity = readBytes(store, IDENTITY);
    if (identity?.length === ID_BYTES + FOB_SECRET_BYTES) this.identity = { id: identity.slice(0, ID_BYTES), secret: identity.slice(ID_BYTES) };
    this.#active = readAssignment(store, ACTIVE);
    this.#staged = readAssignment(store, STAGED);
    // The power went between putting it in force and forgetting it.
    if (this.#staged.sequence !== 0 && this.#staged.sequence <= this.#active.sequence) this.#forgetStaged();
  }

  /** In force; sequence 0 = none yet. */
  get active(): FobAssignment {
    return this.#active;
  }

  /** To be in force after it has been committed; sequence 0 = none. */
  get staged(): FobAssignment {
    return this.#staged;
  }

  stage(assignment: FobAssignment): void {
    this.#store.write(STAGED, encode(assignment));
    this.#staged = assignment;
  }

  /** Puts the staged assignment in force. */
  commit(): void {
    this.#store.write(ACTIVE, encode(this.#staged));
    this.#active = this.#staged;
    this.#forgetStaged();
  }

  /**
   * The handle that a button is to use now. The ring moves on, durably, before it is given: a power cut repeats none.
   * @param button from 0; it has an assignment.
   */
  takeHandle(button: number): Uint8Array {
    const { sequence, buttons } = this.#active;
    const handles = buttons[button]!.handles;
    const rings = readBytes(this.#store, RINGS);
    // Another assignment brings other rings, which begin anew.
    const places = rings?.length === 4 + FOB_BUTTONS && readU32(rings, 0) === sequence ? rings.slice(4) : new Uint8Array(FOB_BUTTONS);
    const at = places[button] % handles.length;
    places[button] = (at + 1) % handles.length;
    const head = new Uint8Array(4);
    writeU32(head, 0, sequence);
    this.#store.write(RINGS, concat(head, places));
    return handles[at];
  }

  #forgetStaged(): void {
    this.#staged = NOTHING;
    this.#store.delete(STAGED);
  }
}

/** Where a fob is made: gives it its identity, for good. */
export function writeFobIdentity(store: Pick<KeyValue, "write">, { id, secret }: FobIdentity): void {
  store.write(IDENTITY, concat(id, secret));
}

function encode({ sequence, buttons }: FobAssignment): Uint8Array {
  const head = new Uint8Array(4);
  writeU32(head, 0, sequence);
  return concat(head, encodeFobButtons(buttons));
}

/** What cannot be read is as if it had never been written: the fob is to be assigned anew. */
function readAssignment(store: KeyValue, name: string): FobAssignment {
  const bytes = readBytes(store, name);
  if (bytes === undefined) return NOTHING;
  try {
    return { sequence: readU32(bytes, 0), buttons: decodeFobButtons(bytes.subarray(4)) };
  } catch (error) {
    if (error instanceof ProtocolError) return NOTHING;
    throw error;
  }
}

function readBytes(store: KeyValue, name: string): Uint8Array | undefined {
  const value = store.read(name);
  return value && new Uint8Array(value);
}
