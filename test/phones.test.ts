import { join } from "node:path";
import test from "ava";
import { nativeHashes } from "../cloud/keys/native-hashes";
import { DEFAULT_RULES } from "../cloud/properties/household-rules";
import { planPhoneKeys } from "../cloud/phones/plan-phone-keys";
import { openStore } from "../cloud/store/open-store";
import { inTransaction } from "../cloud/store/transaction";
import { lookUp, profileAt } from "../protocol/access-list";
import { CredentialKind, credentialTag } from "../protocol/credential";
import { phoneKey } from "../protocol/phone-key";
import { AskingPhone, bytesOfId, readHandles } from "./support/asking-phone";
import { CloudRig, NOON, type Json } from "./support/cloud-rig";
import { Building, pinOf } from "./support/household";
import { lastLinkToken, signInManager } from "./support/managers";
import { ProtocolDoor } from "./support/protocol-door";
import { addIdentifier, authenticateAgain, Client, signIn, siteClient } from "./support/sign-in";
import { World } from "./support/world";
import { WorldPhone } from "./support/world-phone";


const DAY = 86_400;
const later = (days: number): string => new Date((NOON + days * DAY) * 1_000).toISOString();

/** Whether a door's own list has a phone's row, and what it says. */
function rowOf(door: ProtocolDoor, id: string) {
  const { list } = door;
  if (list === undefined) return undefined;
  const [row] = lookUp(list, credentialTag(nativeHashes, door.keys.tag, CredentialKind.phone, bytesOfId(id)), CredentialKind.phone);
  return row === undefined ? undefined : profileAt(list, row.profile);
}

/** A house of three doors that hear of everything: the flat has the front and the garage, the office is by itself. */
class PhoneHouse {
  readonly rig: CloudRig;
  property!: string;
  unit!: string;
  front!: ProtocolDoor;
  garage!: ProtocolDoor;
  office!: ProtocolDoor;
  manager!: Client;

  constructor(rig: CloudRig) {
    this.rig = rig;
  }

  get doors(): ProtocolDoor[] {
    return [this.front, this.garage, this.office];
  }

  static async of(rig: CloudRig): Promise<PhoneHouse> {
    const house = new PhoneHouse(rig);
    const site = siteClient(rig);
    house.property = (await site.post("/properties", { name: "Rue des Lilas 7" })).id;
    house.front = await ProtocolDoor.claimed(rig, house.property, "Front");
    house.garage = await ProtocolDoor.claimed(rig, house.property, "Garage");
    house.office = await ProtocolDoor.claimed(rig, house.property, "Office");
    for (const door of house.doors) await door.connect();
    house.unit = (await site.post(`/properties/${house.property}/units`, { name: "Flat 1", doors: [house.front.hex, house.garage.hex] })).id;
    house.manager = await signInManager(rig, house.property, "manager@example.org");
    return house;
  }

  /** Somebody with a lease that is theirs at once. */
  async tenant(who: string, phone: string, terms: object = {}): Promise<{ client: Client; person: string; household: string }> {
    const client = await signIn(this.rig, `${who}@example.org`, { name: who });
    await addIdentifier(client, phone);
    const { leases, household } = await this.manager.post("/leases", { unit: this.unit, leaseholders: [{ name: who, email: `${who}@example.org`, phone }], ...terms });
    return { client, person: leases[0].person, household };
  }

  /** Somebody who has accepted an app key. */
  async keyHolder(who: string, key: object, client?: Client): Promise<{ client: Client; key: string; person: string }> {
    const given = await this.manager.post("/keys", { property: this.property, kind: "app", name: "A key", user: { name: who }, ...key });
    const holder = client ?? (await signIn(this.rig, `${who}@example.org`, { name: who }));
    await holder.post("/keys/accept", { token: given.link.url.split("#")[1] }, 200);
    return { client: holder, key: given.id, person: given.user.person };
  }

  async unitDoors(doors: readonly ProtocolDoor[]): Promise<void> {
    await this.manager.expect(200, "PATCH", `/properties/${this.property}/units/${this.unit}`, { doors: doors.map(({ hex }) => hex) }, { "if-match": "*" });
  }

  /** Every door has the newest list. */
  async settled(): Promise<void> {
    await this.rig.cloud.settled();
    for (const door of this.doors) {
      const { issued } = await this.rig.get(`/doors/${door.hex}`);
      await door.until(() => door.version === issued.version);
    }
  }

