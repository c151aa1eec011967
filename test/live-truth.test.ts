import test, { type ExecutionContext } from "ava";
import pino from "pino";
import { Refusal } from "../cloud/refusal";
import { LiveTruth } from "../cloud/truth/live-truth";
import { CloudRig, type Json } from "./support/cloud-rig";
import { LiveClient } from "./support/live-client";
import { ManualClock } from "./support/manual-clock";
import { signInManager } from "./support/managers";
import { signIn } from "./support/sign-in";
import { World } from "./support/world";

async function watch(t: ExecutionContext, site: { cloud: { url: string; adminToken: { token: string } } }, path: string): Promise<LiveClient> {
  const { status, headers, client } = await LiveClient.open(t, `${site.cloud.url}/api${path}`, { authorization: `Bearer ${site.cloud.adminToken.token}` });
  t.is(status, 200, path);
  t.regex(headers["content-type"]!, /^text\/event-stream/);
  t.is(headers["cache-control"], "no-store");
  return client;
}

test("X1: a revocation, its person and each door say live when it becomes true", async (t) => {
  const world = await World.begin(t, { doors: 2 });
  const [online, offline] = world.doors;
  const person = await world.addPerson({ class: "guest", name: "Guest" });
  const other = await world.addPerson({ class: "guest", name: "Stays" });
  await world.upToDate();
  t.true(online.types(person.pin) && offline.types(person.pin));
  const ofPerson = await watch(t, world, `/people/${person.id}/truth/live`);
  const ofDoor = await watch(t, world, `/doors/${offline.id}/truth/live`);
  const ofOther = await watch(t, world, `/people/${other.id}/truth/live`);
  await world.until("the streams have begun", () => [ofPerson, ofDoor, ofOther].every(({ documents }) => documents.length === 1));
  t.like(ofPerson.last, { person: person.id, complete: true, doors: [] });
  t.like(ofDoor.last, { door: offline.id, complete: true, people: [] });

  offline.pullPlug();
  const { id } = await world.revoke(person);
  const ofRevocation = await watch(t, world, `/revocations/${id}/live`);
  await world.until("the door that is there has acknowledged", () => stateOf(ofRevocation.last, online.id) === "acknowledged");
  t.is(stateOf(ofRevocation.last, offline.id), "pending");
  t.false(ofRevocation.last.complete);
  await world.until("the person's stream says it", () => stateOf(ofPerson.last, online.id) === "acknowledged");
  await world.until("the door's stream says it", () => ofDoor.last.people.length === 1);
  t.like(ofDoor.last, { complete: false, people: [{ person: person.id, name: "Guest", state: "pending" }] });
  // What the stream says is what the page says, and what the doors do.
  t.deepEqual(ofRevocation.last, await world.get(`/api/revocations/${id}`));
  t.deepEqual(ofPerson.last, await world.get(`/api/people/${person.id}/truth`));
  t.deepEqual(ofDoor.last, await world.get(`/api/doors/${offline.id}/truth`));
  t.truthy(ofDoor.last.people[0].mayOpenUntil);
  t.false(online.types(person.pin));
  t.true(offline.types(person.pin));

  await world.reconnect(offline);
  await world.until("the last door has acknowledged", () => ofRevocation.last.complete && ofPerson.last.complete && ofDoor.last.complete);
  t.false(offline.types(person.pin));
  t.deepEqual(ofDoor.last.people, []);
  // One event per change: none repeats the one before.
  for (const { documents } of [ofPerson, ofDoor, ofRevocation]) for (const [index, document] of documents.entries()) if (index > 0) t.notDeepEqual(document, documents[index - 1]);
  t.is(ofOther.documents.length, 1);
});

function stateOf(document: Json, door: string): string | undefined {
  return document?.doors.find((each: Json) => each.door === door)?.state;
}

test("X1: a stream tells what only time changes, and says that it is still there", async (t) => {
  const world = await World.begin(t, { doors: 1 });
  const [door] = world.doors;
  const person = await world.addPerson({ class: "guest" });
  await world.upToDate();
  door.pullPlug();
  const { id } = await world.revoke(person);
  const stream = await watch(t, world, `/revocations/${id}/live`);
  await world.until("the bound is known", () => stream.last !== undefined && stream.last.doors[0].mayOpenUntil !== null && stream.last.doors[0].version !== null);
  const until = Date.parse(stream.last.doors[0].mayOpenUntil);
  for (let minute = 1; minute <= 5; minute++) {
    const { beats } = stream;
    await world.pass(60_000);
    await world.until("it says that it is still there", () => stream.beats > beats);
  }
  t.is(stateOf(stream.last, door.id), "pending");
  await world.pass(until - world.clock.unixMs + 60_000 - 10 * 60_000);
  // Streams end after a quarter of an hour, and readers come again.
  await world.until("the stream has ended", () => stream.ended);
  const again = await watch(t, world, `/revocations/${id}/live`);
  await world.until("it has begun", () => again.documents.length === 1);
  t.is(stateOf(again.last, door.id), "pending");
  await world.pass(10 * 60_000);
  await world.until("its bound has passed", () => stateOf(again.last, door.id) === "ended");
  t.is(again.documents.length, 2);
  t.false(door.types(person.pin));
});

