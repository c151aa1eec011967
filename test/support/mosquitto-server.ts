import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { CLOUD_USER, findSecurityPlugin, mosquittoConfiguration, securityFile } from "../../cloud/broker/door-logins/mosquitto-files";
import { freePort } from "./free-port";
import { ServerProcess } from "./server-process";

export interface MosquittoOptions {
  /** A second listener, with TLS: files of a certificate and its key. */
  tls?: { certificateFile: string; keyFile: string };
  /** More lines of its configuration, which apply to all listeners. @param folder one that lasts as long as the server. */
  settings?: (folder: string) => readonly string[];
  /** Default: anybody may do anything. */
  anonymous?: boolean;
  /** As `latchkey broker mosquitto` sets it up: nobody but the cloud (`cloudUrl`) has a login, and it makes the doors'. */
  dynamicSecurity?: boolean;
  /** … with these logins in place of the cloud's alone. */
  security?: string;
}

const CLOUD_PASSWORD = "only-for-tests";

/**
 * A Mosquitto of the test's own, of the system's packages, in a folder that goes with it. What is retained survives
 * `pause` and `resume`. It ends with the test's process, and keeps it from nothing.
 */
export class MosquittoServer {
  readonly #folder = mkdtempSync(join(tmpdir(), "latchkey-mosquitto-"));
  readonly port: number;
  /** 0 = without TLS. */
  readonly tlsPort: number;
  readonly #configuration: string;
  #process: ServerProcess | undefined;

  private constructor(port: number, tlsPort: number, { tls, settings, anonymous = true, dynamicSecurity = false, security }: MosquittoOptions) {
    this.port = port;
    this.tlsPort = tlsPort;
    this.#configuration = join(this.#folder, "mosquitto.conf");
    const product = { securityFile: this.securityFile, dataFolder: this.#folder, plugin: findSecurityPlugin() ?? "", port, address: "127.0.0.1", tls: undefined };
    if (dynamicSecurity) writeFileSync(this.securityFile, security ?? securityFile(CLOUD_PASSWORD, [], NO_SITE));
    const lines = [
      ...(process.getuid?.() === 0 ? ["user root"] : []),
      "log_dest stderr",
      "log_type information",
      ...(settings?.(this.#folder) ?? []),
      ...(dynamicSecurity ? [mosquittoConfiguration(product)] : ["persistence true", `persistence_location ${this.#folder}/`, `allow_anonymous ${anonymous}`, "set_tcp_nodelay true", `listener ${port} 127.0.0.1`]),
      ...(tls === undefined ? [] : [`listener ${tlsPort} 127.0.0.1`, `certfile ${tls.certificateFile}`, `keyfile ${tls.keyFile}`]),
    ];
    writeFileSync(this.#configuration, `${lines.join("\n")}\n`);
  }

  /** @throws where no Mosquitto can run here. */
  static async start(options: MosquittoOptions = {}): Promise<MosquittoServer> {
    const server = new MosquittoServer(await freePort(), options.tls === undefined ? 0 : await freePort(), options);
    process.once("exit", () => server.#end());
    await server.resume();
    return server;
  }

  /** `mqtt://…` of it. */
  url(username?: string, password = ""): string {
    const login = username === undefined ? "" : `${encodeURIComponent(username)}:${encodeURIComponent(password)}@`;
    return `mqtt://${login}127.0.0.1:${this.port}`;
  }

  /** … as the cloud, with dynamic security. */
  get cloudUrl(): string {
    return this.url(CLOUD_USER, CLOUD_PASSWORD);
  }

  /** Logins and rights as the broker keeps them. */
  get securityFile(): string {
    return join(this.#folder, "dynamic-security.json");
  }

  get pid(): number {
    return this.#process!.pid;
  }

  /** After `pause`, on the same port. */
  async resume(): Promise<void> {
    this.#process = await ServerProcess.start(binary(), ["-c", this.#configuration], (line) => line.endsWith(" running"));
  }

  /** Breaks every connection and ends the server. @param signal SIGKILL: what it would have written by itself is lost. */
  async pause(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    await this.#process?.end(signal);
  }

  /** For good. */
  async stop(): Promise<void> {
    await this.pause("SIGKILL");
    this.#end();
  }

  #end(): void {
    this.#process?.kill("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Why Mosquitto cannot run here, in a few words; undefined where it can. */
export function whyNoMosquitto(): string | undefined {
  if (findSecurityPlugin() === undefined) return "mosquitto has no mosquitto_dynamic_security.so";
  try {
    return spawnSync(binary(), ["-h"], { stdio: "ignore" }).error === undefined ? undefined : "mosquitto does not run";
  } catch (error) {
    return (error as Error).message;
  }
}

const NO_SITE = "0".repeat(16);

/** Servers are not in everybody's PATH. */
function binary(): string {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"];
  const found = folders.map((folder) => join(folder, "mosquitto")).find((path) => existsSync(path));
  if (found === undefined) throw new Error("there is no mosquitto (Debian's package of that name has it)");
  return found;
}