  /** The id that stands in a phone's handles for a door. */
  idAt(door: ProtocolDoor, doors: Map<string, Json>, entry = 0): string {
    return readHandles(door.keys, doors.get(door.hex)!.entries[entry].handles).id;
  }
}

async function begin(t: { teardown(work: () => Promise<void>): void }): Promise<PhoneHouse> {
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop());
  const house = await PhoneHouse.of(rig);
  t.teardown(async () => {
    for (const door of house.doors) if (door.connected) await door.disconnect();
  });
  return house;
}

test.serial("X2: every phone of a property has keys for all its doors, of its own holder alone, which no script can read and no log has", async (t) => {
  const house = await begin(t);
  const { rig, front, garage, office } = house;
  const ada = await house.tenant("ada", "+33612345678");
  const bob = await house.keyHolder("bob", { doors: [office.hex], windows: [{ days: ["monday"], start: "08:00", end: "12:00" }] });
  const phone = new AskingPhone();
  const doors = await phone.ask(ada.client);
  t.deepEqual(phone.answer.properties.map(({ id, name }: Json) => [id, name]), [[house.property, "Rue des Lilas 7"]]);
  const shape = (door: ProtocolDoor, of: Map<string, Json>) => {
    const { name, radioName, entries } = of.get(door.hex)!;
    return { name, radioName, entries: entries.map(({ opens, outputs, handles }: Json) => [opens, outputs, handles.length]) };
  };
  const radio = (door: ProtocolDoor) => `Latchkey ${door.hex.slice(0, 8)}`;
  t.deepEqual(shape(front, doors), { name: "Front", radioName: radio(front), entries: [[true, [0], 64]] });
  t.deepEqual(shape(office, doors), { name: null, radioName: radio(office), entries: [[false, [], 8]] }, "she carries there, and is not told whose door it is");

  // The door knows her phone by its list, and proves itself to her by the same key.
  await house.settled();
  const seen: string[] = [];
  const ids = new Set<string>();
  for (const door of house.doors) {
    const [entry] = doors.get(door.hex)!.entries;
    const { holder, id, counters } = readHandles(door.keys, entry.handles);
    ids.add(id);
    t.is(new Set(counters).size, entry.handles.length);
    const held = await phone.unwrap(entry);
    t.false(held.key.extractable);
    const message = new Uint8Array(40).fill(3);
    t.deepEqual(new Uint8Array(await globalThis.crypto.subtle.sign("HMAC", held.key, message)), nativeHashes.hmacSha256(phoneKey(nativeHashes, door.keys.ble, holder), message));
    t.is(rowOf(door, id) !== undefined, door !== office, "a row is a right, and there is none at the office");
    seen.push(...entry.handles, entry.key);
  }
  t.is(ids.size, 1, "her place has one holder");
  const [adasId] = ids;
  t.is(new Set(seen).size, seen.length, "nothing is the same at two doors");

  // A refill: other handles, another wrapping, the same holder.
  const again = await phone.ask(ada.client);
  t.is(house.idAt(front, again), adasId);
  const counters = [doors, again].flatMap((each) => readHandles(garage.keys, each.get(garage.hex)!.entries[0].handles).counters);
  t.deepEqual(counters, Array.from({ length: 128 }, (_, index) => index));
  t.is((await ada.client.get("/account/phones")).items.length, 1, "the same phone by its key");

  // Others have holders of their own; those who open nothing, one that no list knows.
  const bobs = await new AskingPhone().ask(bob.client);
  t.deepEqual(shape(office, bobs), { name: "Office", radioName: radio(office), entries: [[true, [0], 64]] });
  const managers = await new AskingPhone().ask(house.manager);
  t.deepEqual(shape(front, managers), { name: "Front", radioName: radio(front), entries: [[false, [], 8]] }, "a manager knows the doors");
  const carrier = house.idAt(office, managers);
  t.is(new Set([adasId, house.idAt(office, bobs), carrier]).size, 3);
  t.like(rowOf(office, house.idAt(office, bobs)), { outputs: 1 });
  for (const door of house.doors) t.is(rowOf(door, carrier), undefined);
  t.is(house.idAt(front, await new AskingPhone().ask(house.manager)), carrier, "the carrier stays");
  const stranger = await signIn(rig, "stranger@example.org");
  t.deepEqual((await new AskingPhone().send(stranger)).body.properties, []);

  // An account with a place and a key has both, one beside the other.
  await house.keyHolder("ada", { doors: [front.hex, office.hex], uses: 5, usesTogether: true }, ada.client);
  const both = await phone.ask(ada.client);
  t.deepEqual(both.get(front.hex)!.entries.map(({ opens }: Json) => opens), [true, true]);
  t.is(house.idAt(front, both, 0), adasId, "what is not counted is tried first");
  t.not(house.idAt(front, both, 1), adasId);
  t.is(house.idAt(office, both), house.idAt(front, both, 1));
  for (const name of ["second", "third"]) await house.keyHolder(name, { doors: [front.hex] }, ada.client);
  t.deepEqual((await phone.ask(ada.client)).get(front.hex)!.entries.map(({ handles }: Json) => handles.length), [32, 32, 32, 32], "they share what a door is worth");
  t.is((await phone.send(ada.client, house.property)).body.properties.length, 1);
  t.is((await phone.send(ada.client, "0123456789abcdef")).body.properties.length, 0);

  // What is no key is refused, programs have no phone, and a phone asks so often.
  const send = (publicKey: string) => ada.client.send("POST", "/phone/keys", { publicKey });
  for (const bad of ["", "AA", Buffer.alloc(65, 4).toString("base64url"), Buffer.concat([Buffer.from([2]), phone.publicKey.subarray(1)]).toString("base64url")]) t.is((await send(bad)).body.code, "invalid-request");
  t.is((await new AskingPhone().send(siteClient(rig))).body.code, "not-allowed");
  t.is((await new AskingPhone().send(new Client(rig))).status, 401);
  let refused;
  for (let count = 0; count < 61 && refused === undefined; count++) {
    const answer = await phone.send(bob.client);
    if (answer.status !== 200) refused = answer;
  }
  t.like(refused, { status: 429, body: { code: "too-many-requests" } });
  rig.clock.advance(3_601);
  const fine = await phone.send(bob.client);
  t.deepEqual([fine.status, fine.headers.get("cache-control")], [200, "no-store"]);

  // A stolen door knows no key of another one: phones go on elsewhere, and carry there no more until it is claimed anew.
  await rig.post(`/doors/${garage.hex}/stolen`, {}, 200);
  rig.clock.advance(3_601);
  t.false((await phone.ask(ada.client)).has(garage.hex));
  garage.forget();
  await rig.post("/doors", { property: house.property, name: "Garage", claim: garage.claimText });
  await garage.claim();
  await garage.connect();
  await house.unitDoors([front, garage]);
  await house.settled();
  const back = await phone.ask(ada.client);
  t.is(house.idAt(garage, back), adasId, "under the door's new keys");
  t.deepEqual([front, garage].map((door) => rowOf(door, adasId)?.outputs), [1, 1]);

  const { items: audit } = await siteClient(rig).get("/audit");
  const written = rig.log + JSON.stringify(audit);
  for (const secret of [...seen, phone.publicKey.toString("base64url"), phone.answer.ephemeralKey]) t.false(written.includes(secret));
  t.true(audit.some(({ action }: Json) => action === "phone.add"));

  // Where there is no room for all doors, those that open are there, and the number of others is said.
  for (const door of house.doors) await door.disconnect();
  await rig.cloud.stop();
  const store = await openStore(rig.settings.databaseUrl ?? join(rig.settings.dataFolder, "latchkey.sqlite"));
  const cramped = await inTransaction(store.database, (unit) => planPhoneKeys(unit, bob.client.account, undefined, rig.clock.now(), 2));
  t.is(cramped.left, 1);
  t.deepEqual(cramped.properties[0].doors.map(({ name, entries }) => [name, entries[0].opens]), [["Office", true], [undefined, false]]);
  await store.close();
});

