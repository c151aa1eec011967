import test, { type ExecutionContext } from "ava";
import { splitItems } from "../cloud/couriers/courier-part";
import { doorBundle, packParts, wholePart, type Packable } from "../cloud/couriers/pack-parts";
import { nativeHashes } from "../cloud/keys/native-hashes";
import { COURIER_UPLOADS_PER_ACCOUNT } from "../cloud/limits";
import { concat, join } from "../protocol/bytes";
import { OFFERED_ITEMS_MAX } from "../protocol/courier-frame";
import { CredentialKind } from "../protocol/credential";
import { COURIER_HEADER_BYTES, CourierKind, courierKeys, decodeCourierHeader, sealCourierItem } from "../protocol/courier-item";
import { encodeNeed } from "../protocol/need";
import { CloudRig, type Json } from "./support/cloud-rig";
import { Building, lastToken } from "./support/household";
import { LiveClient } from "./support/live-client";
import { signInManager } from "./support/managers";
import { EventChain, ProtocolDoor } from "./support/protocol-door";
import { signIn, siteClient, type Client } from "./support/sign-in";
import { testOfSqlite } from "./support/test-database";
import { World, type WorldDoor } from "./support/world";
import { WorldPhone } from "./support/world-phone";

/** Somebody with a key in the app and a phone that is online. */
async function withPhone(world: World, by: Client, who: string, doors: readonly WorldDoor[], more: object = {}): Promise<{ phone: WorldPhone; key: string; person: string }> {
  const email = `${who}@example.com`;
  const given = await by.post("/keys", { property: world.property, kind: "app", name: `Key of ${who}`, user: { name: who, email }, doors: doors.map(({ id }) => id), ...more });
  const client = await signIn(world, email, { name: who });
  await client.post("/keys/accept", { token: await lastToken(world, email, "key-link") }, 200);
  const phone = new WorldPhone(world, client, doors[0]);
  await phone.goesOnline();
  return { phone, key: given.id, person: given.user.person };
}

