/** A hundred claimed doors that misbehave, each in its way and without end, beside doors that do not. */
import type { Socket } from "node:net";
import test, { type ExecutionContext } from "ava";
import { encodeNeed } from "../protocol/need";
import { upTopic } from "../protocol/topics";
import { CloudRig, type Json } from "./support/cloud-rig";
import { connectPacket, hostile, publishPacket, rawDoor } from "./support/hostile-door";
import { ProtocolDoor } from "./support/protocol-door";

/** Fewer where the suite runs a second time, on PostgreSQL. */
const HOSTILE = { sqlite: 100, postgres: 35 };
const REVOCATIONS = 8;

/** Ends with the test, and counts what it has sent. */
class Misbehaviour {
  logins = 0;
  #over = false;
  readonly #sockets = new Set<Socket>();
  readonly #port: number;

  constructor(t: ExecutionContext, port: number) {
    this.#port = port;
    t.teardown(() => this.end());
  }

  end(): void {
    this.#over = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Again and again, until the end. */
  async #forever(turn: () => Promise<Socket>): Promise<void> {
    while (!this.#over) {
      try {
        const socket = await turn();
        this.#sockets.add(socket);
        if (this.#over) socket.destroy();
        if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
        this.#sockets.delete(socket);
      } catch {
        // Turned away: it comes back at once.
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  }

  /** Sends these bytes without end, as fast as they are taken. */
  floods(door: ProtocolDoor, bytes: Buffer): void {
    void this.#forever(async () => {
      const socket = await hostile(this.#port, door.hex, bytes, Buffer.from(door.login.password));
      const more = (): void => {
        while (!socket.destroyed && socket.write(bytes));
      };
      socket.on("drain", more);
      more();
      return socket;
    });
  }

  storms(door: ProtocolDoor): void {
    void this.#forever(async () => {
      this.logins += 1;
      const socket = await hostile(this.#port, door.hex, publishPacket(upTopic(door.hex, "receipt"), door.receipt()), Buffer.from(door.login.password));
      socket.destroy();
      return socket;
    });
  }

  guesses(door: ProtocolDoor): void {
    void this.#forever(() => rawDoor(this.#port, connectPacket(door.hex, Buffer.from("not its password"))));
  }

  freezes(door: ProtocolDoor, bytes: Buffer): void {
    void this.#forever(async () => {
      const socket = await hostile(this.#port, door.hex, bytes, Buffer.from(door.login.password));
      socket.pause();
      return socket;
    });
  }
}

test("DESIGN §7: a hundred doors that flood, storm, guess, send garbage and freeze do not keep a revocation from the others", async (t) => {
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop());
  const property = (await rig.post("/properties", { name: "Rue des Lilas 7", timeZone: "Europe/Paris" })).id;
  const good = await Promise.all([1, 2, 3, 4].map((number) => ProtocolDoor.claimed(rig, property, `Good ${number}`)));
  const doors = good.map((door) => door.hex);
  const people: { id: string; pin: string }[] = [];
  for (let index = 0; index < 2 * REVOCATIONS; index++) {
    const person = await rig.post("/people", { property, name: `Person ${index}`, class: "resident", pins: [{ grants: [{ doors }] }] });
    people.push({ id: person.id, pin: person.pins[0].pin });
  }
  await Promise.all(good.map((door) => door.connect()));
  await Promise.all(good.map((door) => door.until(() => people.every(({ pin }) => door.knows(pin)))));

  /** From the request until every good door refuses, and the cloud says that all have acknowledged it. */
  const revoke = async ({ id, pin }: { id: string; pin: string }): Promise<number> => {
    const began = performance.now();
    const revocation: Json = await rig.post("/revocations", { person: id });
    await Promise.all(good.map((door) => door.until(() => !door.knows(pin))));
    while (!(await rig.get(`/revocations/${revocation.id}`)).complete) await new Promise((resolve) => setTimeout(resolve, 5));
    return performance.now() - began;
  };
  const times = async (wanted: typeof people): Promise<{ median: number; most: number }> => {
    const taken: number[] = [];
    for (const person of wanted) taken.push(await revoke(person));
    taken.sort((a, b) => a - b);
    return { median: taken[taken.length >> 1], most: taken[taken.length - 1] };
  };
  const quiet = await times(people.slice(0, REVOCATIONS));

  const bad = await Promise.all(Array.from({ length: rig.settings.databaseUrl === undefined ? HOSTILE.sqlite : HOSTILE.postgres }, (_, number) => ProtocolDoor.claimed(rig, property, `Bad ${number}`)));
  const memory = process.memoryUsage().rss;
  const misbehaviour = new Misbehaviour(t, rig.cloud.mqttPort);
  const many = (bytes: Buffer): Buffer => Buffer.concat(new Array<Buffer>(200).fill(bytes));
  bad.forEach((door, number) => {
    const up = (what: "receipt" | "need" | "events", payload: Uint8Array) => publishPacket(upTopic(door.hex, what), payload);
    const kinds = [
      () => misbehaviour.floods(door, Buffer.concat(Array.from({ length: 200 }, () => up("receipt", door.receipt())))),
      () => misbehaviour.floods(door, many(up("need", encodeNeed({ timeNonce: new Uint8Array(16).fill(number) })))),
      () => misbehaviour.floods(door, many(up("events", new Uint8Array(3_000).fill(number)))),
      () => misbehaviour.floods(door, Buffer.alloc(60_000, 0xc0)),
      () => misbehaviour.storms(door),
      () => misbehaviour.guesses(door),
      () => misbehaviour.freezes(door, many(up("need", encodeNeed({ timeNonce: new Uint8Array(16) })))),
    ];
    kinds[number % kinds.length]();
  });
  // All of them are at it before it is measured.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const beset = await times(people.slice(REVOCATIONS));
  // One of the good ones loses its connection meanwhile, and comes from the address that most of the noise comes from.
  const lost = performance.now();
  await good[3].disconnect();
  while (!good[3].connected) await good[3].connect().catch(() => new Promise((resolve) => setTimeout(resolve, 100)));
  const back = performance.now() - lost;
  const grown = (process.memoryUsage().rss - memory) / 1_048_576;
  misbehaviour.end();
  t.log(`quiet: median ${quiet.median.toFixed(0)} ms, at most ${quiet.most.toFixed(0)} ms; beset: ${beset.median.toFixed(0)} and ${beset.most.toFixed(0)} ms; back after ${back.toFixed(0)} ms; memory +${grown.toFixed(0)} MB; ${misbehaviour.logins} logins of stormers; log ${(rig.log.length / 1_024).toFixed(0)} KB`);
  t.true(beset.median <= 10 * quiet.median + 1_000);
  t.true(beset.most <= 10 * quiet.most + 3_000);
  t.true(back < 30_000);
  t.true(grown < 200);
  t.true(good.every((door) => door.connected));
});
