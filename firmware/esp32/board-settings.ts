import config from "mc/config";

/** How a board is wired and what it joins; manifest.json's `config`, or `name=value` of mcconfig's command line. */
export interface BoardSettings {
  pins: { strike: number; contact: number; requestToExit: number; led: number; buzzer: number };
  keypad: { port: number; receive: number; transmit: number; baud: number };
  /** Empty: no Wi-Fi. Kept in the image for now; the installer's console replaces it. */
  wifi: { ssid: string; password: string };
  /** Where a door that no installer has set up yet is claimed; empty: nowhere. */
  cloud: { host: string; port: number };
  dnsServers: string[];
}

/** @throws Error for a setting that is missing or of the wrong kind: an image like that must not run. */
export function readBoardSettings(): BoardSettings {
  return {
    pins: {
      strike: number("strikePin"),
      contact: number("contactPin"),
      requestToExit: number("requestToExitPin"),
      led: number("ledPin"),
      buzzer: number("buzzerPin"),
    },
    keypad: {
      port: number("keypadPort"),
      receive: number("keypadReceivePin"),
      transmit: number("keypadTransmitPin"),
      baud: number("keypadBaud"),
    },
    wifi: { ssid: text("wifiName"), password: text("wifiPassword") },
    cloud: { host: text("cloudHost"), port: number("cloudPort") },
    dnsServers: text("dnsServers").split(" "),
  };
}

function text(setting: string): string {
  const value: unknown = config[setting];
  if (typeof value !== "string") throw new Error(`config: ${setting} is no text`);
  return value;
}

/** What comes from the command line is always text. */
function number(setting: string): number {
  const value = Number(config[setting] ?? NaN);
  if (!Number.isInteger(value) || value < 0) throw new Error(`config: ${setting} is no whole number`);
  return value;
}