test.serial("X1, X2: a revocation reaches an offline door with another person's phone, and its acknowledgement comes back with that phone", async (t) => {
  const world = await World.begin(t, { doors: 1 });
  const [front] = world.doors;
  // Without a clock of its own: a power cut takes its time away.
  const garage = await world.addDoor("garage", { rtc: false });
  const { manager } = await Building.of(world);
  const site = siteClient(world);
  const ada = await withPhone(world, manager, "ada", [garage]);
  const bob = await withPhone(world, manager, "bob", [front, garage]);
  const guest = await world.addPerson({ class: "guest", doors: [garage], name: "Guest" });
  await world.upToDate();
  t.like(await ada.phone.taps(garage), { opened: true });

  garage.pullPlug();
  ada.phone.online = false;
  await manager.delete(`/keys/${ada.key}`, 200);
  await world.cloud.settled();
  const truth = async (): Promise<Json> => (await manager.get(`/people/${ada.person}/truth`)).doors.find(({ door }: Json) => door === garage.id);
  const { client: live } = await LiveClient.open(t, `${world.cloud.url}/api/doors/${garage.id}/truth/live`, site.credentials);
  await world.until("somebody watches", () => live.documents.length === 1);
  t.like(await truth(), { state: "pending", acknowledgedBy: null, carriers: null });
  t.like(await ada.phone.taps(garage), { opened: true }, "neither the door nor anybody there knows");

  await bob.phone.goesOnline();
  const pending = await truth();
  t.like(pending, { state: "pending", carriers: { phones: 1 } });
  await world.until("it is told at once", () => live.last.people[0]?.carriers?.phones === 1 && live.last.carriers?.phones === 1);
  t.like(await ada.phone.taps(garage), { opened: true }, "nobody has been there");
  bob.phone.online = false;
  t.like(await bob.phone.taps(garage), { opened: true });
  t.like(await ada.phone.taps(garage), { opened: false, why: "unknown-credential" });
  t.deepEqual(await truth(), pending, "what nobody has brought back is not known");

  // What it did itself comes back with it: its entries, and its word.
  await bob.phone.goesOnline();
  t.like(await truth(), { state: "acknowledged", acknowledgedBy: "phone", carriers: null, mayOpenUntil: null });
  await world.until("whoever watches has seen it", () => live.last.complete === true && live.last.acknowledgedBy === "phone");
  t.like(await site.get(`/doors/${garage.id}`), { upToDate: true, heardBy: "phone", acknowledged: { by: "phone" } });
  const entries = async (): Promise<string[]> => (await world.events(garage)).filter(({ type }: Json) => type === "decision").map(({ person, reason, sequence }: Json) => `${person?.name ?? "?"} ${reason} ${sequence}`);
  const openings = await entries();
  t.deepEqual(openings.slice(0, 3).map((entry) => entry.replace(/ [0-9]+$/, "")), Array(3).fill("ada granted"));
  t.is((await site.get(`/doors/${garage.id}/alarms`)).items.length, 0);

  // Its power fails as well, and with it the time: guests wait, until a phone that is online stands there for a moment.
  garage.cutPower();
  // A cloud that starts anew has no connection of that door's to take for a living one.
  const { httpPort, mqttPort } = world.cloud;
  await world.cloud.stop();
  await world.startCloud(httpPort, mqttPort);
  t.false((await site.get(`/doors/${garage.id}`)).online);
  t.false(garage.types(guest.pin));
  t.is(garage.lastDecision, "denied: time-unknown");
  t.like(await bob.phone.visits(garage), { carried: true, uploaded: true });
  t.true(garage.types(guest.pin));

  // The keys change, and a whole new list with them: all of it goes by phone, and the old one opens meanwhile.
  await site.post("/keysets", { newEpoch: true });
  await world.cloud.settled();
  await bob.phone.goesOnline();
  bob.phone.online = false;
  t.true(garage.types(guest.pin));
  t.like(await bob.phone.visits(garage), { carried: true });
  await bob.phone.goesOnline();
  const door = await site.get(`/doors/${garage.id}`);
  t.like(door, { upToDate: true, online: false, heardBy: "phone", telemetry: null, acknowledged: { epoch: 2, by: "phone" } });
  // What a stolen key may have said of the time is forgotten with it: for guests it takes somebody who is online there.
  t.false(garage.types(guest.pin));
  t.is(garage.lastDecision, "denied: time-unknown");
  t.like(await bob.phone.visits(garage), { carried: true, uploaded: true });
  t.true(garage.types(guest.pin));
  t.like(await bob.phone.taps(garage), { opened: true });
  t.like((await site.get(`/doors/${garage.id}/truth`)).brought, { refused: {} });

  // Network again: nothing is told twice, and nothing is missing.
  await world.reconnect(garage);
  await world.until("the last entries are there", async () => (await entries()).length >= 11);
  const told = ["ada granted", "ada granted", "ada granted", "bob granted", "? unknown-credential", "Guest time-unknown", "Guest granted", "Guest granted", "Guest time-unknown", "Guest granted", "bob granted"];
  t.deepEqual((await entries()).map((entry) => entry.replace(/ [0-9]+$/, "")), told);
  t.like(await site.get(`/doors/${garage.id}`), { heardBy: "network" });
  t.is((await site.get(`/doors/${garage.id}/alarms`)).items.length, 0);
  t.like(await truth(), { state: "acknowledged", acknowledgedBy: "phone" });
});