test.serial("O1, N12, O11: what a member's phone opens follows their place, and their code is left alone", async (t) => {
  const house = await begin(t);
  const { rig, front, garage, office, manager } = house;
  const ada = await house.tenant("ada", "+33612345678", { end: later(60) });
  const codes = async () => (await ada.client.get(`/members/${ada.person}/pins`)).items.map(({ id, doors }: Json) => [id, doors.map(({ door }: Json) => door).sort()]);
  const before = await codes();
  const listed = async () => (await rig.get(`/people/${ada.person}/access`)).phones.length;
  t.is(await listed(), 0, "nobody's phone has asked");
  // Several phones ask first, at once: there is one holder, and none of its handles comes twice.
  const phones = Array.from({ length: 6 }, () => new AskingPhone());
  const answers = await Promise.all(phones.map((each) => each.ask(ada.client)));
  const [phone] = phones;
  const id = house.idAt(front, answers[0]);
  t.deepEqual(answers.map((doors) => house.idAt(front, doors)), phones.map(() => id));
  t.is(new Set(answers.flatMap((doors) => doors.get(front.hex)!.entries[0].handles)).size, 6 * 64);
  await house.settled();
  t.deepEqual(await codes(), before);
  t.is(await listed(), 1);
  t.is(rowOf(front, id)?.notAfter, NOON + 60 * DAY, "a door without a network keeps the lease's end");

  // Dates, and doors that come and go.
  await manager.expect(200, "PATCH", `/leases/${ada.person}`, { end: later(90) }, { "if-match": "*" });
  await house.unitDoors([front, office]);
  await house.settled();
  t.deepEqual(house.doors.map((door) => rowOf(door, id)?.notAfter), [NOON + 90 * DAY, undefined, NOON + 90 * DAY]);
  const moved = await phone.ask(ada.client);
  t.deepEqual(house.doors.map((door) => moved.get(door.hex)!.entries.map(({ opens }: Json) => opens)), [[true], [false], [true]]);
  t.is(house.idAt(office, moved), id);
  t.deepEqual((await codes()).map(([code]: Json) => code), before.map(([code]: Json) => code), "it is the same code");

  // A guest has chosen doors; nobody else's answer names their holder.
  await ada.client.post(`/households/${ada.household}/members`, { role: "guest", email: "max@example.org", doors: [office.hex], end: later(3) });
  const max = await signIn(rig, "max@example.org", { name: "Max" });
  t.deepEqual((await new AskingPhone().send(max)).body.properties, [], "an invitation that nobody has accepted is no place");
  await max.post("/invitations/accept", { token: await lastLinkToken(rig, "max@example.org") }, 200);
  const maxs = await new AskingPhone().ask(max);
  t.deepEqual(house.doors.map((door) => [maxs.get(door.hex)!.name, maxs.get(door.hex)!.entries[0].opens]), [[null, false], [null, false], ["Office", true]]);
  await house.settled();
  t.is(rowOf(office, house.idAt(office, maxs))?.notAfter, NOON + 3 * DAY);

  // Groups open for phones beside the codes; without a door of its own the flat's phone keeps what the group gives.
  await manager.expect(200, "PUT", `/properties/${house.property}/rules`, { ...DEFAULT_RULES, groups: true }, { "if-match": "*" });
  const group = (await manager.post("/groups", { property: house.property, name: "Cellar", doors: [garage.hex] })).id;
  await manager.put(`/groups/${group}/people/${ada.person}`, {});
  await house.unitDoors([]);
  await house.settled();
  t.deepEqual(house.doors.map((door) => rowOf(door, id) !== undefined), [false, true, false]);
  t.true((await codes()).some(([, at]: Json) => at.includes(garage.hex)), "and so do the codes");
  await house.unitDoors([front]);
  await house.settled();
  t.deepEqual(house.doors.map((door) => rowOf(door, id) !== undefined), [true, true, false]);
  await manager.delete(`/groups/${group}/people/${ada.person}`, 200);
  await house.settled();
  t.deepEqual(house.doors.map((door) => rowOf(door, id) !== undefined), [true, false, false]);

  // With the place everything ends, and the phone hears of no door any more.
  await manager.post(`/leases/${ada.person}/end`, {}, 200);
  await house.settled();
  t.is(rowOf(front, id), undefined);
  t.deepEqual((await phone.send(ada.client)).body.properties, []);
  t.is(await listed(), 1, "what was is still explained");
});

