import type { DeviceKey, OpaqueKey } from "./key-vault";

/** One key of this phone at one door. */
export interface DoorKey {
  /** Whether a right stands behind it; otherwise it carries and opens nothing. */
  opens: boolean;
  /** Mask of the outputs that it may open. */
  outputs: number;
  key: OpaqueKey;
  /** Unused ones, 16 bytes each. */
  handles: Uint8Array[];
}

export interface PhoneDoor {
  /** 16 hexadecimal digits. */
  door: string;
  /** Absent at a door that is not the person's. */
  name?: string;
  /** Its name on the air. */
  radioName: string;
  property: string;
  propertyName: string;
  keys: DoorKey[];
  /** Whether a key of this phone has opened it before. */
  known: boolean;
}

/** What a phone carries to the doors of one property; it cannot read a word of it. */
export interface Bundle {
  property: string;
  /** Of the answer: asked again, the cloud says in a few bytes that nothing has changed. */
  etag: string | undefined;
  doors: { door: string; /** Of the list that it brings a door to. */ version: number; items: Uint8Array[] }[];
}

/** What a phone has brought along from one door. */
export interface Collected {
  door: string;
  /** Sealed items: the newest receipt, then events, oldest first. */
  items: Uint8Array[];
}

/** Everything that a phone keeps: one kind of record a room. */
export interface PhoneRecords {
  /** Under "device". */
  device: DeviceKey;
  /** Under the door's id. */
  doors: PhoneDoor;
  /** Under the property's id. */
  bundles: Bundle;
  /** Under the door's id. */
  collected: Collected;
}
export type PhoneRoom = keyof PhoneRecords;
export const PHONE_ROOMS: readonly PhoneRoom[] = ["device", "doors", "bundles", "collected"];

/**
 * Where a phone keeps its records: IndexedDB in a browser, which takes keys as they are; memory in tests. Records are
 * replaced, never altered in place.
 * @throws {StoreError} from every method.
 */
export interface PhoneStore {
  /** Whether it outlives the app. */
  readonly lasting: boolean;
  read<R extends PhoneRoom>(room: R, key: string): Promise<PhoneRecords[R] | undefined>;
  /** In the order of their keys. */
  readAll<R extends PhoneRoom>(room: R): Promise<PhoneRecords[R][]>;
  /**
   * Replaces a record by what `decide` makes of it, undefined = there is none. One at a time, in all tabs too; when it
   * resolves, the change survives whatever happens to the phone: a handle counts as used only then.
   * @param decide has no effects and may run again.
   * @returns what is there now.
   */
  change<R extends PhoneRoom>(room: R, key: string, decide: (now: PhoneRecords[R] | undefined) => PhoneRecords[R] | undefined): Promise<PhoneRecords[R] | undefined>;
  /** Forgets everything. */
  wipe(): Promise<void>;
}

/** `full`: no room is left. `blocked`: the platform keeps nothing here (private windows), or another tab holds it. */
export type StoreErrorCode = "full" | "blocked";

export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, detail?: string) {
    super(detail === undefined ? code : `${code}: ${detail}`);
    this.code = code;
  }
}