test.serial("X6: uses are taken off at a sibling that only phones reach, and until its word is back it is said that it may open", async (t) => {
  const world = await World.begin(t, { doors: 2 });
  const [front, garage] = world.doors;
  const { manager } = await Building.of(world);
  const site = siteClient(world);
  const bob = await withPhone(world, manager, "bob", [front]);
  const doors = world.doors.map(({ id }) => id);
  const given = await site.post("/keys", { property: world.property, kind: "pin", name: "Once", user: { name: "Ana" }, doors, uses: 1, usesTogether: true, notAfter: "2026-03-01T00:00:00Z" });
  const { pin } = given.codes[0];
  await world.upToDate();
  for (const door of world.doors) door.pullPlug();
  const counted = async (): Promise<Json> => (await site.get(`/keys/${given.id}`)).counted;
  t.true(front.types(pin));
  t.like(await counted(), { used: 0, left: 1, atMost: 2 }, "nobody has told");

  // One phone, which is on no network while it is at a door: from the one to the cloud, and from there to the other.
  bob.phone.online = false;
  t.like(await bob.phone.visits(front), { carried: true });
  t.like(await counted(), { used: 0, left: 1, atMost: 2 });
  await bob.phone.goesOnline();
  await world.cloud.settled();
  t.like(await counted(), { used: 1, left: 0, atMost: 1, mayOpen: [{ door: garage.id, atMost: 1, carriers: null }] });
  await bob.phone.goesOnline();
  t.like(await counted(), { used: 1, left: 0, atMost: 1, mayOpen: [{ door: garage.id, atMost: 1, carriers: { phones: 1 } }] }, "carried is not known");
  bob.phone.online = false;
  t.like(await bob.phone.visits(garage), { carried: true, refused: 0 }, "its own or not: it carries");
  t.false(garage.types(pin));
  t.is(garage.lastDecision, "denied: suspended");
  t.like(await counted(), { atMost: 1 });
  await bob.phone.goesOnline();
  t.like(await counted(), { used: 1, left: 0, atMost: 0, mayOpen: [] });

  // The other way round the risk is what was said: who was nowhere near carries nothing.
  const twice = await site.post("/keys", { property: world.property, kind: "pin", name: "Twice", user: { name: "Ana" }, doors, uses: 1, usesTogether: true, notAfter: "2026-03-01T00:00:00Z" });
  await world.cloud.settled();
  await bob.phone.goesOnline();
  bob.phone.online = false;
  for (const door of world.doors) t.like(await bob.phone.visits(door), { carried: true });
  for (const door of world.doors) t.true(door.types(twice.codes[0].pin));
  for (const door of world.doors) t.false(door.types(twice.codes[0].pin));
  for (const door of world.doors) t.like(await bob.phone.visits(door), { carried: true });
  await bob.phone.goesOnline();
  await world.cloud.settled();
  t.like((await site.get(`/keys/${twice.id}`)).counted, { used: 2, left: 0, atMost: 0 });
});

/** A house with two doors that hear each other's news from phones alone, and two people who carry. */
class CarriedHouse {
  readonly rig: CloudRig;
  property!: string;
  front!: ProtocolDoor;
  garage!: ProtocolDoor;
  manager!: Client;
  ada!: Client;

  private constructor(rig: CloudRig) {
    this.rig = rig;
  }

  static async of(t: ExecutionContext): Promise<CarriedHouse> {
    const rig = await CloudRig.start();
    t.teardown(() => rig.stop());
    const house = new CarriedHouse(rig);
    const site = siteClient(rig);
    house.property = (await site.post("/properties", { name: "Rue des Lilas 7" })).id;
    house.front = await ProtocolDoor.claimed(rig, house.property, "Front");
    house.garage = await ProtocolDoor.claimed(rig, house.property, "Garage");
    house.manager = await signInManager(rig, house.property, "manager@example.org");
    const key = await house.manager.post("/keys", { property: house.property, kind: "app", name: "Key", user: { name: "Ada" }, doors: [house.front.hex, house.garage.hex] });
    house.ada = await signIn(rig, "ada@example.org", { name: "Ada" });
    await house.ada.post("/keys/accept", { token: key.link.url.split("#")[1] }, 200);
    await rig.cloud.settled();
    return house;
  }

  async person(more: object = {}): Promise<{ id: string; pin: string }> {
    const person = await this.rig.post("/people", { property: this.property, name: "Guest", class: "guest", pins: [{ grants: [{ doors: [this.front.hex, this.garage.hex] }] }], ...more });
    await this.rig.cloud.settled();
    return { id: person.id, pin: person.pins[0].pin };
  }

  async bundle(by = this.ada, headers: Record<string, string> = {}): Promise<{ status: number; etag: string; doors: Json[]; body: Json }> {
    const { status, headers: answered, body } = await by.send("GET", `/courier/bundle?property=${this.property}`, undefined, headers);
    return { status, etag: answered.get("etag")!, doors: body.doors, body };
  }

  /** Hands a door what somebody's phone has for it. */
  async brings(door: ProtocolDoor, by = this.ada): Promise<void> {
    door.takes(itemsFor(door, (await this.bundle(by)).doors));
  }

