import { ascii } from "../../protocol/bytes";
import type { KeyValue } from "../device";

/** The network that a board joins; an installer sets it over the serial console. Kept under `wifi`: length of the name (u8) ‖ name ‖ password, ASCII. */
export interface WifiSettings {
  name: string;
  /** Empty for an open network. */
  password: string;
}

const KEY = "wifi";
const NAME_CHARACTERS_MAX = 32; // IEEE 802.11
const PASSWORD_CHARACTERS_MIN = 8; // WPA2: 8 to 63
const PASSWORD_CHARACTERS_MAX = 63;

/** @returns undefined before an installer was here. */
export function loadWifiSettings(keyValue: KeyValue): WifiSettings | undefined {
  const kept = keyValue.read(KEY);
  if (kept === undefined) return undefined;
  const bytes = new Uint8Array(kept);
  const nameEnd = 1 + bytes[0];
  const settings = { name: text(bytes.subarray(1, nameEnd)), password: text(bytes.subarray(nameEnd)) };
  return isUsable(settings) ? settings : undefined;
}

/** @returns false, and changes nothing, where name or password are none that a network can have. */
export function saveWifiSettings(keyValue: KeyValue, settings: WifiSettings): boolean {
  if (!isUsable(settings)) return false;
  const { name, password } = settings;
  const bytes = new Uint8Array(1 + name.length + password.length);
  bytes[0] = name.length;
  bytes.set(ascii(name), 1);
  bytes.set(ascii(password), 1 + name.length);
  keyValue.write(KEY, bytes);
  return true;
}

function isUsable({ name, password }: WifiSettings): boolean {
  if (name.length === 0 || name.length > NAME_CHARACTERS_MAX || !isPrintable(name) || !isPrintable(password)) return false;
  return password.length === 0 || (password.length >= PASSWORD_CHARACTERS_MIN && password.length <= PASSWORD_CHARACTERS_MAX);
}

function isPrintable(characters: string): boolean {
  for (let i = 0; i < characters.length; i++) if (characters[i] < " " || characters[i] > "~") return false;
  return true;
}

function text(bytes: Uint8Array): string {
  let characters = "";
  for (const byte of bytes) characters += String.fromCharCode(byte);
  return characters;
}
