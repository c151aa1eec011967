import { ascii } from "../protocol/bytes";
import type { KeyValue } from "./device";

/** What an installer sets over the serial console. Kept under `cloud`: ASCII `host:port`. */
export interface Settings {
  cloudHost: string;
  cloudPort: number;
}

const KEY = "cloud";
const HOST_AND_PORT = /^([A-Za-z0-9.-]{1,128}):([1-9][0-9]{0,4})$/;

/** @returns undefined before an installer was here. */
export function loadSettings(keyValue: KeyValue): Settings | undefined {
  const kept = keyValue.read(KEY);
  if (kept === undefined) return undefined;
  let text = "";
  for (const byte of new Uint8Array(kept)) text += String.fromCharCode(byte);
  const match = HOST_AND_PORT.exec(text);
  return match === null ? undefined : { cloudHost: match[1], cloudPort: Number(match[2]) };
}

/** @returns false, and changes nothing, where host or port are no such thing. */
export function saveSettings(keyValue: KeyValue, { cloudHost, cloudPort }: Settings): boolean {
  const text = `${cloudHost}:${cloudPort}`;
  if (!HOST_AND_PORT.test(text) || cloudPort > 65_535) return false;
  keyValue.write(KEY, ascii(text));
  return true;
}