test.serial("A1: a lost phone's keys end at every door, all phones that are left get others, and the cloud says until when", async (t) => {
  const house = await begin(t);
  const { rig, front, garage, office } = house;
  const ada = await house.tenant("ada", "+33612345678");
  const kept = await house.keyHolder("ada", { doors: [office.hex], profile: "admin" }, ada.client);
  const counted = await house.keyHolder("ada", { doors: [garage.hex], uses: 3 }, ada.client);
  const lost = { client: await signIn(rig, "ada@example.org"), phone: new AskingPhone() };
  const other = { client: ada.client, phone: new AskingPhone() };
  const had = await lost.phone.ask(lost.client);
  const others = await other.phone.ask(other.client);
  t.is(house.idAt(front, had), house.idAt(front, others), "phones of an account share what they open with");
  t.deepEqual(had.get(garage.hex)!.entries.map(({ opens }: Json) => opens), [true, true]);
  const old = { front: house.idAt(front, had), office: house.idAt(office, had), counted: house.idAt(garage, had, 1) };
  await house.settled();
  t.deepEqual([rowOf(front, old.front), rowOf(office, old.office), rowOf(garage, old.counted)].map((row) => row?.outputs), [1, 15, 1]);

  const { items } = await other.client.get("/account/phones");
  t.deepEqual(items.map(({ current, signedIn, agent }: Json) => [current, signedIn, agent]).sort(), [[false, true, "A browser"], [true, true, "A browser"]]);
  const { id } = items.find(({ current }: Json) => !current);
  await office.disconnect();
  const bob = await signIn(rig, "bob@example.org");
  t.is((await bob.send("DELETE", `/account/phones/${id}`)).body.code, "not-found");
  const ended = await other.client.expect(200, "DELETE", `/account/phones/${id}`);
  t.false(ended.complete);
  t.deepEqual(ended.doors.map(({ name }: Json) => name).sort(), ["Front", "Garage", "Office"]);
  t.is((await lost.client.send("GET", "/account")).status, 401, "its session has ended with it");
  await rig.cloud.settled();
  for (const door of [front, garage]) await door.until(() => rowOf(door, door === front ? old.front : old.counted) === undefined);
  t.is(rowOf(garage, old.front), undefined);
  // An administrator's key is bound by nothing: until the door hears of it, the lost phone opens it, and that is said.
  const truth = async () => Object.fromEntries((await other.client.expect(200, "DELETE", `/account/phones/${id}`)).doors.map(({ name, state }: Json) => [name, state]));
  while ((await truth()).Garage !== "acknowledged" || (await truth()).Front !== "acknowledged");
  t.deepEqual(await truth(), { Front: "acknowledged", Garage: "acknowledged", Office: "pending" }, "again: as it stands then");
  t.truthy(rowOf(office, old.office));

  // The phone that is left gets other keys by asking; the lost one nothing, whoever signs in on it.
  const renewed = await other.phone.ask(other.client);
  t.not(house.idAt(front, renewed), old.front);
  t.not(house.idAt(office, renewed), old.office);
  t.deepEqual(renewed.get(garage.hex)!.entries.map(({ opens }: Json) => opens), [true], "a counted key is gone for good");
  t.is((await rig.get(`/keys/${counted.key}`)).state, "ended");
  t.like(await rig.get(`/keys/${kept.key}`), { state: "active", profile: "admin" });
  const thief = await signIn(rig, "ada@example.org");
  t.is((await lost.phone.send(thief)).body.code, "phone-ended");
  await office.connect();
  await house.settled();
  t.is(rowOf(office, old.office), undefined);
  t.is(rowOf(office, house.idAt(office, renewed))?.outputs, 15);
  t.is(rowOf(front, house.idAt(front, renewed))?.outputs, 1);
  t.true((await other.client.expect(200, "DELETE", `/account/phones/${id}`)).complete);
  t.deepEqual((await other.client.get("/account/phones")).items.map(({ current }: Json) => current), [true]);

  // A key that has no phone for now can still be edited, and the next one to ask gets what it is then.
  await other.client.expect(200, "DELETE", `/account/phones/${(await other.client.get("/account/phones")).items[0].id}`);
  await house.keyHolder("bob", { doors: [office.hex], profile: "admin" }, bob);
  await house.manager.patch(`/keys/${kept.key}`, { profile: null, doors: [office.hex, front.hex] }, "*");
  const again = async () => {
    rig.clock.advance(3_601); // an address gets so many codes an hour
    return signIn(rig, "ada@example.org");
  };
  const fresh = await again();
  const last = new AskingPhone();
  const lastDoors = await last.ask(fresh);
  t.deepEqual(lastDoors.get(front.hex)!.entries.map(({ outputs }: Json) => outputs), [[0], [0]]);

  // Ten phones at once, however many before them.
  for (let count = 1; count < 10; count++) await new AskingPhone().ask(await again());
  const eleventh = { client: await again(), phone: new AskingPhone() };
  t.is((await eleventh.phone.send(eleventh.client)).body.code, "too-many-phones");
  await fresh.post("/sign-out", {}, 204);
  t.is((await eleventh.phone.send(eleventh.client)).status, 200);
  const phones = (await eleventh.client.get("/account/phones")).items;
  t.deepEqual([phones.length, phones.filter(({ signedIn }: Json) => signedIn).length], [11, 10]);

  // Nobody fills the lists of doors with keys that come and go.
  const answers: (string | undefined)[] = [];
  for (const { id: one } of phones.filter(({ current }: Json) => !current)) answers.push((await eleventh.client.send("DELETE", `/account/phones/${one}`)).body.code);
  t.deepEqual(answers, [...Array<undefined>(8).fill(undefined), "too-many-requests", "too-many-requests"], "with two before them");

  // An account that is erased opens nothing any more; its place stays, with its code.
  const inForce = await eleventh.phone.ask(eleventh.client);
  const ids = [house.idAt(front, inForce, 0), house.idAt(front, inForce, 1)];
  await house.settled();
  t.true(ids.every((each) => rowOf(front, each) !== undefined));
  await authenticateAgain(eleventh.client);
  await eleventh.client.delete("/account");
  await house.settled();
  t.true(ids.every((each) => rowOf(front, each) === undefined));
  t.is((await house.manager.get(`/members/${ada.person}`)).state, "active");
  t.is((await house.manager.get(`/members/${ada.person}/pins`)).items.length, 1);
});