  /** Brings the cloud what a door gave. */
  async uploads(door: ProtocolDoor, items: readonly Uint8Array[], by = this.ada): Promise<Json> {
    const answer = await by.post(`/courier/doors/${door.hex}`, { items: items.map(toText) }, 200);
    await this.rig.cloud.settled();
    return answer;
  }

  /** What is known of a person's end at a door. */
  async truth(person: { id: string }, door: ProtocolDoor): Promise<Json> {
    return (await this.rig.get(`/people/${person.id}/truth`)).doors.find((each: Json) => each.door === door.hex);
  }

  async revoke({ id }: { id: string }): Promise<void> {
    await this.rig.post("/revocations", { person: id });
    await this.rig.cloud.settled();
  }
}

const iso = (seconds: number): string => new Date(seconds * 1_000).toISOString().replace(".000", "");
const toText = (item: Uint8Array): string => Buffer.from(item).toString("base64url");
const toBytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64url"));
const itemsFor = (door: ProtocolDoor, doors: readonly Json[]): Uint8Array[] => doors.find((each) => each.door === door.hex).items.map(toBytes);
const headersFor = (door: ProtocolDoor, doors: readonly Json[]) => itemsFor(door, doors).map((item) => decodeCourierHeader(item.subarray(0, COURIER_HEADER_BYTES)));
const kindsFor = (door: ProtocolDoor, doors: readonly Json[]): string[] => headersFor(door, doors).map(({ kind }) => Object.keys(CourierKind).find((name) => CourierKind[name as keyof typeof CourierKind] === kind)!);

