import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ClientConfig } from "pg";
import { NEWS_CHECK_MS, NEWS_RETRY_MS, NEWS_RETRY_MS_MAX } from "../limits";
import { holdSchema } from "./schema-hold";
import type { Notices, NoticeListener } from "./store";

/** Of this program, in its database; PostgreSQL keeps databases apart. */
const CHANNEL = "latchkey_news";

/**
 * Short texts between the processes on one database (LISTEN and NOTIFY), over a connection of its own that comes back
 * by itself. Nothing is kept: what is sent while the line is down is lost, and the listener is told that there was a gap.
 */
export class PostgresNotices implements Notices {
  readonly #config: ClientConfig;
  readonly #listener: NoticeListener;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #client: Client | undefined;

  /** @param config how to connect; a pooler that hands connections round (PgBouncer's transaction mode) cannot listen. */
  constructor(config: ClientConfig, listener: NoticeListener) {
    this.#config = { ...config, query_timeout: NEWS_CHECK_MS };
    this.#listener = listener;
    this.#running = this.#run();
  }

  get connected(): boolean {
    return this.#client !== undefined;
  }

  async send(text: string): Promise<boolean> {
    const client = this.#client;
    if (client === undefined) return false;
    try {
      await client.query("SELECT pg_notify($1, $2)", [CHANNEL, text]);
      return true;
    } catch {
      return false;
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let pause = NEWS_RETRY_MS;
    while (!signal.aborted) {
      const client = new Client(this.#config);
      client.on("error", () => undefined); // what is under way fails by itself
      try {
        await this.#listen(client);
        pause = NEWS_RETRY_MS;
        await tryOut(client, signal);
      } catch (error) {
        if (!signal.aborted) this.#listener.lost(error as Error);
      } finally {
        this.#client = undefined;
        // One that hangs is torn down by it.
        await client.end().catch(() => undefined);
      }
      await sleep(pause, undefined, { signal }).catch(() => undefined);
      pause = Math.min(2 * pause, NEWS_RETRY_MS_MAX);
    }
  }

  async #listen(client: Client): Promise<void> {
    await client.connect();
    await holdSchema(client); // which a process keeps by this connection, also while it does nothing
    client.on("notification", ({ payload }) => this.#listener.received(payload ?? ""));
    // A notice is worth no wait for the disk.
    await client.query(`SET synchronous_commit = off; LISTEN ${CHANNEL}`);
    if (this.#stopping.signal.aborted) return;
    this.#client = client;
    this.#listener.connected();
  }
}

/** Resolves when it is to stop. @throws what has become of the connection; one that is silently gone shows when it is used. */
async function tryOut(client: Client, signal: AbortSignal): Promise<void> {
  const gone = new Promise<never>((_, reject) => {
    client.once("error", reject);
    client.once("end", () => reject(new Error("Connection terminated")));
  });
  gone.catch(() => undefined);
  while (!signal.aborted) {
    await Promise.race([gone, sleep(NEWS_CHECK_MS, undefined, { signal, ref: false }).catch(() => undefined)]);
    if (!signal.aborted) await client.query("SELECT 1");
  }
}
