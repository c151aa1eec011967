import type { FobCharacteristic } from "../protocol/fob-frame";

/** How a phone reaches a fob in edit mode; failures are `RadioError`s, as with doors. */
export interface FobRadio {
  /**
   * Connects to a fob in edit mode (`FOB_RADIO_NAME`): which one it is, its report says.
   * @throws {RadioError}
   */
  connect(signal?: AbortSignal): Promise<FobConnection>;
}

/** One connection. Its calls come one after the other. */
export interface FobConnection {
  /** @throws {RadioError} `lost`. */
  read(characteristic: FobCharacteristic): Promise<Uint8Array>;
  /** With response. @throws {RadioError} `lost`. */
  write(characteristic: FobCharacteristic, value: Uint8Array): Promise<void>;
  close(): void;
}
