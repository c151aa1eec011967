import config from "mc/config";
import { ascii, fromHex } from "../../protocol/bytes";
import { checkWiring, type BoardWiring } from "./board-wiring";

const IMAGE_KEY_BYTES = 32;
const BOARD_KIND_BYTES = 8;

/** What an image brings along: manifest.json's `config`; what is text there can be given to mcconfig as `name=value`. */
export interface BoardSettings {
  wiring: BoardWiring;
  dnsServers: string[];
  timeServers: string[];
  /** 8 characters: an image for another kind of board is refused. */
  boardKind: Uint8Array;
  /** Signs firmware images; undefined: this board takes none. */
  imageKey: Uint8Array | undefined;
  /** For a bench, where nobody wants to type at a console: used where nothing was set up there. Empty: nothing. */
  bench: { wifiName: string; wifiPassword: string; cloudHost: string; cloudPort: number; plain: boolean };
}

/** @throws Error for a setting that is missing or wrong: an image like that must not run. */
export function readBoardSettings(): BoardSettings {
  const wiring = config["wiring"] as BoardWiring;
  checkWiring(wiring);
  const imageKey = fromHex(text("imageKey"));
  if (imageKey === undefined || (imageKey.length !== 0 && imageKey.length !== IMAGE_KEY_BYTES)) throw new Error("config: imageKey is not 32 bytes of hex");
  const boardKind = ascii(text("boardKind"));
  if (boardKind.length !== BOARD_KIND_BYTES) throw new Error("config: boardKind is not 8 characters");
  return {
    wiring,
    boardKind,
    dnsServers: words("dnsServers"),
    timeServers: words("timeServers"),
    imageKey: imageKey.length === 0 ? undefined : imageKey,
    bench: {
      wifiName: text("wifiName"),
      wifiPassword: text("wifiPassword"),
      cloudHost: text("cloudHost"),
      cloudPort: number("cloudPort"),
      plain: number("tls") === 0,
    },
  };
}

function text(setting: string): string {
  const value: unknown = config[setting];
  if (typeof value !== "string") throw new Error(`config: ${setting} is no text`);
  return value;
}

function words(setting: string): string[] {
  return text(setting)
    .split(" ")
    .filter((word) => word !== "");
}

/** What comes from the command line is always text. */
function number(setting: string): number {
  const value = Number(config[setting] ?? NaN);
  if (!Number.isInteger(value) || value < 0) throw new Error(`config: ${setting} is no whole number`);
  return value;
}
