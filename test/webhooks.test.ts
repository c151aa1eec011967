import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import test, { type ExecutionContext } from "ava";
import { Refusal } from "../cloud/refusal";
import { postDelivery } from "../cloud/webhooks/post-delivery";
import { signedHeaders } from "../cloud/webhooks/signature";
import { isPublic, parseTarget } from "../cloud/webhooks/target";
import { CloudRig, type Json } from "./support/cloud-rig";
import { signInManager } from "./support/managers";
import { EventChain, ProtocolDoor } from "./support/protocol-door";
import { selfSigned } from "./support/self-signed";
import type { Client } from "./support/sign-in";

/** What a receiver got. */
interface Taken {
  headers: IncomingHttpHeaders;
  body: string;
  json: Json;
}

/** A program's HTTP server; `answer` is how it meets what comes. */
class Receiver {
  readonly taken: Taken[] = [];
  answer: (response: ServerResponse) => void = (response) => void response.writeHead(204).end();
  readonly url: string;

  private constructor(port: number) {
    this.url = `http://127.0.0.1:${port}/hook`;
  }

  static async start(t: ExecutionContext): Promise<Receiver> {
    const server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (part: string) => (body += part));
      request.on("end", () => {
        receiver.taken.push({ headers: request.headers, body, json: JSON.parse(body) });
        receiver.answer(response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.teardown(() => {
      server.closeAllConnections();
      server.close();
    });
    const receiver: Receiver = new Receiver((server.address() as AddressInfo).port);
    return receiver;
  }

  says(status: number, headers: Record<string, string> = {}): void {
    this.answer = (response) => void response.writeHead(status, headers).end("no");
  }
}

/** As the specification tells receivers to verify, with nothing of ours. */
function isSigned({ headers, body }: Taken, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key).update(`${headers["webhook-id"] as string}.${headers["webhook-timestamp"] as string}.${body}`).digest("base64");
  return (headers["webhook-signature"] as string).split(" ").includes(`v1,${expected}`);
}

interface House {
  rig: CloudRig;
  property: string;
  manager: Client;
  at: string;
}

/** A property and its manager; webhooks may go to this machine. */
async function house(t: ExecutionContext, privateWebhooks = true): Promise<House> {
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop());
  rig.settings.privateWebhooks = privateWebhooks;
  await rig.restart();
  const property = (await rig.post("/properties", { name: "Rue des Lilas 7" })).id;
  return { rig, property, manager: await signInManager(rig, property, "manager@example.org"), at: `/properties/${property}/webhooks` };
}

/** Something that webhooks are told of. */
async function change({ rig, property }: House): Promise<void> {
  await rig.post("/people", { property, name: "Somebody with a name", class: "resident" });
}

async function pass({ rig }: House, seconds: number): Promise<void> {
  rig.clock.advance(seconds);
  await rig.cloud.settled();
}

