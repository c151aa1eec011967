import { ascii } from "../../protocol/bytes";
import type { KeyValue } from "../device";

/** What an installer sets over the serial console. Kept under `cloud`: ASCII `host:port`. */
export interface Settings {
  cloudHost: string;
  cloudPort: number;
}

const KEY = "cloud";
const HOST_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";
const HOST_CHARACTERS_MAX = 128;

/** @returns undefined before an installer was here. */
export function loadSettings(keyValue: KeyValue): Settings | undefined {
  const kept = keyValue.read(KEY);
  if (kept === undefined) return undefined;
  let text = "";
  for (const byte of new Uint8Array(kept)) text += String.fromCharCode(byte);
  const colon = text.indexOf(":");
  const settings = { cloudHost: text.slice(0, colon), cloudPort: Number(text.slice(colon + 1)) };
  return isUsable(settings) ? settings : undefined;
}

/** @returns false, and changes nothing, where host or port are no such thing. */
export function saveSettings(keyValue: KeyValue, settings: Settings): boolean {
  if (!isUsable(settings)) return false;
  keyValue.write(KEY, ascii(`${settings.cloudHost}:${settings.cloudPort}`));
  return true;
}

function isUsable({ cloudHost, cloudPort }: Settings): boolean {
  if (cloudHost.length === 0 || cloudHost.length > HOST_CHARACTERS_MAX) return false;
  for (let i = 0; i < cloudHost.length; i++) if (!HOST_CHARACTERS.includes(cloudHost[i])) return false;
  return Number.isInteger(cloudPort) && cloudPort >= 1 && cloudPort <= 65_535;
}
