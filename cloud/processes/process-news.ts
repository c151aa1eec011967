import type { Logger } from "pino";
import { NEWS_BYTES_MAX, NEWS_WAITING_MAX } from "../limits";
import type { Notices, Store } from "../store/store";

/**
 * What the process that did it tells the others:
 * - `door`: what is known of a door may be something else now, and people may be looking at it;
 * - `list`: a door has a new list;
 * - `unlock`: it may be known what became of an opening from afar, and whoever asked for it waits elsewhere;
 * - `work`: something was committed that somebody must work off.
 */
export type News = { what: "door" | "list" | "unlock"; id: string } | { what: "work" };

export interface NewsListener {
  /** Of another process. */
  heard(news: News): void;
  /** There may have been any news: the line was down. */
  missed(): void;
}

/**
 * What one process did and others show or wait for, told at once. It is a convenience: whoever hears nothing finds the
 * same in the database a little later, at a stream's next heartbeat, at an opening's end, when it looks for left work.
 * Where the database is one process's alone nothing is told.
 */
export class ProcessNews {
  readonly #from: string;
  readonly #log: Logger;
  readonly #listener: NewsListener;
  readonly #notices: Notices | undefined;
  /** Lines to be sent. */
  #waiting = new Set<string>();
  #sending: Promise<void> | undefined;
  #dropped = false;
  #down = false;

  constructor({ store, holder, log, listener }: ProcessNewsParts) {
    this.#from = holder;
    this.#log = log;
    this.#listener = listener;
    this.#notices = store.notices({
      connected: () => {
        if (this.#down) log.info("news of other processes arrive again");
        this.#down = false;
        listener.missed();
      },
      received: (text) => this.#received(text),
      lost: (error) => {
        if (!this.#down) log.warn({ err: error }, "news of other processes do not arrive for now: what they do shows later");
        this.#down = true;
      },
    });
  }

  /** Whether other processes may be at work on this database. */
  get shared(): boolean {
    return this.#notices !== undefined;
  }

  /** Whether news arrive; true where there are none. */
  get connected(): boolean {
    return this.#notices?.connected ?? true;
  }

  /** After the commit. */
  tell(news: News): void {
    if (this.#notices?.connected !== true) return;
    if (this.#waiting.size >= NEWS_WAITING_MAX) {
      if (!this.#dropped) this.#log.warn("there is more news for other processes than leaves: some is dropped");
      this.#dropped = true;
      return;
    }
    this.#waiting.add(news.what === "work" ? "work" : `${news.what} ${news.id}`);
    // Whatever comes while one is on its way goes together.
    this.#sending ??= this.#send(this.#notices).finally(() => (this.#sending = undefined));
  }

  async stop(): Promise<void> {
    await this.#sending;
    await this.#notices?.stop();
  }

  async #send(notices: Notices): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.size > 0) {
      let text = this.#from;
      for (const line of this.#waiting) {
        if (text.length + line.length >= NEWS_BYTES_MAX) break;
        this.#waiting.delete(line);
        text += `\n${line}`;
      }
      if (!(await notices.send(text))) this.#waiting.clear();
    }
    this.#dropped = false;
  }

  /** @param text whoever may write to the database may have sent it: it leads to looks at the database, and nothing else. */
  #received(text: string): void {
    const [from, ...lines] = text.split("\n");
    if (from === this.#from) return;
    for (const line of lines) {
      const news = parse(line);
      if (news !== undefined) this.#listener.heard(news);
    }
  }
}

export interface ProcessNewsParts {
  store: Pick<Store, "notices">;
  /** Of this start of this process, and of no other (`newId`). */
  holder: string;
  log: Logger;
  listener: NewsListener;
}

/** @returns undefined for what this version does not know. */
function parse(line: string): News | undefined {
  if (line === "work") return { what: "work" };
  const match = /^(door|list|unlock) ([0-9a-f]{16})$/.exec(line);
  return match === null ? undefined : { what: match[1] as "door" | "list" | "unlock", id: match[2] };
}