async function waitFor(t: ExecutionContext, what: string, holds: () => boolean): Promise<void> {
  for (let round = 0; round < 2_000; round++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  t.fail(`never: ${what}`);
}

test("X1, O15: streams end with the session or the right that they were opened by, and with the cloud", async (t) => {
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop());
  const property = (await rig.post("/properties", { name: "Rue des Lilas 7" })).id;
  const person = (await rig.post("/people", { property, name: "Ada", class: "resident" })).id;
  const path = `/people/${person}/truth/live`;
  const stranger = await signIn(rig, "stranger@example.org");
  const open = (headers: Record<string, string>) => LiveClient.open(t, `${rig.cloud.url}/api${path}`, headers);
  t.is((await open({ cookie: stranger.cookie! })).status, 404);
  t.is((await open({})).status, 401);
  const { token, id: machine } = await rig.post("/tokens", { property, name: "A program" });
  const program = await open({ authorization: `Bearer ${token}` });
  t.is(program.status, 200);
  await waitFor(t, "the first document", () => program.client.documents.length === 1);
  rig.clock.advance(20);
  await waitFor(t, "a beat", () => program.client.beats === 1);
  t.false(program.client.ended);
  t.is((await rig.send("DELETE", `/tokens/${machine}`, {})).status, 204);
  rig.clock.advance(20);
  await waitFor(t, "the end of the program's stream", () => program.client.ended);
  const manager = await signInManager(rig, property, "manager@example.org");
  const watched = await open({ cookie: manager.cookie! });
  t.is(watched.status, 200);
  await waitFor(t, "the first document", () => watched.client.documents.length === 1);
  await manager.post("/sign-out", {}, 204);
  rig.clock.advance(20);
  await waitFor(t, "the end with the session", () => watched.client.ended);
  const site = await watch(t, rig, path);
  await waitFor(t, "the first document", () => site.documents.length === 1);
  await rig.restart();
  await waitFor(t, "the end with the cloud", () => site.ended);
});

test("X1: streams are bounded for each actor, and closed ones make room", async (t) => {
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop());
  const property = (await rig.post("/properties", { name: "Rue des Lilas 7" })).id;
  const person = (await rig.post("/people", { property, name: "Ada", class: "resident" })).id;
  const path = `/people/${person}/truth/live`;
  const clients: LiveClient[] = [];
  for (let index = 0; index < 10; index++) clients.push(await watch(t, rig, path));
  const refused = await rig.request("GET", `/api${path}`);
  t.is(refused.status, 429);
  t.is(refused.body.code, "too-many-streams");
  clients[3].close();
  for (let round = 0; round < 400; round++) {
    const { status, client } = await LiveClient.open(t, `${rig.cloud.url}/api${path}`, { authorization: `Bearer ${rig.cloud.adminToken.token}` });
    client.close();
    if (status === 200) {
      t.pass();
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  t.fail("a closed stream made no room");
});

test("X1: a reader that is slow misses steps in between, never the last, and keeps nobody busy", async (t) => {
  const live = new LiveTruth({ clock: new ManualClock(0), log: pino({ level: "silent" }) });
  let step = 0;
  let reads = 0;
  const body = await live.open("site", async () => {
    reads += 1;
    return { document: { step }, doors: ["a"] };
  });
  for (step = 1; step < 1_000; step++) live.changed("a");
  live.changed("b");
  t.is(reads, 1);
  const reader = body.getReader();
  const next = async () => Buffer.from((await reader.read()).value ?? []).toString();
  t.regex(await next(), /"step":0/);
  t.regex(await next(), /"step":1000/);
  t.is(reads, 2);
  const waiting = next();
  live.stop();
  t.is(await waiting, "");
  await t.throwsAsync(() => live.open("site", async () => ({ document: {}, doors: [] })), { instanceOf: Refusal });
});
