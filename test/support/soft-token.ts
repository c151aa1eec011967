import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { TokenSettings } from "../../cloud/keys/key-settings";
import { loadLibrary } from "../../cloud/keys/pkcs11/pkcs11-session";

const LIBRARIES = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so", "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so", "/opt/homebrew/lib/softhsm/libsofthsm2.so"];
const PIN = "4711-0815";
const LABEL = "latchkey test";

/** A SoftHSM token of the test's own, in a folder that goes with the process. Its library reads where that is once a process. */
export class SoftToken {
  readonly #folder: string;
  readonly settings: TokenSettings;

  private constructor(folder: string) {
    this.#folder = folder;
    this.settings = { module: library()!, label: LABEL, pin: { value: PIN } };
  }

  static create(): SoftToken {
    const folder = mkdtempSync(join(tmpdir(), "latchkey-token-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, "tokens"));
    writeFileSync(join(folder, "softhsm2.conf"), `directories.tokendir = ${folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n`);
    process.env.SOFTHSM2_CONF = join(folder, "softhsm2.conf");
    execFileSync(utility()!, ["--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", "12345678"], { stdio: "ignore" });
    return new SoftToken(folder);
  }

  /** Somebody pulls it out; what was in it comes back with `plugIn`. */
  pullOut(): void {
    renameSync(join(this.#folder, "tokens"), join(this.#folder, "away"));
    mkdirSync(join(this.#folder, "tokens"));
    this.dropSessions();
  }

  /** What has been open ends, as after the network to a token was cut. */
  dropSessions(): void {
    const library = loadLibrary(this.settings.module);
    for (const slot of library.C_GetSlotList(true)) library.C_CloseAllSessions(slot);
  }

  plugIn(): void {
    rmSync(join(this.#folder, "tokens"), { recursive: true });
    renameSync(join(this.#folder, "away"), join(this.#folder, "tokens"));
  }
}

/** Why there can be no token here, in a few words; undefined where there can. */
export function whyNoSoftToken(): string | undefined {
  if (library() === undefined || utility() === undefined) return "SoftHSM is not installed";
  try {
    require.resolve("pkcs11js");
    require("pkcs11js");
    return undefined;
  } catch {
    return "the npm package pkcs11js could not be built";
  }
}

function library(): string | undefined {
  return LIBRARIES.find(existsSync);
}

function utility(): string | undefined {
  return [...(process.env.PATH ?? "").split(delimiter), "/usr/bin", "/usr/sbin"].map((folder) => join(folder, "softhsm2-util")).find(existsSync);
}
