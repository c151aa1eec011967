import { FleetDoor, type FleetTally } from "./fleet-door";
import { LightHttp } from "./light-http";
import type { LightSurroundings } from "./light-door";
import { sideBySide } from "./side-by-side";

export interface FleetOptions {
  /** Base address of the cloud's HTTP side. */
  cloud: URL;
  doors: number;
  /** Whether the broker speaks TLS; by default where the cloud does. */
  secure?: boolean;
  /** PEM of the authority that signs the certificates of cloud and broker; the system's otherwise. */
  ca?: string;
}

/** How a fleet stands. */
export interface FleetStand {
  connected: number;
  /** Doors that have a list, and a lease for it. */
  served: number;
  /** Events that the cloud has not acknowledged. */
  waiting: number;
  refused: number;
  /** Connections that ended, and attempts that failed, by reason. */
  lost: ReadonlyMap<string, number>;
}

const CLAIMS_AT_ONCE = 16;
const CONNECTIONS_AT_ONCE = 64;
const UNREGISTERED_MS = 5_000; // a door that nobody has registered yet asks again
/** A process has other files open than its doors' sockets. */
const FILES_BESIDE = 200;

/** Light doors of one process, at one cloud. */
export class Fleet {
  readonly doors: readonly FleetDoor[];
  readonly #http: LightHttp;
  readonly #tally: FleetTally = { lost: new Map(), refused: 0 };
  #stopped = false;

  /** @throws Error in one line where this process may not have so many sockets. */
  constructor({ cloud, doors, secure, ca }: FleetOptions) {
    const most = openFilesMax() - FILES_BESIDE;
    if (doors > most) throw new Error(`This process may have ${most} doors: each is a socket, and "ulimit -n" is ${most + FILES_BESIDE}. Raise it, or run several fleets.`);
    this.#http = new LightHttp(cloud, ca);
    const around: LightSurroundings = {
      cloud: () => cloud,
      post: (path, body) => this.#http.post(path, body, { "content-type": "application/cbor" }),
      now: () => Math.floor(Date.now() / 1_000),
      ...(secure !== undefined && { secure }),
      ...(ca !== undefined && { ca }),
    };
    this.doors = Array.from({ length: doors }, () => new FleetDoor(around, this.#tally));
  }

  /**
   * Registers all doors at a property, which is made where none is given.
   * @param token the site's. @returns the property's id. @throws Error with what the cloud said.
   */
  async register(token: string, property?: string): Promise<string> {
    const post = async (path: string, body: unknown): Promise<{ id: string }> => {
      const answer = await this.#http.post(path, JSON.stringify(body), { "content-type": "application/json", authorization: `Bearer ${token}` });
      const text = Buffer.from(answer.body).toString();
      if (answer.status >= 300) throw new Error(`The cloud refuses to register doors: ${answer.status} ${text.slice(0, 300)}`);
      return JSON.parse(text) as { id: string };
    };
    const id = property ?? (await post("/api/properties", { name: `A fleet of ${this.doors.length} doors` })).id;
    await sideBySide(this.doors, CLAIMS_AT_ONCE, async (door, index) => void (await post("/api/doors", { property: id, name: `Door ${index + 1}`, claim: door.claimText })));
    return id;
  }

  /** Has all doors claimed; those that are not registered wait until they are. @throws Error where the cloud refuses one for another reason. */
  async claim(): Promise<void> {
    await sideBySide(this.doors, CLAIMS_AT_ONCE, async (door) => {
      while (!this.#stopped) {
        try {
          await door.claim();
          return;
        } catch (error) {
          if ((error as Error).message !== "404") throw error;
          await new Promise((resolve) => setTimeout(resolve, UNREGISTERED_MS * (0.5 + Math.random())));
        }
      }
    });
  }

  /** Connects all, and keeps them connected. Resolves when each has tried once. */
  async run(): Promise<void> {
    await sideBySide(this.doors, CONNECTIONS_AT_ONCE, (door) => (this.#stopped ? Promise.resolve() : door.run()));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.doors.map((door) => door.stop()));
    this.#http.close();
  }

  get stand(): FleetStand {
    const stand = { connected: 0, served: 0, waiting: 0 };
    for (const door of this.doors) {
      if (door.connected) stand.connected += 1;
      if (door.version > 0 && door.lease?.version === door.version) stand.served += 1;
      stand.waiting += door.waiting;
    }
    return { ...stand, ...this.#tally };
  }
}

/** What the system lets this process open. */
function openFilesMax(): number {
  const { userLimits } = process.report.getReport() as unknown as { userLimits?: { open_files?: { soft: string | number } } };
  const soft = Number(userLimits?.open_files?.soft);
  return Number.isFinite(soft) ? soft : Infinity;
}