test("X2: a bundle brings a door all that it lacks, is the same for everybody until something changes, and counts as sent", async (t) => {
  const house = await CarriedHouse.of(t);
  const { rig, garage, front, ada, manager } = house;
  const guest = await house.person();
  const stays = await house.person({ class: "resident" });
  const first = await house.bundle();
  t.deepEqual(kindsFor(garage, first.doors), ["keyset", "manifest", "delta", "lease"], "a door that never said a word gets everything");
  t.deepEqual(first.doors.map(({ door }) => door), [front.hex, garage.hex].sort());
  t.true(first.doors.every(({ whole }) => whole));

  // The same bytes for whoever carries, and nothing at all for whoever has them.
  const ofManager = await house.bundle(manager);
  t.deepEqual([ofManager.body, ofManager.etag], [first.body, first.etag]);
  const again = await house.bundle(ada, { "if-none-match": `"another", W/${first.etag}` });
  t.deepEqual([again.status, again.body, again.etag], [304, "", first.etag]);
  rig.clock.advance(600);
  t.deepEqual((await house.bundle()).body, first.body);
  t.is((await ada.send("GET", `/courier/bundle?property=${house.property}`)).headers.get("cache-control"), "private, no-cache");

  // It makes a door that was never on any network a door that is up to date, as far as it knows itself.
  await house.brings(garage);
  t.true(garage.knows(guest.pin) && garage.knows(stays.pin));
  t.is(garage.version, first.doors.find(({ door }) => door === garage.hex).version);
  t.is(garage.lease?.version, garage.version);
  t.like(await rig.get(`/doors/${garage.hex}`), { acknowledged: null, heardAt: null, heardBy: null, online: false });
  await house.uploads(garage, [garage.gives("receipt", garage.receipt())]);
  t.like(await rig.get(`/doors/${garage.hex}`), { upToDate: true, online: false, heardBy: "phone", telemetry: null, acknowledged: { version: garage.version, by: "phone" }, saidAt: iso(rig.clock.now()) });
  const known = await house.bundle();
  t.not(known.etag, first.etag);
  t.deepEqual(kindsFor(garage, known.doors), ["lease"], "it lacks nothing more");

  // What has left with a phone may be at the door: it is no less delivered than by the network, and its lease counts.
  await house.revoke(guest);
  const pending = await house.truth(guest, garage);
  t.like(pending, { state: "pending", carriers: null });
  t.is(pending.sum.lastLeaseEnds, iso(headersFor(garage, known.doors).at(-1)!.version + 86_400), "the last one that left, with whomever");
  t.is((await house.truth(guest, front)).state, "pending", "phones carried it there");
  rig.clock.advance(100);
  const news = await house.bundle(manager);
  t.deepEqual(kindsFor(garage, news.doors), ["delta", "lease"]);
  t.like(await house.truth(guest, garage), { carriers: { phones: 1, since: iso(rig.clock.now()) }, mayOpenUntil: pending.mayOpenUntil });
  const since = rig.clock.now();
  rig.clock.advance(800);
  await house.bundle();
  const carried = await house.truth(guest, garage);
  t.like(carried, { state: "pending", carriers: { phones: 2, since: iso(since), latest: iso(rig.clock.now()) }, mayOpenUntil: pending.mayOpenUntil });
  t.regex(carried.says, /^may open until at most .*; 2 phones carry the news, the first since /);
  // Leases get old together, and a new one for the newest list does not move the bound of who is not on it.
  rig.clock.advance(100);
  const renewed = await house.bundle();
  t.deepEqual(headersFor(garage, renewed.doors).at(-1)!.version, rig.clock.now());
  t.deepEqual(headersFor(front, renewed.doors).at(-1)!.version, rig.clock.now());
  t.is((await house.truth(guest, garage)).mayOpenUntil, pending.mayOpenUntil);

  // A phone that is signed out has forgotten what it carried.
  await manager.post("/sign-out", {}, 204);
  t.like(await house.truth(guest, garage), { carriers: { phones: 1 } });
  await house.brings(garage);
  t.false(garage.knows(guest.pin));
  t.true(garage.knows(stays.pin));
  await house.uploads(garage, [garage.gives("receipt", garage.receipt())]);
  const acknowledged = await house.truth(guest, garage);
  t.like(acknowledged, { state: "acknowledged", acknowledgedAt: iso(rig.clock.now()), acknowledgedBy: "phone", carriers: null });
  t.is(acknowledged.says, "the door has acknowledged it; a phone brought its receipt");
  t.like(await rig.get(`/doors/${garage.hex}/truth`), { complete: true, carriers: null, acknowledgedBy: "phone", brought: { taken: 2, refused: {}, latest: iso(rig.clock.now()) } });

  // What phones carry takes nothing from a door that has a network: its leases come as they did.
  await front.connect();
  await front.until(() => front.lease?.version === front.version && front.version > 0);
  for (let round = 0; round < 12; round++) {
    await house.person({ pins: [{ grants: [{ doors: [garage.hex] }] }] });
    await house.bundle();
    rig.clock.advance(120);
    await rig.cloud.settled();
  }
  await front.until(() => rig.clock.now() - front.lease!.issuedAt < 720);
  const alone = await ada.get(`/courier/bundle?property=${house.property}&door=${garage.hex}`);
  t.deepEqual(alone.doors, (await house.bundle()).doors.filter(({ door }) => door === garage.hex), "a door by itself");

  await front.disconnect();

  // Keys are rotated while nobody is connected: the chain and a new list go by phone.
  await rig.post("/keysets", { newEpoch: true });
  await rig.cloud.settled();
  t.deepEqual(kindsFor(garage, (await house.bundle()).doors), ["keyset", "manifest", "page", "delta", "lease"]);
  await house.brings(garage);
  t.is(garage.keyset.number, 2);
  await house.uploads(garage, [garage.gives("receipt", garage.receipt())]);
  t.like(await rig.get(`/doors/${garage.hex}`), { upToDate: true });
  t.true(garage.knows(stays.pin));

  // Who has nothing to do with the house carries nothing; a door in strange hands is brought nothing more.
  const stranger = await signIn(rig, "stranger@example.org");
  t.is((await house.bundle(stranger)).body.code, "not-found");
  t.is((await stranger.send("POST", `/courier/doors/${garage.hex}`, { items: [toText(garage.gives("receipt", garage.receipt()))] })).body.code, "not-found");
  await rig.post(`/doors/${front.hex}/stolen`, {}, 200);
  t.deepEqual((await house.bundle()).doors.map(({ door }) => door), [garage.hex]);
  t.is((await ada.send("POST", `/courier/doors/${front.hex}`, { items: [toText(front.gives("receipt", front.receipt()))] })).body.code, "not-claimed");

  // A door that is claimed anew has other keys: what was given out before is of no use there, and counts no more.
  await rig.post(`/doors/${garage.hex}/release`, { released: true }, 200);
  await house.revoke(stays);
  await house.bundle();
  t.like(await house.truth(stays, garage), { state: "pending", carriers: { phones: 1 } });
  const [worthless] = itemsFor(garage, (await house.bundle()).doors).slice(-1);
  garage.forget();
  await rig.post("/doors", { property: house.property, name: "Garage", claim: garage.claimText });
  await garage.claim();
  await rig.cloud.settled();
  t.throws(() => garage.takes([worthless]), { message: /^bad-mac/ });
  t.is((await house.truth(stays, garage)).carriers, null);
  await house.brings(garage);
  t.like(await house.truth(stays, garage), { carriers: { phones: 1 } });
  await house.uploads(garage, [garage.gives("receipt", garage.receipt())]);
  t.like(await house.truth(stays, garage), { state: "acknowledged", acknowledgedBy: "phone" });
});

