/** A door's id; nothing else stands in a topic of ours. */
const DOOR = "[0-9a-f]{16}";

/** Where things are said at the home's broker: `latchkey/home/<site>/…`, and Home Assistant's own prefix. */
export class HomeTopics {
  readonly #prefix: string;
  readonly #site: string;

  /** @param site 16 hexadecimal digits: several sites may share a broker. */
  constructor(prefix: string, site: string) {
    this.#prefix = prefix;
    this.#site = site;
  }

  get #base(): string {
    return `latchkey/home/${this.#site}`;
  }

  /** Home Assistant says there that it has started. */
  get birth(): string {
    return `${this.#prefix}/status`;
  }

  /** Whether this cloud is there; `offline` is the connection's will. */
  get status(): string {
    return `${this.#base}/status`;
  }

  /** Everything that we have ever told Home Assistant that there is. */
  get discoveries(): string {
    return this.discovery("+");
  }

  get commands(): string {
    return this.command("+");
  }

  discovery(door: string): string {
    return `${this.#prefix}/device/latchkey_${this.#site}/${door}/config`;
  }

  doorStatus(door: string): string {
    return `${this.#base}/doors/${door}/status`;
  }

  state(door: string): string {
    return `${this.#base}/doors/${door}/state`;
  }

  /** What has just happened there; never retained. */
  event(door: string): string {
    return `${this.#base}/doors/${door}/event`;
  }

  command(door: string): string {
    return `${this.#base}/doors/${door}/set`;
  }

  /** @returns the door's id; undefined where it is another topic. */
  doorOfDiscovery(topic: string): string | undefined {
    return match(topic, this.discovery(`(${DOOR})`));
  }

  /** @returns the door's id; undefined where it is another topic. */
  doorOfCommand(topic: string): string | undefined {
    return match(topic, this.command(`(${DOOR})`));
  }
}

/** @param pattern nothing in it but the door means anything in a regular expression. */
function match(topic: string, pattern: string): string | undefined {
  return new RegExp(`^${pattern}$`).exec(topic)?.[1];
}
