import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudProcess } from "../support/cloud-process";
import { CuttableLine } from "../support/cuttable-line";
import { MosquittoServer } from "../support/mosquitto-server";
import { PostgresServer } from "../support/postgres-server";

/** One cloud process and the lines that it hangs on. */
export interface Node {
  name: string;
  cloud: CloudProcess;
  toDatabase: CuttableLine;
  toBroker: CuttableLine;
}

/** Two cloud processes, PostgreSQL and Mosquitto, each a process that can be killed, and every line between them. */
export class Cluster {
  readonly database: PostgresServer;
  readonly broker: MosquittoServer;
  readonly nodes: readonly Node[];
  /** Doors reach the broker by this one. */
  readonly doorsLine: CuttableLine;
  readonly #folder: string;

  private constructor(folder: string, database: PostgresServer, broker: MosquittoServer, nodes: readonly Node[], doorsLine: CuttableLine) {
    this.#folder = folder;
    this.database = database;
    this.broker = broker;
    this.nodes = nodes;
    this.doorsLine = doorsLine;
  }

  static async start(): Promise<Cluster> {
    const folder = mkdtempSync(join(tmpdir(), "latchkey-chaos-"));
    // It syncs: that what is confirmed outlives a kill is what is looked for.
    const [database, broker] = [await PostgresServer.start({ syncs: true }), await MosquittoServer.start()];
    const { pathname, username, password } = new URL(await database.createDatabase());
    const doorsLine = await CuttableLine.start(broker.port);
    const nodes: Node[] = [];
    for (const name of ["A", "B"]) {
      const [toDatabase, toBroker] = [await CuttableLine.start(database.port), await CuttableLine.start(broker.port)];
      const own = join(folder, name);
      mkdirSync(own, { mode: 0o700 });
      // Processes of one cloud have its keystore and its administrator's token, and nothing else of its folder.
      if (nodes.length > 0) for (const file of ["keystore.json", "admin-token"]) copyFileSync(join(nodes[0].cloud.folder, file), join(own, file));
      const cloud = new CloudProcess(own, {
        LATCHKEY_DATABASE_URL: `postgres://${username}:${password}@127.0.0.1:${toDatabase.port}${pathname}`,
        MQTT_URL: `mqtt://127.0.0.1:${toBroker.port}`,
        LATCHKEY_MQTT_PUBLIC_HOST: "127.0.0.1",
        LATCHKEY_MQTT_PUBLIC_PORT: String(doorsLine.port),
        // What fails while something is dead is expected, and would hide what is not.
        LATCHKEY_LOG: "silent",
      });
      await cloud.start();
      nodes.push({ name, cloud, toDatabase, toBroker });
    }
    return new Cluster(folder, database, broker, nodes, doorsLine);
  }

  async stop(): Promise<void> {
    for (const { cloud, toDatabase, toBroker } of this.nodes) {
      await cloud.kill("SIGKILL");
      toDatabase.stop();
      toBroker.stop();
    }
    this.doorsLine.stop();
    await this.broker.stop();
    await this.database.pause("SIGQUIT");
    rmSync(this.#folder, { recursive: true });
  }
}