test("X2: whoever carries between cloud and door can alter nothing: each item is taken once, or refused by name and counted", async (t) => {
  const house = await CarriedHouse.of(t);
  const { rig, garage, front, manager } = house;
  const guest = await house.person();
  await house.brings(garage);
  await house.brings(front);
  const chain = new EventChain(garage);
  for (let n = 0; n < 40; n++) chain.append({ type: "decision", kind: CredentialKind.pin, tag: garage.tagOf(guest.pin), outputs: 1 });
  const ofFront = new EventChain(front);
  ofFront.append({ type: "boot" });
  const early = garage.gives("receipt", garage.receipt());
  const receipt = garage.gives("receipt", garage.receipt());
  const [some, more] = [garage.gives("events", chain.upload(0, 32)), garage.gives("events", chain.upload(32, 40))];

  // All that somebody can do to what they carry. Nothing of it moves anything.
  const flipped = (item: Uint8Array, at: number): Uint8Array => item.map((byte, index) => (index === at ? byte ^ 1 : byte));
  const itemOf = (kind: number, message: Uint8Array): Uint8Array => sealCourierItem(nativeHashes, courierKeys(nativeHashes, garage.keys.courier), { kind: kind as CourierKind, number: 0, version: 0 }, message);
  const hostile: [string, Uint8Array, string][] = [
    ["nothing", new Uint8Array(0), "malformed"],
    ["a header alone", receipt.slice(0, COURIER_HEADER_BYTES), "malformed"],
    ["cut off", receipt.slice(0, -1), "malformed"],
    ["with more behind it", concat(receipt, Uint8Array.of(0)), "malformed"],
    ["another format", flipped(receipt, 0), "malformed"],
    ["of a kind that is none", flipped(receipt, 1).fill(99, 1, 2), "malformed"],
    ["longer than any message", receipt.slice().fill(0xff, 2, 4), "too-large"],
    ...Array.from({ length: receipt.length - 4 }, (_, index): [string, Uint8Array, string] => [`byte ${index + 4}`, flipped(receipt, index + 4), "bad-mac"]),
    ["a receipt that says it is events", receipt.slice().fill(CourierKind.events, 1, 2), "bad-mac"],
    ["another door's", front.gives("receipt", front.receipt()), "bad-mac"],
    ["the head of one and the rest of another", concat(receipt.slice(0, 28), early.slice(28)), "bad-mac"],
    ["what goes to a door", itemsFor(garage, (await house.bundle()).doors)[0], "malformed"],
    ["sealed by the door, about another", garage.gives("receipt", front.receipt()), "bad-mac"],
    ["events for a receipt", itemOf(CourierKind.receipt, chain.upload(0, 1)), "malformed"],
    ["events of another door", garage.gives("events", ofFront.upload(0, 1)), "bad-mac"],
    ["of a claim that was", garage.gives("receipt", garage.receipt({ enrolment: 0 })), "wrong-enrolment"],
    ["a question that is none", garage.gives("need", Uint8Array.of(0xff)), "malformed"],
  ];
  const before = { door: await rig.get(`/doors/${garage.hex}`), events: await rig.get(`/events?door=${garage.hex}`), truth: await house.truth(guest, garage) };
  for (let at = 0; at < hostile.length; at += 40) {
    const batch = hostile.slice(at, at + 40);
    const { accepted, refused, items } = await house.uploads(garage, batch.map(([, item]) => item));
    t.deepEqual(refused.map(({ index, code }: Json) => [batch[index][0], code]), batch.map(([name, , code]) => [name, code]));
    t.deepEqual([accepted, items], [0, []], "and nobody gets anything for it");
  }
  t.deepEqual({ door: await rig.get(`/doors/${garage.hex}`), events: await rig.get(`/events?door=${garage.hex}`), truth: await house.truth(guest, garage) }, before);
  const counted = hostile.reduce<Record<string, number>>((counts, [, , code]) => ({ ...counts, [code]: (counts[code] ?? 0) + 1 }), {});
  t.deepEqual((await rig.get(`/doors/${garage.hex}/truth`)).brought, { taken: 0, refused: counted, latest: iso(rig.clock.now()) });
  t.false(rig.log.includes(toText(receipt).slice(40, 80)), "what was carried stands in no log");

  // In any order, once each: what is newest is known, what came twice changes nothing.
  garage.firstEvent = 0;
  t.deepEqual((await house.uploads(garage, [early, more])).refused, [{ index: 1, code: "not-asked-for" }], "what came before it is with somebody else: the door keeps both");
  const brought = await house.uploads(garage, [more, some, garage.gives("need", encodeNeed({ timeNonce: new Uint8Array(16).fill(7) })), receipt]);
  t.like(brought, { accepted: 4, refused: [] });
  const back = brought.items.map(toBytes);
  t.deepEqual(back.map((item: Uint8Array) => decodeCourierHeader(item.subarray(0, COURIER_HEADER_BYTES)).kind), [CourierKind.lease, CourierKind.acknowledgement, CourierKind.time]);
  t.is((await rig.get(`/events?door=${garage.hex}`)).items.length, 40);
  garage.signedTime = 0;
  garage.takes(back);
  t.is(garage.signedTime, rig.clock.now());
  t.is(garage.acknowledgedEvents, 40);
  t.deepEqual((await house.uploads(garage, [receipt, early, some], manager)).refused, [0, 1].map((index) => ({ index, code: "old-counter" })), "another phone was first");
  t.is((await rig.get(`/events?door=${garage.hex}`)).items.length, 40);
  t.deepEqual(kindsFor(garage, (await house.bundle()).doors).at(-1), "acknowledgement", "whoever is there next tells the door as well");
  t.deepEqual(await rig.get(`/doors/${garage.hex}/alarms`), { items: [] });

  t.like(await house.uploads(front, [front.gives("events", ofFront.upload(0, 1))]), { accepted: 1 });
  const fromFront = (await house.uploads(front, [front.gives("events", ofFront.upload(0, 1))])).items.map(toBytes);
  t.is(decodeCourierHeader(fromFront.at(-1)!.subarray(0, COURIER_HEADER_BYTES)).kind, CourierKind.acknowledgement, "without any receipt, too");

  // Old bundles: a courier that has the last week's in its pocket takes nothing back.
  const old = (await house.bundle()).doors;
  await house.revoke(guest);
  const fresh = (await house.bundle()).doors;
  garage.takes(itemsFor(garage, fresh).reverse());
  garage.takes(itemsFor(garage, fresh));
  const { version } = garage;
  garage.takes(itemsFor(garage, old));
  t.is(garage.version, version);
  t.false(garage.knows(guest.pin));
  // Withheld is not acknowledged, however long it takes; brought late it is.
  const late = garage.gives("receipt", garage.receipt());
  rig.clock.advance(3 * 86_400);
  t.is((await house.truth(guest, garage)).state, "ended", "no lease carried them so long");
  t.like(await house.uploads(garage, [late]), { accepted: 1 });
  t.like(await house.truth(guest, garage), { state: "acknowledged", acknowledgedBy: "phone", acknowledgedAt: iso(rig.clock.now()) });
});