test.serial("O1, N8, A1: at the door: a tenant's phone opens by radio as their place says, a lost one no more, and a key for one use opens once", async (t) => {
  const world = await World.begin(t, { doors: 2, start: Date.UTC(2026, 0, 1, 12) });
  const [front, garage] = world.doors;
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("Flat 1", [front]), "ada", { end: "2026-01-05T12:00:00Z" });
  const phone = new WorldPhone(world, ada.client, front);
  t.like(await phone.goesOnline(), { refilled: true, doors: 2 });
  await world.upToDate();
  t.like(await phone.taps(front), { opened: true });
  t.like(await phone.taps(garage), { opened: false, why: "carries-only" }, "it carries there");
  await world.until("the door has told of it", async () => (await world.events(front)).some(({ type }: Json) => type === "decision"));
  const [event] = (await world.events(front)).filter(({ type }: Json) => type === "decision");
  t.like(event, { reason: "granted", person: { id: ada.person } }, "the log knows whose phone it was");
  t.true(front.types(await pinOf(ada.client, ada.person)), "and the code opens as before");

  // The phone is lost; another one of hers goes on.
  const lost = phone;
  const next = new WorldPhone(world, await signIn(world, "ada@example.com"), front);
  await next.goesOnline();
  lost.online = false;
  const { items } = await next.client.get("/account/phones");
  const { id } = items.find(({ current }: Json) => !current);
  await next.client.expect(200, "DELETE", `/account/phones/${id}`);
  await world.upToDate();
  t.like(await lost.taps(front), { opened: false, why: "unknown-credential" });
  await next.goesOnline();
  await world.upToDate();
  t.like(await next.taps(front), { opened: true });

  // A key for one use, at a door and by a phone that are both offline.
  const given = await building.manager.post("/keys", { property: world.property, kind: "app", name: "Parcel", user: { name: "Post" }, doors: [garage.id], uses: 1 });
  const post = new WorldPhone(world, await signIn(world, "post@example.com", { name: "Post" }), garage);
  await post.client.post("/keys/accept", { token: given.link.url.split("#")[1] }, 200);
  await post.goesOnline();
  await world.upToDate();
  garage.pullPlug();
  post.online = false;
  t.like(await post.taps(garage), { opened: true });
  t.like(await post.taps(garage), { opened: false, why: "used-up" });
  t.like(await post.taps(front), { opened: false, why: "carries-only" });

  // Whoever moves out by a date is out by that date, at a door that hears nothing.
  front.pullPlug();
  next.online = false;
  world.goTo("2026-01-05T11:59:50Z");
  t.like(await next.taps(front), { opened: true });
  world.goTo("2026-01-05T12:00:05Z");
  t.like(await next.taps(front), { opened: false, why: "expired" });
});
