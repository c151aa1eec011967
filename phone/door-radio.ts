import type { DoorCharacteristic } from "../protocol/gatt-names";

/** How a phone reaches doors: Web Bluetooth in a browser, a native shell's own, a simulated one in tests. */
export interface DoorRadio {
  /**
   * Connects to one door, found by its name on the air (`doorRadioName`).
   * @throws {RadioError}
   */
  connect(door: { id: Uint8Array; radioName: string }, signal?: AbortSignal): Promise<DoorConnection>;
  /** What answered under its name was not this door, so it is to be looked for anew. For radios that remember. */
  forget?(door: { radioName: string }): Promise<void>;
}

/** One connection. Its calls come one after the other. */
export interface DoorConnection {
  /** The whole value, however long. @throws {RadioError} `lost`. */
  read(characteristic: DoorCharacteristic): Promise<Uint8Array>;
  /** With response: done when the door has it. @throws {RadioError} `lost`. */
  write(characteristic: DoorCharacteristic, value: Uint8Array): Promise<void>;
  close(): void;
}

/**
 * `unavailable`: no Bluetooth here, or it is off or forbidden. `not-found`: no such door answers. `not-chosen`: the
 * person closed the browser's list. `lost`: the connection ended, or the other side was silent for too long.
 */
export type RadioErrorCode = "unavailable" | "not-found" | "not-chosen" | "lost";

export class RadioError extends Error {
  readonly code: RadioErrorCode;

  constructor(code: RadioErrorCode, detail?: string) {
    super(detail === undefined ? code : `${code}: ${detail}`);
    this.code = code;
  }
}