test("X13: signatures are those of the Standard Webhooks specification, byte by byte", (t) => {
  const headers = signedHeaders("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, '{"test": 2432232314}');
  t.deepEqual(headers, { "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330", "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" });
});

test("X13: a program is told what happens at the doors, signed, by ids alone; its secret is shown once", async (t) => {
  const building = await house(t);
  const { rig, property, manager, at } = building;
  const receiver = await Receiver.start(t);
  const { id, secret, ...shown } = await manager.post(at, { url: receiver.url, events: ["door-opened", "door-refused", "changed", "changed"] });
  t.like(shown, { url: receiver.url, events: ["door-opened", "door-refused", "changed"], failures: 0, pausedAt: null, by: `account/${manager.account}`, byName: "manager" });
  t.is(Buffer.from(secret.slice(6), "base64").length, 32);
  for (const path of [at, `${at}/${id}`, `${at}/${id}/deliveries`]) t.false(JSON.stringify(await manager.get(path)).includes(secret));

  const { delivery } = await manager.post(`${at}/${id}/test`, {}, 202);
  await rig.cloud.settled();
  // That it was added is a change as well.
  const tested = receiver.taken.find(({ json }) => json.type === "test")!;
  t.like(tested.json, { type: "test", timestamp: "2026-06-01T12:00:00Z", data: { property, webhook: id } });
  t.like(tested.headers, { "content-type": "application/json", "webhook-id": delivery, "webhook-timestamp": String(rig.clock.now()) });
  t.true(receiver.taken.length > 0 && receiver.taken.every((taken) => isSigned(taken, secret)));
  t.false(isSigned({ ...tested, body: `${tested.body} ` }, secret));

  const door = await ProtocolDoor.claimed(rig, property, "Front door with a name");
  t.teardown(() => door.disconnect());
  await door.connect();
  const person = await rig.post("/people", { property, name: "Ada Lovelace", class: "resident", pins: [{ grants: [{ doors: [door.hex] }] }] });
  await door.until(() => door.knows(person.pins[0].pin));
  await rig.cloud.settled();
  receiver.taken.length = 0;
  const chain = new EventChain(door);
  chain.append({ type: "decision", kind: 1, tag: door.tagOf(person.pins[0].pin) });
  chain.append({ type: "decision", reason: "unknown-credential", time: rig.clock.now() - 600 });
  chain.append({ type: "held-open" });
  door.publish("events", chain.upload(0, 3));
  await door.until(() => door.acknowledgedEvents === 3);
  await rig.cloud.settled();
  t.deepEqual(
    receiver.taken.map(({ json }) => json).sort((a, b) => (a.type < b.type ? -1 : 1)),
    [
      { type: "door-opened", timestamp: "2026-06-01T12:00:00Z", data: { property, door: door.hex, person: person.id, at: "2026-06-01T12:00:00Z", late: false } },
      { type: "door-refused", timestamp: "2026-06-01T11:50:00Z", data: { property, door: door.hex, person: null, at: "2026-06-01T11:50:00Z", late: true, reason: "unknown-credential" } },
    ],
  );
  t.notRegex(JSON.stringify(receiver.taken), /Lovelace|with a name/);
  const { items } = await manager.get(`${at}/${id}/deliveries`);
  t.true(items.every(({ state, attempts, problem }: Json) => state === "delivered" && attempts === 1 && problem === null));

  // What is changed says which version; what is removed is told nothing more.
  t.is((await manager.send("PATCH", `${at}/${id}`, { events: ["duress"] })).body.code, "version-needed");
  await manager.patch(`${at}/${id}`, { events: ["duress"] }, '"1"');
  t.is((await manager.send("PATCH", `${at}/${id}`, { paused: true }, { "if-match": '"1"' })).body.code, "changed-meanwhile");
  receiver.taken.length = 0;
  await change(building);
  await rig.cloud.settled();
  t.deepEqual(receiver.taken, []);
  await manager.delete(`${at}/${id}`);
  t.is((await manager.send("GET", `${at}/${id}`)).status, 404);
  for (let count = 0; count < 20; count++) await manager.post(at, { url: receiver.url, events: ["duress"] });
  t.is((await manager.send("POST", at, { url: receiver.url, events: ["duress"] })).body.code, "too-many-webhooks");
  rig.clock.advance(700);
  t.is((await manager.send("POST", at, { url: receiver.url, events: ["duress"] })).body.code, "authenticate-again");
  const audited = JSON.stringify((await rig.get(`/audit?property=${property}`)).items);
  for (const said of [rig.log, audited]) t.false(said.includes(secret) || said.includes(secret.slice(6)) || said.includes("/hook"));
  t.true(audited.includes("webhook.add") && audited.includes("webhook.remove"));
});

test("X13: what a receiver does not take is tried again, ever less often and over restarts; days of failure pause it, and what was missed is said", async (t) => {
  const building = await house(t);
  const { rig, manager, at } = building;
  const [receiver, other] = [await Receiver.start(t), await Receiver.start(t)];
  const { id, secret } = await manager.post(at, { url: receiver.url, events: ["changed"] });
  const hook = (): Promise<Json> => manager.get(`${at}/${id}`);
  await rig.cloud.settled();
  receiver.taken.length = 0;
  receiver.says(500);
  await change(building);
  await rig.cloud.settled();
  t.is(receiver.taken.length, 1);
  t.like((await manager.get(`${at}/${id}/deliveries`)).items.find(({ state }: Json) => state === "waiting"), { attempts: 1, problem: "http 500" });
  // While it fails, what is new waits too; others go on.
  const second = await manager.post(at, { url: other.url, events: ["changed"] });
  await change(building);
  await rig.cloud.settled();
  t.is(receiver.taken.length, 1);
  t.true(other.taken.length > 0);
  await manager.delete(`${at}/${second.id}`);
  await rig.restart();
  await rig.cloud.settled();
  t.is(receiver.taken.length, 1, "a restart is no reason to hurry");
  await pass(building, 9);
  t.is(receiver.taken.length, 1);
  await pass(building, 1);
  t.true(receiver.taken.length > 1);
  const attempts: number[] = [];
  for (const [steps, seconds] of [
    [30, 120],
    [20, 1_800],
    [2, 1_800],
  ]) {
    const before = receiver.taken.length;
    for (let step = 0; step < steps; step++) await pass(building, seconds);
    attempts.push(receiver.taken.length - before);
  }
  t.true(attempts[0] > attempts[2] && attempts[2] >= 1, String(attempts));
  // The same delivery under the same id, each attempt at its own time.
  const firstId = receiver.taken[0].headers["webhook-id"];
  const again = receiver.taken.filter(({ headers }) => headers["webhook-id"] === firstId);
  t.true(again.length >= 2 && again.every((taken) => isSigned(taken, secret) && taken.body === again[0].body));
  t.is(new Set(again.map(({ headers }) => headers["webhook-timestamp"])).size, again.length);
  // Redirects lead nowhere.
  const elsewhere = other.taken.length;
  receiver.says(307, { location: other.url });
  await pass(building, 3_600);
  t.is(other.taken.length, elsewhere);
  t.is((await hook()).failures > 5, true);
  receiver.answer = (response) => void response.writeHead(200).end();
  await pass(building, 3_600);
  await pass(building, 3_600);
  t.true((await manager.get(`${at}/${id}/deliveries`)).items.every(({ state }: Json) => state === "delivered"));
  t.like(await hook(), { failures: 0, failingSince: null, missed: 0 });

  // Five days of nothing but failures.
  receiver.answer = (response) => response.destroy();
  for (let day = 0; day < 6; day++) {
    await change(building);
    for (let step = 0; step < 6; step++) await pass(building, 4 * 3_600);
  }
  const paused = await hook();
  t.truthy(paused.pausedAt);
  t.true(paused.missed >= 5, String(paused.missed));
  t.true((await manager.get(`${at}/${id}/deliveries`)).items.every(({ state }: Json) => state !== "waiting"));
  t.is((await manager.send("POST", `${at}/${id}/test`)).body.code, "webhook-paused");
  t.true(JSON.stringify((await rig.get("/audit")).items).includes('"webhook.pause"'));
  receiver.answer = (response) => void response.writeHead(200).end();
  const before = receiver.taken.length;
  await change(building);
  await pass(building, 3_600);
  t.is(receiver.taken.length, before);
  const answer = await manager.send("PATCH", `${at}/${id}`, { paused: false }, { "if-match": "*" });
  t.like(answer.body, { pausedAt: null, failures: 0 });
  await rig.cloud.settled();
  t.is(receiver.taken.length, before + 1);
  t.true(receiver.taken.at(-1)!.json.data.missed >= paused.missed, "what it was not told of it is told the number of");
  t.is((await hook()).missed, 0);
  // Whoever says that they are gone is left alone at once.
  receiver.says(410);
  await change(building);
  await rig.cloud.settled();
  t.truthy((await hook()).pausedAt);
});

test("X13: who hangs or never stops answering holds up nobody", async (t) => {
  const building = await house(t);
  const { rig, manager, at } = building;
  const [hanging, endless, quick] = [await Receiver.start(t), await Receiver.start(t), await Receiver.start(t)];
  const held: ServerResponse[] = [];
  hanging.answer = (response) => void held.push(response);
  let written = 0;
  endless.answer = (response) => {
    response.writeHead(200);
    const flood = () => {
      while (!response.destroyed && written < 50_000_000) {
        written += 65_536;
        if (!response.write(Buffer.alloc(65_536))) return void response.once("drain", flood);
      }
    };
    flood();
  };
  for (const { url } of [hanging, endless, quick]) await manager.post(at, { url, events: ["door-alarm", "changed"] });
  await change(building);
  const enough = () => quick.taken.length >= 2 && endless.taken.length >= 2 && hanging.taken.length >= 1;
  while (!enough()) await new Promise((resolve) => setImmediate(resolve));
  t.is(hanging.taken.length, 1, "still at its first");
  t.true(written < 20_000_000, `${written} bytes were written`);
  hanging.answer = (response) => void response.writeHead(200).end();
  hanging.answer(held[0]);
  await rig.cloud.settled();
  t.true(hanging.taken.length > 1);
});

test("X13: nothing is sent inside private networks: not by address, by name, or by a name that changes its mind", async (t) => {
  const refused = [
    "http://programs.example/", // without TLS
    "https://localhost/",
    "https://a.localhost/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f.0.0.1/",
    "https://10.1.2.3/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/",
    "https://0.0.0.0/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[fe80::1]/",
    "https://[fc00::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:1::1]/",
    "https://user:password@programs.example/",
    "ftp://programs.example/",
    "programs.example",
    "https://",
  ];
  for (const url of refused) t.throws(() => parseTarget(url, false), { instanceOf: Refusal }, url);
  for (const url of ["https://programs.example:8443/x?y=1#z", "https://93.184.216.34/", "https://[2606:2800:220:1::1]/"]) t.notThrows(() => parseTarget(url, false), url);
  t.is(parseTarget("https://programs.example/x#secret", false).href, "https://programs.example/x");
  t.notThrows(() => parseTarget("http://192.168.1.10:8123/api/webhook/x", true));
  t.true(isPublic("1.1.1.1") && isPublic("2a00:1450::1") && !isPublic("::ffff:1.1.1.1") && !isPublic("nonsense"));

  const receiver = await Receiver.start(t);
  const port = new URL(receiver.url).port;
  const post = (host: string, addresses: string[][], privateAllowed: boolean) => {
    let asked = 0;
    const resolve = () => Promise.resolve(addresses[asked++].map((address) => ({ address, family: address.includes(":") ? 6 : 4 })));
    return postDelivery(new URL(`http://${host}:${port}/`), { "content-type": "application/json" }, "{}", { privateAllowed, resolve });
  };
  t.deepEqual(await post("inside.example", [["127.0.0.1"]], false), { problem: "private address" });
  t.deepEqual(await post("mixed.example", [["93.184.216.34", "127.0.0.1"]], false), { problem: "private address" });
  t.deepEqual(await post("127.0.0.1", [], false), { problem: "private address" });
  t.deepEqual(await post("nobody.example", [[]], false), { problem: "no address" });
  t.deepEqual(receiver.taken, []);
  // It is asked for once, and the connection goes there whatever the name says next.
  t.deepEqual(await post("rebind.example", [["127.0.0.1"]], true), { status: 204 });
  t.is(receiver.taken[0].headers.host, `rebind.example:${port}`);

  // A certificate that nobody vouches for is no one's.
  const secure = createSecureServer(selfSigned(), (_, response) => void response.writeHead(204).end());
  await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
  t.teardown(() => void secure.close());
  const answer = await postDelivery(new URL(`https://programs.example:${(secure.address() as AddressInfo).port}/`), {}, "{}", { privateAllowed: true, resolve: () => Promise.resolve([{ address: "127.0.0.1", family: 4 }]) });
  t.regex("problem" in answer ? answer.problem : "", /self_signed|cert/);

  const building = await house(t, false);
  const { rig, manager, at } = building;
  for (const url of [receiver.url, "https://127.0.0.1/", "https://[::1]/"]) t.is((await manager.send("POST", at, { url, events: ["changed"] })).body.code, "bad-webhook-address", url);
  // One that was set up while it was allowed is not sent to any more.
  rig.settings.privateWebhooks = true;
  await rig.restart();
  const { id } = await manager.post(at, { url: receiver.url, events: ["changed"] });
  await rig.cloud.settled();
  receiver.taken.length = 0;
  rig.settings.privateWebhooks = false;
  await rig.restart();
  await change(building);
  await rig.cloud.settled();
  t.deepEqual(receiver.taken, []);
  t.is((await manager.get(`${at}/${id}/deliveries`)).items.find(({ state }: Json) => state === "waiting").problem, "private address");
});