test("X2: where all does not fit, a whole list is left off whole, for those first that have another way to the news; nothing else ever is", (t) => {
  const keys = courierKeys(nativeHashes, new Uint8Array(32));
  const item = (kind: CourierKind, bytes: number, number = 0): Uint8Array => sealCourierItem(nativeHashes, keys, { kind, number, version: 1 }, new Uint8Array(bytes));
  const part = (door_id: string, { keysets = 1, pages = 32, ownDelta = true } = {}): Packable => ({
    ...{ door_id, version: 7, news_without_list: ownDelta ? 1 : 0 },
    first_items: join([...Array.from({ length: keysets }, (_, number) => item(CourierKind.keyset, 900, number)), ...(ownDelta ? [item(CourierKind.delta, 140)] : [])]),
    list_items: join([item(CourierKind.manifest, 2_000), ...Array.from({ length: pages }, (_, number) => item(CourierKind.page, 4_096, number))]),
    last_items: join([item(CourierKind.delta, 140), item(CourierKind.lease, 130), item(CourierKind.acknowledgement, 28)]),
  });
  const kinds = (items: readonly Uint8Array[]) => items.map((each) => decodeCourierHeader(each.subarray(0, COURIER_HEADER_BYTES)).kind);

  const small = wholePart(part("a", { pages: 2 }));
  t.true(small.whole);
  t.deepEqual(kinds(small.items), [6, 3, 1, 2, 2, 3, 4, 7], "as a door can use them: keys, revocations, list, lease");

  // More items than a phone offers at once: the list waits until the keys are there.
  t.true(wholePart(part("a", { keysets: 2 })).whole);
  const many = wholePart(part("a", { keysets: 5 }));
  t.false(many.whole);
  t.deepEqual(kinds(many.items), [6, 6, 6, 6, 6, 3, 3, 4, 7]);
  const chain = wholePart(part("a", { keysets: 60 }));
  t.deepEqual([chain.whole, kinds(chain.items)], [false, Array(OFFERED_ITEMS_MAX).fill(6)]);

  // More bytes than one bundle has.
  const parts = Array.from({ length: 12 }, (_, index) => part(`door ${index}`, { ownDelta: index % 3 !== 0 }));
  const packed = packParts(parts);
  t.is(packed.size, 7);
  t.true(parts.filter(({ news_without_list }) => news_without_list === 0).every((each) => packed.has(each)), "who cannot follow otherwise");
  for (const each of parts) {
    const { items, whole } = doorBundle(each, packed.has(each));
    t.is(whole, packed.has(each));
    const rest = kinds(items).filter((kind) => kind !== CourierKind.manifest && kind !== CourierKind.page);
    t.deepEqual(rest, kinds([...splitItems(each.first_items), ...splitItems(each.last_items)]));
    t.is(items.length, rest.length + (whole ? 33 : 0));
  }
  t.is(packParts([part("one", { pages: 1 })]).size, 1);
});

