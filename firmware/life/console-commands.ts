import { forgetCaCertificate, saveCaCertificate } from "../enrolment/ca-certificate";
import { loadSettings, saveSettings } from "../enrolment/settings";
import { saveWifiSettings } from "../enrolment/wifi-settings";
import type { KeyValue } from "../device";
import { CA_BYTES_MAX } from "../limits";
import type { ConsoleCommandLine } from "./console";
import { splitWords } from "./console-words";
import type { Ownership } from "./ownership";

export interface ConsoleCommandsOptions {
  keyValue: KeyValue;
  ownership: Pick<Ownership, "free" | "letGo">;
  /** No secrets. */
  status(): string[];
  /** What the installer gives to the cloud; undefined where the door is claimed. */
  claim(): string[] | undefined;
  /** undefined: the board cannot start itself anew. */
  restart: (() => void) | undefined;
}

const DEFAULT_CLOUD_PORT = 443;
const PEM_END = "-----END";
const PEM_BEGIN = "-----BEGIN";
const KEPT = "kept; it counts from the next start on (restart)";
const OWNED = "refused: the door belongs to somebody. The owner lets it go in the cloud, then the service button frees it";

const HELP = [
  "help                    this",
  "status                  what the door is and how it does",
  "wifi <name> [password]  the network to join; in \"...\" where there are spaces",
  "cloud <host> [port]     where the door is claimed",
  "ca                      the cloud's CA: paste its PEM file; 'ca none' forgets it",
  "claim                   the claim QR and its text, for the cloud",
  "restart",
  "factory-reset yes       forget everything",
];

/**
 * The installer's commands. Whoever stands here has opened the case, which makes nobody the owner: once the door is
 * claimed, nothing here moves it to another cloud or forgets it, unless the owner has let it go.
 */
export class ConsoleCommands implements ConsoleCommandLine {
  readonly #options: ConsoleCommandsOptions;
  /** Base64 of a certificate that is being pasted. */
  #pasted: string | undefined;

  constructor(options: ConsoleCommandsOptions) {
    this.#options = options;
  }

  hides(line: string): boolean {
    const { words, open } = splitWords(line);
    return words[0] === "wifi" && words.length - (open ? 1 : 0) >= 2;
  }

  run(line: string): string[] {
    if (this.#pasted !== undefined) return this.#paste(line);
    const [command, ...words] = splitWords(line).words;
    switch (command) {
      case undefined:
        return [];
      case "help":
        return HELP;
      case "status":
        return this.#options.status();
      case "wifi":
        return this.#wifi(words);
      case "cloud":
        return this.#cloud(words);
      case "ca":
        return this.#ca(words);
      case "claim":
        return this.#options.claim() ?? ["the door is claimed"];
      case "restart":
        return this.#restart();
      case "factory-reset":
        return this.#factoryReset(words);
      default:
        return ["no such command; help lists them"];
    }
  }

  /** Wi-Fi moves a door to no other owner: a new router must not need one. */
  #wifi([name, password = "", ...more]: string[]): string[] {
    if (name === undefined || more.length > 0) return ["wifi <name> [password]"];
    if (!saveWifiSettings(this.#options.keyValue, { name, password })) return ["refused: names have 1 to 32 characters, passwords 8 to 63, of ASCII"];
    return [KEPT];
  }

  #cloud([cloudHost, port = String(DEFAULT_CLOUD_PORT), ...more]: string[]): string[] {
    const { keyValue, ownership } = this.#options;
    if (cloudHost === undefined || more.length > 0) return ["cloud <host> [port]"];
    if (!ownership.free) return [OWNED];
    const isFirst = loadSettings(keyValue) === undefined;
    if (!saveSettings(keyValue, { cloudHost, cloudPort: Number(port) })) return ["refused: a host name and a port of 1 to 65535"];
    return [isFirst ? "kept" : KEPT];
  }

  #ca([word]: string[]): string[] {
    if (!this.#options.ownership.free) return [OWNED];
    if (word === "none") {
      forgetCaCertificate(this.#options.keyValue);
      return [KEPT];
    }
    if (word !== undefined) return ["ca, and then the lines of the PEM file"];
    this.#pasted = "";
    return ["paste the PEM file; an empty line ends it"];
  }

  #paste(line: string): string[] {
    const ends = line.startsWith(PEM_END) || line === "";
    if (!ends && !line.startsWith(PEM_BEGIN)) this.#pasted += line;
    // Read on to the end, or the rest of the file would be taken for commands.
    if (this.#pasted!.length > 2 * CA_BYTES_MAX) this.#pasted = "!";
    if (!ends) return [];
    const kept = saveCaCertificate(this.#options.keyValue, this.#pasted!);
    this.#pasted = undefined;
    return [kept ? KEPT : `refused: not one whole certificate of at most ${CA_BYTES_MAX} bytes`];
  }

  #restart(): string[] {
    const { restart } = this.#options;
    if (restart === undefined) return ["this board cannot; pull the plug"];
    restart();
    return [];
  }

  #factoryReset([word]: string[]): string[] {
    if (word !== "yes") return ["forgets the owner, Wi-Fi, cloud and CA: factory-reset yes"];
    return [this.#options.ownership.letGo("factory-reset") ? "the board forgets everything and starts anew" : OWNED];
  }
}