testOfSqlite("X2: nobody brings more than one can carry, and others go on meanwhile", async (t) => {
  const house = await CarriedHouse.of(t);
  const { garage, ada, manager, rig } = house;
  const bring = (by: Client) => by.send("POST", `/courier/doors/${garage.hex}`, { items: ["AAAA"] });
  for (let sent = 0; sent < COURIER_UPLOADS_PER_ACCOUNT.count; sent += 50) {
    for (const { status } of await Promise.all(Array.from({ length: 50 }, () => bring(ada)))) t.is(status, 200);
  }
  const refused = await bring(ada);
  t.like(refused.body, { code: "too-many-requests" });
  t.is((await bring(manager)).status, 200);
  rig.clock.advance(refused.body.retryAfter);
  t.is((await bring(ada)).status, 200);
  t.deepEqual((await rig.get(`/doors/${garage.hex}/truth`)).brought.refused, { malformed: COURIER_UPLOADS_PER_ACCOUNT.count + 2 });
  t.is((await ada.send("POST", `/courier/doors/${garage.hex}`, { items: [] })).body.code, "invalid-request");
  t.is((await ada.send("POST", `/courier/doors/${garage.hex}`, { items: ["a+b="] })).body.code, "invalid-request");
  t.is((await ada.send("POST", `/courier/doors/${garage.hex}`, { items: ["A".repeat(70_000)] })).body.code, "too-large");
});
