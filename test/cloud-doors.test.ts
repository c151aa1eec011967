import { randomBytes } from "node:crypto";
import { connect as connectSocket } from "node:net";
import test from "ava";
import { connect, type MqttClient } from "mqtt";
import { toHex } from "../protocol/bytes";
import { encodeClaim, encodeHello, openWelcome } from "../protocol/enrolment";
import { encodeEventUpload } from "../protocol/event-record";
import { encodeNeed } from "../protocol/need";
import { encodeReceipt } from "../protocol/receipt";
import { nativeHashes } from "../cloud/keys/native-hashes";
import { CloudRig, type Json } from "./support/cloud-rig";
import { EventChain, ProtocolDoor } from "./support/protocol-door";
import { LiveClient } from "./support/live-client";
import { signInManager } from "./support/managers";
import { siteClient, signIn } from "./support/sign-in";

let rig: CloudRig;
let property: string;

test.before(async () => {
  rig = await CloudRig.start();
  property = (await rig.post("/properties", { name: "Rue des Lilas 7" })).id;
});
test.after.always(() => rig.stop());

/** What must stay out of the log; filled as it is made up. */
const secrets: string[] = [];

async function addPerson(doors: readonly ProtocolDoor[], changes: { class?: string; of?: string } & Record<string, unknown> = {}): Promise<{ id: string; pin: string }> {
  const { class: holder = "resident", of = property, ...grant } = changes;
  const person = await rig.post("/people", { property: of, name: "Ana", class: holder, pins: [{ grants: [{ doors: doors.map((door) => door.hex), ...grant }] }] });
  secrets.push(person.pins[0].pin);
  return { id: person.id, pin: person.pins[0].pin };
}

async function connectedDoor(name: string, of = property): Promise<ProtocolDoor> {
  const door = await ProtocolDoor.claimed(rig, of, name);
  secrets.push(String.fromCharCode(...door.login.password), toHex(door.key), toHex(door.secret));
  await door.connect();
  await door.until(() => door.lease?.version === door.version);
  await upToDate(door);
  return door;
}

async function issued(door: ProtocolDoor): Promise<number> {
  await rig.cloud.settled();
  return (await rig.get(`/doors/${door.hex}`)).issued.version;
}

/** The door has the newest list and the cloud has its receipt. */
async function upToDate(door: ProtocolDoor): Promise<void> {
  const version = await issued(door);
  await door.until(() => door.version === version);
  await acknowledged(door);
}

/** Whatever the door has said is taken: MQTT keeps the order, so an answer to a later question shows it. */
async function acknowledged(door: ProtocolDoor): Promise<void> {
  const count = () => door.received.filter((topic) => topic === "time").length;
  const before = count();
  door.askTime();
  await door.until(() => count() > before);
  await rig.cloud.settled();
}

async function truth(revocation: string): Promise<Json> {
  return (await rig.get(`/revocations/${revocation}`)).doors;
}

const status = (promise: Promise<unknown>) => promise.then(() => 200, (error: Error) => Number(error.message));

test.serial("a claim: the same bytes get the same answer until the login is used, and nothing else gets any", async (t) => {
  const door = new ProtocolDoor(rig);
  t.is(await status(door.hello()), 404, "the cloud does not know the door yet");
  await rig.post("/doors", { property, name: "Claimed", claim: door.claimText });
  t.is(await status(door.enrol("hello", new Uint8Array(5))), 400);
  t.is(await status(door.enrol("hello", new Uint8Array(2_000))), 413);

  const context = await door.hello();
  const foreign = encodeClaim(nativeHashes, new Uint8Array(16), context, door.key);
  t.is(await status(door.enrol("claim", foreign)), 403, "a wrong secret");
  const flipped = encodeClaim(nativeHashes, door.secret, context, door.key);
  flipped[flipped.length - 20] ^= 1;
  t.is(await status(door.enrol("claim", flipped)), 403, "an altered key");
  const invented = encodeClaim(nativeHashes, door.secret, { ...context, cloudNonce: new Uint8Array(16) }, door.key);
  t.is(await status(door.enrol("claim", invented)), 410, "a nonce that the cloud did not give");
  rig.clock.advance(3 * 3_600);
  t.is(await status(door.enrol("claim", encodeClaim(nativeHashes, door.secret, context, door.key))), 410, "an old nonce");
  t.is((await rig.get(`/doors/${door.hex}`)).state, "registered");

  const fresh = await door.hello();
  const claim = encodeClaim(nativeHashes, door.secret, fresh, door.key);
  const answer = await door.enrol("claim", claim);
  t.deepEqual(await door.enrol("claim", claim), answer, "the answer was lost");
  const other = encodeClaim(nativeHashes, door.secret, fresh, new Uint8Array(32));
  t.is(await status(door.enrol("claim", other)), 409, "another key for the same secret");
  t.is(await status(door.hello()), 409);
  await rig.restart();
  t.deepEqual(await door.enrol("claim", claim), answer, "also after a restart of the cloud");
  t.is((await rig.send("POST", "/doors", { property, name: "Claimed", claim: door.claimText })).body.code, "already-registered");
});

test.serial("a claim is over once its login has been used", async (t) => {
  const door = new ProtocolDoor(rig);
  await rig.post("/doors", { property, name: "Once", claim: door.claimText });
  const claim = await door.claim();
  t.is(door.login.enrolment, 1);
  await door.connect();
  t.is(await status(door.enrol("claim", claim)), 409);
  await door.disconnect();
});

test.serial("a released door is claimed anew: its old secrets end with the new claim, and what it held has new tags", async (t) => {
  const door = await connectedDoor("Sold");
  const person = await addPerson([door]);
  const gone = await addPerson([door]);
  await upToDate(door);
  const { id: revocation } = await rig.post("/revocations", { person: gone.id });
  await upToDate(door);
  t.is((await truth(revocation))[0].state, "acknowledged");

  const register = (claim: string) => rig.send("POST", "/doors", { property, name: "Sold", claim });
  const release = (released: boolean) => rig.post(`/doors/${door.hex}/release`, { released }, 200);
  const newText = `latchkey:1:${door.hex}:${"5".repeat(32)}`;
  t.is((await register(newText)).body.code, "already-registered", "nobody has released it");
  await release(true);
  await upToDate(door);
  t.true(door.active?.delta?.released);
  t.is((await register(newText)).status, 201);
  await release(false);
  t.is(await status(door.hello()), 409, "taken back in time");
  await release(true);
  await upToDate(door);

  const [oldLogin, oldReceipt] = [door.login, door.receipt({ counter: 1_000 })];
  door.forget();
  t.is((await register(door.claimText)).status, 201);
  t.is((await register(door.claimText)).status, 200, "again");
  t.true(door.connected, "until the new claim the old one holds");
  await door.claim();
  secrets.push(String.fromCharCode(...door.login.password), toHex(door.key), toHex(door.secret));
  t.is(door.login.enrolment, 2);
  t.like(await rig.get(`/doors/${door.hex}`), { state: "claimed", acknowledged: null });
  t.is((await truth(revocation))[0].state, "acknowledged", "what was true stays true");
  while (door.connected) await new Promise((resolve) => setImmediate(resolve));

  const newLogin = door.login;
  door.login = oldLogin;
  await t.throwsAsync(door.connect(), undefined, "the old password");
  door.login = newLogin;
  await door.connect();
  door.publish("receipt", oldReceipt);
  await upToDate(door);
  t.false((await rig.get(`/doors/${door.hex}`)).orders.released);
  t.false(door.active?.delta?.released ?? false);
  t.true(door.knows(person.pin), "under the new key");
  t.false(door.knows(gone.pin));
  await door.disconnect();
});

test.serial("P4, X1: a door is stolen until it is claimed anew, and then it has nothing of what it knew", async (t) => {
  const door = await connectedDoor("Lost");
  const person = await addPerson([door], { class: "guest" });
  await upToDate(door);
  await rig.post(`/doors/${door.hex}/stolen`, {}, 200);
  const { pins } = await rig.get(`/people/${person.id}/access`);
  const { revocation } = pins[0].grants[0];
  t.like((await truth(revocation))[0], { state: "stolen", mayOpenUntil: null });
  t.like(await rig.get(`/doors/${door.hex}`), { state: "stolen", online: false });
  await t.throwsAsync(door.connect(), undefined, "its login has ended");

  door.forget();
  await rig.post("/doors", { property, name: "Found", claim: door.claimText });
  t.is((await rig.get(`/doors/${door.hex}`)).state, "stolen", "until it is claimed");
  await door.claim();
  t.is((await rig.get(`/doors/${door.hex}`)).state, "claimed");
  await door.connect();
  await upToDate(door);
  t.is((await truth(revocation))[0].state, "acknowledged");
  t.false(door.knows(person.pin));
  await door.disconnect();
});

test.serial("a welcome proves the cloud: another secret does not open it", async (t) => {
  const door = new ProtocolDoor(rig);
  await rig.post("/doors", { property, name: "Proof", claim: door.claimText });
  const hello = { door: door.id, doorNonce: new Uint8Array(randomBytes(16)) };
  const welcome = await door.enrol("hello", encodeHello(hello));
  t.throws(() => openWelcome(nativeHashes, new Uint8Array(16), hello, welcome), { message: /bad-mac/ });
  t.notThrows(() => openWelcome(nativeHashes, door.secret, hello, welcome));
});

test.serial("people who are given a door before it is claimed are in its first list", async (t) => {
  const door = new ProtocolDoor(rig);
  await rig.post("/doors", { property, name: "Later", claim: door.claimText });
  const early = await addPerson([door]);
  const gone = await addPerson([door]);
  await rig.post("/revocations", { person: gone.id });
  await door.claim();
  await door.connect();
  await upToDate(door);
  t.true(door.knows(early.pin));
  t.false(door.knows(gone.pin));
  await door.disconnect();
});

test.serial("X1: a revocation is acknowledged by the door's receipt, not by sending", async (t) => {
  const door = await connectedDoor("Front");
  const person = await addPerson([door], { class: "guest" });
  await upToDate(door);
  t.true(door.knows(person.pin));

  const sendReceipt = door.sendReceipt.bind(door);
  door.sendReceipt = () => undefined; // it takes the list, but its word does not come through
  const revocation = await rig.post("/revocations", { person: person.id });
  const version = await issued(door);
  await door.until(() => door.version === version);
  t.false(door.knows(person.pin));
  await acknowledged(door);
  t.is((await truth(revocation.id))[0].state, "pending");

  const { id } = revocation;
  door.publish("receipt", encodeReceipt(nativeHashes, new Uint8Array(32), { ...NO_RECEIPT, enrolment: 1, counter: 9_999, epoch: 1, version }));
  await acknowledged(door);
  t.is((await truth(id))[0].state, "pending", "a receipt under another key proves nothing");
  door.publish("receipt", door.receipt({ enrolment: 2 }));
  await acknowledged(door);
  t.is((await truth(id))[0].state, "pending", "nor one of another enrolment");

  door.sendReceipt = sendReceipt;
  door.sendReceipt();
  await acknowledged(door);
  const [shown] = await truth(id);
  t.is(shown.state, "acknowledged");
  t.is(shown.version, version);
  t.truthy(shown.acknowledgedAt);
  t.true((await rig.get(`/revocations/${id}`)).complete);
  await door.disconnect();
});

const NO_RECEIPT = {
  ...{ keysetNumber: 1, manifestHash: new Uint8Array(8), deltaHash: new Uint8Array(8), leaseIssuedAt: 0, leaseEnd: 0, signedTime: 0, wallTime: 0, firstEvent: 0, nextEvent: 0 },
  alarms: { listLost: false, listDamaged: false, timeUnknown: false, eventsFolded: false, usesFull: false },
};

test.serial("X1: replayed, foreign and made-up receipts move nothing", async (t) => {
  const door = await connectedDoor("Replay");
  const early = door.receipt();
  const person = await addPerson([door], { class: "guest" });
  await upToDate(door);
  const shown = await rig.get(`/doors/${door.hex}/who-can-open`);
  t.is(shown.people.length, 1);
  door.publish("receipt", early);
  await acknowledged(door);
  t.deepEqual(await rig.get(`/doors/${door.hex}/who-can-open`), shown, "what it had earlier says nothing of now");

  door.deaf = (topic) => !topic.startsWith("time");
  const { id } = await rig.post("/revocations", { person: person.id });
  const version = await issued(door);
  const state = async () => (await truth(id))[0].state as string;

  const replayed = door.receipt();
  door.publish("receipt", replayed);
  door.publish("receipt", replayed);
  door.publish("receipt", door.receipt({ enrolment: 2, version }));
  door.publish("receipt", door.receipt({ version }));
  door.publish("receipt", door.receipt({ version, deltaHash: new Uint8Array(8).fill(1) }));
  door.publish("receipt", door.receipt({ version: version + 1_000 }));
  const flipped = door.receipt({ version });
  flipped[19] ^= 1;
  door.publish("receipt", flipped);
  await acknowledged(door);
  t.is(await state(), "pending");
  const { items } = await rig.get(`/doors/${door.hex}/alarms`);
  t.true(items.some((alarm: { kind: string }) => alarm.kind === "unknown-list"));

  door.deaf = () => false;
  door.sendReceipt();
  await upToDate(door);
  t.is(await state(), "acknowledged", "a list that the cloud does not know is replaced by a newer one");
  await door.disconnect();
});

test.serial("X1, X3: offline, a guest may open until the last lease has ended, and a resident without limit", async (t) => {
  const door = await connectedDoor("Cellar");
  const guest = await addPerson([door], { class: "guest" });
  const staff = await addPerson([door], { class: "staff" });
  const resident = await addPerson([door]);
  await upToDate(door);
  door.askTime();
  await door.until(() => door.signedTime === rig.clock.now());
  door.sendReceipt();
  await acknowledged(door);
  const leased = door.lease!.guestNotAfter;
  t.is(leased, door.lease!.issuedAt + 86_400);
  await door.disconnect();
  rig.clock.advance(3_600);

  const revoke = async (person: { id: string }) => (await rig.post("/revocations", { person: person.id })).id as string;
  const [ofGuest, ofStaff, ofResident] = [await revoke(guest), await revoke(staff), await revoke(resident)];
  await rig.cloud.settled();
  const [shown] = await truth(ofGuest);
  t.is(shown.state, "pending");
  const until = Date.parse(shown.mayOpenUntil) / 1_000;
  t.is(until, leased + 60 + 960 + Math.ceil((leased - door.signedTime) / 10_000) + 5);
  t.is(shown.says, `may open until at most ${shown.mayOpenUntil}`);
  t.is(Date.parse(shown.sum.lastLeaseEnds) / 1_000, leased);
  t.true(Date.parse((await truth(ofStaff))[0].mayOpenUntil) / 1_000 > until);
  const [unlimited] = await truth(ofResident);
  t.is(unlimited.mayOpenUntil, null);
  t.is(unlimited.says, "no limit until the door is reached");

  rig.clock.advance(until - rig.clock.now() - 1);
  t.is((await truth(ofGuest))[0].state, "pending");
  rig.clock.advance(1);
  t.is((await truth(ofGuest))[0].state, "ended");
  t.is((await truth(ofResident))[0].state, "pending");

  await door.connect();
  await upToDate(door);
  for (const id of [ofGuest, ofStaff, ofResident]) t.is((await truth(id))[0].state, "acknowledged");
  t.false(door.knows(resident.pin));
  await door.disconnect();
});

test.serial("X3: while a revocation is kept from a door, so are the leases, and the bound stays where it is", async (t) => {
  const door = await connectedDoor("Jammed");
  const guest = await addPerson([door], { class: "guest" });
  const other = await addPerson([door], { class: "guest" });
  await upToDate(door);
  const before = door.lease!;
  door.deaf = (topic) => topic.startsWith("delta") || topic.startsWith("manifest");
  const { id } = await rig.post("/revocations", { person: guest.id });
  await rig.cloud.settled();
  const bound = (await truth(id))[0].mayOpenUntil;
  for (let hour = 0; hour < 5; hour++) {
    rig.clock.advance(3_600);
    door.sendReceipt();
    await acknowledged(door);
  }
  t.is(door.lease, before, "no lease came for the old list");
  const later = (await truth(id))[0].mayOpenUntil;
  t.true(later <= bound, "newer signed time can only make it tighter");
  t.true(Date.parse(bound) / 1_000 < before.guestNotAfter + 1_200);

  door.deaf = () => false;
  rig.clock.advance(30);
  await upToDate(door);
  await door.until(() => door.lease!.version === door.version);
  t.is((await truth(id))[0].state, "acknowledged");
  t.true(door.knows(other.pin));
  await door.disconnect();
});

test.serial("leases are renewed while a door is connected, and not signed while it is away", async (t) => {
  const door = await connectedDoor("Renewal");
  const first = door.lease!;
  rig.clock.advance(601);
  await door.until(() => door.lease !== first);
  t.is(door.lease!.issuedAt, rig.clock.now());
  await acknowledged(door);
  const last = door.lease!;
  await door.disconnect();
  const guest = await addPerson([door], { class: "guest" });
  rig.clock.advance(7_200);
  await rig.cloud.settled();
  await door.connect();
  await upToDate(door);
  await door.until(() => door.lease!.version === door.version);
  t.true(door.lease!.issuedAt > last.issuedAt);
  t.true(door.knows(guest.pin));
  await door.disconnect();
});

test.serial("a tightened bound holds from the next lease on, and a resident's bound makes a limit", async (t) => {
  const strict = (await rig.post("/properties", { name: "Strict", staleness: { guestSeconds: 7_200, staffSeconds: 7_200, residentSeconds: 86_400 } })).id;
  const door = await connectedDoor("Strict", strict);
  const resident = await addPerson([door], { of: strict });
  await upToDate(door);
  t.is(door.lease!.guestNotAfter, door.lease!.issuedAt + 7_200);
  t.is(door.lease!.residentNotAfter, door.lease!.issuedAt + 86_400);
  await door.disconnect();
  const { id } = await rig.post("/revocations", { person: resident.id });
  t.truthy((await truth(id))[0].mayOpenUntil);

  const loose = await connectedDoor("Loose");
  const tenant = await addPerson([loose]);
  await upToDate(loose);
  await loose.disconnect();
  await siteClient(rig).patch(`/properties/${property}`, { staleness: { guestSeconds: 86_400, staffSeconds: 86_400, residentSeconds: 86_400 } }, "*");
  await rig.cloud.settled();
  const late = await rig.post("/revocations", { person: tenant.id });
  t.is((await truth(late.id))[0].mayOpenUntil, null, "the door's own list still says: without a bound");
  await siteClient(rig).patch(`/properties/${property}`, { staleness: { guestSeconds: 86_400, staffSeconds: 259_200, residentSeconds: null } }, "*");
  await loose.connect();
  await upToDate(loose);
  t.is((await truth(late.id))[0].state, "acknowledged");

  rig.clock.advance(60);
  const last = await addPerson([loose]);
  await upToDate(loose);
  rig.clock.advance(60);
  await siteClient(rig).patch(`/properties/${property}`, { unlockSeconds: 40, staleness: { guestSeconds: 86_400, staffSeconds: 86_400, residentSeconds: 86_400 } }, "*");
  await upToDate(loose);
  rig.clock.advance(700);
  await loose.until(() => (loose.lease?.residentNotAfter ?? 0) > 0);
  await loose.disconnect();
  await siteClient(rig).patch(`/properties/${property}`, { unlockSeconds: 5, staleness: { guestSeconds: 86_400, staffSeconds: 259_200, residentSeconds: null } }, "*");
  const { id: bounded } = await rig.post("/revocations", { person: last.id });
  const [known] = await truth(bounded);
  t.truthy(known.mayOpenUntil, "the delta that the door has acknowledged bounds residents, though its base does not");
  t.is(known.sum.unlockSeconds, 40);
});

// When the cloud comes to issue decides which base the door begins with: one engine's pace is enough.
test.serial("a rebase in the middle of revocations: two bases, never a third, and none is undone", async (t) => {
  const hall = (await rig.post("/properties", { name: "Hall" })).id;
  const door = await ProtocolDoor.claimed(rig, hall, "Hall");
  const addPins = async (count: number): Promise<{ id: string; pin: string }> => {
    const pins = Array.from({ length: count }, () => ({ grants: [{ doors: [door.hex] }] }));
    const person = await rig.post("/people", { property: hall, name: "Many", class: "resident", pins });
    return { id: person.id, pin: person.pins[0].pin };
  };
  const people: { id: string; pin: string }[] = [];
  // More than 500, so that PINs keep their length and with it the manifest its policy.
  await door.connect();
  for (let n = 0; n < 24; n++) {
    people.push(await addPins(24));
    // Its base is never far behind, at whatever pace the cloud issues.
    await upToDate(door);
  }

  // The pages of a new base are lost to it, so it stays where it is: it must follow by deltas as long as any can say it.
  door.deaf = (topic) => topic.startsWith("page");
  const told = () => [...new Set(door.received.filter((topic) => topic.startsWith("delta/")))];
  door.received.length = 0;
  let revoked = 0;
  const followed: boolean[] = [];
  // In which round the delta gets too long depends on how far apart the tags are; three more rounds come after.
  while (followed.filter((each) => !each).length < 3 && followed.length < people.length) {
    await addPins(32);
    // Each change has a version of its own, however fast the cloud comes to issue.
    await rig.cloud.settled();
    await rig.post("/revocations", { person: people[revoked++].id });
    const version = await issued(door);
    await acknowledged(door);
    followed.push(door.version === version);
  }
  t.deepEqual(followed, [...followed].sort().reverse(), "at first it follows, and then no delta on its base can say it");
  t.true(followed[3] && !followed[followed.length - 3]);
  t.is(told().length, 2, "a delta on the next base of more than 2 KB begins no third");
  const stuck = door.version;

  door.deaf = () => false;
  rig.clock.advance(60);
  door.sendReceipt();
  await upToDate(door);
  t.true(door.version > stuck);
  for (const [index, person] of people.entries()) t.is(door.knows(person.pin), index >= revoked);
  const { people: rows } = await rig.get(`/doors/${door.hex}/who-can-open`);
  t.is(rows.length, followed.length * 32 + (24 - revoked) * 24);
  await door.disconnect();
});

test.serial("X1: a door that loses its list after a change of keys gets a new base, since it trusts the signature of its old one no longer", async (t) => {
  const door = await connectedDoor("Lost");
  const person = await addPerson([door]);
  await upToDate(door);
  const { number } = await rig.post("/keysets", {});
  await upToDate(door);
  t.is(door.keyset.number, number);
  const { version: kept } = door.active!.base.manifest;
  const { version } = door;
  t.true(version > kept, "a change of keys leaves it its base");

  door.deaf = (topic) => topic.startsWith("manifest");
  door.loseList();
  door.sendReceipt();
  await acknowledged(door);
  const replaced = await issued(door);
  t.true(replaced > version);
  door.sendReceipt();
  await acknowledged(door);
  t.is(await issued(door), replaced, "one new base is enough, however often the door says that it has none");
  t.true((await rig.get(`/doors/${door.hex}/alarms`)).items.some((alarm: { kind: string }) => alarm.kind === "list-lost"));

  door.deaf = () => false;
  rig.clock.advance(60);
  door.sendReceipt();
  await upToDate(door);
  t.is(door.active!.base.manifest.version, replaced);
  t.true(door.knows(person.pin));
  await door.disconnect();
});

test.serial("X11: who can open a door is read from the list that it has acknowledged", async (t) => {
  const door = await connectedDoor("Explained");
  const weekdays = await addPerson([door], { windows: [{ days: ["monday"], start: "08:00", end: "18:00" }] });
  const leaving = await addPerson([door], { notAfter: new Date((rig.clock.now() + 86_400) * 1_000).toISOString(), class: "guest" });
  rig.clock.advance(30);
  await upToDate(door);
  await door.until(() => door.lease!.version === door.version);
  await acknowledged(door);
  await door.disconnect();
  const newcomer = await addPerson([door]);
  await rig.cloud.settled();
  await rig.post("/revocations", { person: leaving.id });
  await rig.cloud.settled();

  const monday = "2026-06-01T10:00:00Z";
  const shown = await rig.get(`/doors/${door.hex}/who-can-open?at=${monday}`);
  t.false(shown.list.upToDate);
  const verdicts = Object.fromEntries(shown.people.map((row: Json) => [row.person, row.verdict]));
  t.is(verdicts[weekdays.id], "granted");
  t.is(verdicts[newcomer.id], undefined, "the door does not know the newcomer yet");
  t.is(verdicts[leaving.id], "granted", "and still knows who left");
  const sunday = await rig.get(`/doors/${door.hex}/why/${weekdays.id}?at=2026-06-07T10:00:00Z`);
  t.is(sunday.people[0].verdict, "outside-schedule");
  t.is(sunday.people[0].because[0].by, "site");
  const inAWeek = new Date((rig.clock.now() + 7 * 86_400) * 1_000).toISOString();
  const expired = await rig.get(`/doors/${door.hex}/why/${leaving.id}?at=${inAWeek}`);
  t.is(expired.people[0].verdict, "expired");
  t.truthy(expired.people[0].because[0].revokedAt);
  t.deepEqual((await rig.get(`/doors/${door.hex}/why/${newcomer.id}`)).people, []);
});

test.serial("rows that ended a day ago leave the list by themselves, and their PIN is free again", async (t) => {
  const door = await connectedDoor("Tidy");
  const short = await addPerson([door], { class: "guest", notAfter: new Date((rig.clock.now() + 60) * 1_000).toISOString() });
  await upToDate(door);
  const before = door.version;
  rig.clock.advance(86_400 + 3_700);
  await rig.cloud.settled();
  await door.until(() => door.version > before);
  await upToDate(door);
  t.false(door.knows(short.pin));
  await door.disconnect();
});

/** A door with a log, and what the API says of it. */
async function loggingDoor(name: string): Promise<{ door: ProtocolDoor; chain: EventChain; person: { id: string; pin: string }; upload(bytes: Uint8Array): Promise<void>; events(): Promise<Json[]>; alarms(): Promise<string[]> }> {
  const door = await connectedDoor(name);
  const person = await addPerson([door]);
  await upToDate(door);
  return {
    door,
    chain: new EventChain(door),
    person,
    upload: async (bytes) => {
      door.publish("events", bytes);
      await acknowledged(door);
    },
    events: async () => {
      const all: Json[] = [];
      for (let after: string | null = ""; after !== null; ) {
        const page: { items: Json[]; next: string | null } = await rig.get(`/events?door=${door.hex}&limit=200${after && `&after=${after}`}`);
        all.push(...page.items);
        after = page.next;
      }
      return all.sort((a, b) => a.sequence - b.sequence);
    },
    alarms: async () => ((await rig.get(`/doors/${door.hex}/alarms`)).items as Json[]).map((alarm) => alarm.kind),
  };
}

test.serial("X7: events are stored once, in any order of arrival; gaps and lateness are told", async (t) => {
  const { door, chain, person, upload, events, alarms } = await loggingDoor("Log");
  for (let n = 0; n < 300; n++) chain.append({ type: "decision", kind: 1, outputs: 1, tag: door.tagOf(person.pin), reason: n % 2 === 0 ? "granted" : "outside-schedule" });

  await upload(chain.upload(0, 90));
  t.is(door.acknowledgedEvents, 90);
  await upload(chain.upload(0, 90));
  t.is((await events()).length, 90, "the same again is the same");
  t.is((await events())[0].person.id, person.id);
  await upload(chain.upload(96, 150));
  t.is(door.acknowledgedEvents, 90, "a lost upload is asked for again");
  t.is((await events()).length, 90);
  await upload(chain.upload(80, 150));
  t.is(door.acknowledgedEvents, 150, "as after a power cut before the acknowledgement: what is known comes with what is new");
  t.is((await events()).length, 150);

  const edited = chain.upload(150, 160);
  edited[20 + 32 * 3 + 9] ^= 1;
  await upload(edited);
  const relinked = chain.upload(150, 160);
  relinked.fill(0, 8, 20);
  await upload(relinked);
  await upload(encodeEventUpload(nativeHashes, new Uint8Array(32), { enrolment: 1, previousMac: chain.records[149].slice(20), records: chain.records.slice(150, 160) }));
  t.is(door.acknowledgedEvents, 150, "on the way nobody can change a thing");
  t.deepEqual(await alarms(), []);

  door.firstEvent = 200;
  door.sendReceipt();
  await upload(chain.upload(200, 290));
  t.is(door.acknowledgedEvents, 290, "the door itself says that the others are gone");
  t.deepEqual(await alarms(), ["events-missing"]);
  const gaps = async () => (await events()).filter((event) => event.gap > 0).map((event) => [event.sequence, event.gap]);
  t.deepEqual(await gaps(), [[200, 50]]);
  rig.clock.advance(3_600);
  await upload(chain.upload(290, 300));
  await upload(chain.upload(160, 170));
  t.is(door.acknowledgedEvents, 300);
  t.deepEqual(await gaps(), [[160, 10], [200, 30]], "what turns up after all leaves a smaller gap");
  await upload(chain.upload(150, 160));
  await upload(chain.upload(160, 230));
  t.deepEqual(await gaps(), []);
  const all = await events();
  t.deepEqual(all.map((event) => event.sequence), Array.from({ length: 300 }, (_, n) => n), "each once");
  t.true(all[295].late);
  t.false(all[5].late);
  t.false(all.some((event) => event.altered));
  await door.disconnect();
});

test.serial("X7: events are found by door, person, type, reason and time, newest first too, and leave as a file; a door's stream tells of new ones", async (t) => {
  const { door, chain, person, upload } = await loggingDoor("=Lobby");
  await rig.post("/people", { property, name: "Somebody else", class: "guest" });
  for (let n = 0; n < 210; n++) chain.append({ type: "decision", kind: 1, outputs: 1, tag: n < 200 ? door.tagOf(person.pin) : new Uint8Array(5), reason: n % 2 === 0 ? "granted" : "outside-schedule" });
  chain.append({ type: "leaf-opened" });
  const { client } = await LiveClient.open(t, `${rig.cloud.url}/api/doors/${door.hex}/live`, siteClient(rig).credentials);
  const heard = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setImmediate(resolve));
  };
  await heard(() => client.documents.length > 0);
  t.like(client.last.doors[0], { id: door.hex, online: true, upToDate: true, newestEvent: null });
  for (let from = 0; from < 211; from += 70) await upload(chain.upload(from, Math.min(from + 70, 211)));
  const found = async (query: string): Promise<Json> => rig.get(`/events?door=${door.hex}&limit=3${query}`);
  const newest = await found("&order=newest");
  t.deepEqual(newest.items.map(({ sequence }: Json) => sequence), [210, 209, 208]);
  t.deepEqual((await found(`&order=newest&after=${newest.next}`)).items.map(({ sequence }: Json) => sequence), [207, 206, 205]);
  await heard(() => client.last.doors[0].newestEvent === newest.items[0].id);
  t.deepEqual((await found("&type=leaf-opened")).items.map(({ sequence }: Json) => sequence), [210]);
  t.deepEqual((await found("&reason=outside-schedule&order=newest")).items.map(({ sequence }: Json) => sequence), [209, 207, 205]);
  t.deepEqual((await found("&denied=false&order=newest")).items.map(({ sequence }: Json) => sequence), [208, 206, 204], "what is no decision is no opening");
  t.deepEqual((await found(`&person=${person.id}&order=newest`)).items.map(({ sequence, credentialKind, doorName }: Json) => [sequence, credentialKind, doorName]), [199, 198, 197].map((n) => [n, "pin", "=Lobby"]));
  const { receivedAt } = newest.items[0];
  t.is((await found(`&since=${receivedAt}`)).items.length, 3);
  t.is((await found(`&until=${receivedAt}`)).items.length, 0);
  t.is((await rig.request("GET", "/api/events?reason=mood")).status, 400);

  const file = await rig.request("GET", `/api/events/export?door=${door.hex}&denied=true`);
  t.is(file.type, "text/csv; charset=utf-8");
  t.regex(file.headers.get("content-disposition")!, /^attachment/);
  const lines = file.body.split("\r\n").slice(0, -1);
  t.is(lines.length, 1 + 105, "over pages, with one line of headings");
  t.regex(lines[0], /^\ufeff?door,at,at_utc,/);
  t.true(lines[1].startsWith("'=Lobby,"), "no formula");
  t.true(lines.slice(1).every((line: string) => line.includes(",outside-schedule,")));
  const stranger = await signIn(rig, "stranger@example.com", { name: "Nobody here" });
  t.is((await stranger.send("GET", `/events/export?door=${door.hex}`)).body.split("\r\n").length, 2, "the headings alone");
  const manager = await signInManager(rig, property, "reader@example.com");
  t.is((await manager.send("GET", `/events/export?door=${door.hex}`)).body.split("\r\n").length, 213);
  const audit = await rig.get(`/audit?property=${property}&order=newest&about=events&limit=1`);
  t.like(audit.items, [{ action: "events.read", actorName: "reader", subject: `property/${property}`, subjectName: "Rue des Lilas 7", detail: { door: door.hex, export: true } }]);
  client.close();
  await door.disconnect();
});

test.serial("X7: an event that was altered in the door's flash is marked, names nobody and holds nothing up", async (t) => {
  const { door, chain, person, upload, events, alarms } = await loggingDoor("Edited");
  for (let n = 0; n < 140; n++) chain.append({ type: "decision", kind: 1, outputs: 1, tag: door.tagOf(person.pin), reason: n === 30 ? "outside-schedule" : "granted" });
  const toGranted = (record: Uint8Array): void => void (record[9] = 0);
  const toNothing = (record: Uint8Array): void => void record.fill(0xee, 4, 20);
  const ofMac = (record: Uint8Array): void => void (record[31] ^= 1);
  await upload(chain.upload(0, 90, { 30: toGranted, 50: toNothing, 60: ofMac }));
  t.is(door.acknowledgedEvents, 90);
  t.deepEqual(await alarms(), ["events-altered"]);
  const [detail] = (await rig.get(`/doors/${door.hex}/alarms`)).items;
  t.regex(detail.detail, /events 30, 50, 60\./);
  const altered = (await events()).filter((event) => event.altered);
  t.deepEqual(altered.map((event) => [event.sequence, event.type, event.at, event.person, event.late]), [30, 50, 60].map((n) => [n, "altered", null, null, true]));
  t.is(altered[0].untrusted.reason, "granted");
  t.is(altered[1].untrusted, null, "not even legible");
  t.is((await events())[31].person.id, person.id);

  // At the seam of two uploads: the last MAC of the first one was altered, and the one given with the second.
  await upload(chain.upload(90, 100, { 99: (record) => record.fill(1, 12, 16) }));
  await upload(chain.upload(100, 110, {}, new Uint8Array(12).fill(7)));
  t.is(door.acknowledgedEvents, 110);
  t.deepEqual((await events()).filter((event) => event.altered && event.sequence > 60).map((event) => event.sequence), [99], "what the cloud has counts, not what it is told");

  // The flash changed after it was uploaded and before the acknowledgement was taken.
  await upload(chain.upload(105, 120, { 107: toNothing }));
  t.is(door.acknowledgedEvents, 120);
  const seven = (await events())[107];
  t.deepEqual([seven.altered, seven.reason], [false, "granted"], "the first word stands");
  t.is((await alarms()).length, 3);

  // A log that was put back to an earlier state goes on otherwise than before.
  const other = new EventChain(door);
  for (let n = 0; n < 125; n++) other.append({ type: "leaf-opened" });
  await upload(other.upload(100, 125));
  t.is(door.acknowledgedEvents, 125);
  t.deepEqual((await events()).slice(119).map((event) => [event.type, event.altered]), [["decision", false], ["altered", true], ...Array.from({ length: 4 }, () => ["leaf-opened", false])]);
  t.is((await events()).length, 125);
  await door.disconnect();
});

test.serial("X7: refusals and starts that a door only counted, duress, and what only a newer door knows", async (t) => {
  const { door, chain, person, upload, events, alarms } = await loggingDoor("Counts");
  chain.append({ type: "boot", count: 1 | (299 << 8) });
  chain.append({ type: "denials-folded", count: 70_000 });
  chain.append({ type: "decision", kind: 1, outputs: 1, tag: door.tagOf(person.pin), duress: true });
  chain.append({ type: "boot", time: 12, timeUnknown: true });
  chain.appendBytes((body) => (body[8] = 200));
  chain.append({ type: "leaf-opened" });
  await upload(chain.upload(0, 6));
  t.is(door.acknowledgedEvents, 6);
  t.deepEqual(
    (await events()).map((event) => [event.type, event.count, event.duress, event.late, event.altered]),
    [["boot", 299, false, false, false], ["denials-folded", 70_000, false, false, false], ["decision", 0, true, false, false], ["boot", 0, false, true, false], ["unknown", 0, false, false, false], ["leaf-opened", 0, false, false, false]],
  );
  t.is((await events())[3].at, null);
  t.deepEqual(await alarms(), ["duress"]);
  await door.disconnect();
});

test.serial("X7: a replayed upload brings back no event that was forgotten for its age", async (t) => {
  const { door, chain, upload, events } = await loggingDoor("Forgotten");
  for (let n = 0; n < 20; n++) chain.append({ type: "leaf-opened" });
  const early = chain.upload(0, 10);
  await upload(early);
  rig.clock.advance(91 * 86_400);
  await rig.cloud.settled();
  await upload(chain.upload(10, 20));
  await upload(early);
  t.deepEqual((await events()).map((event) => event.sequence), Array.from({ length: 10 }, (_, n) => 10 + n));
  t.true((await events()).every((event) => event.late && event.gap === 0));
  await door.disconnect();
});

test.serial("nonsense from a door changes nothing, and the cloud goes on", async (t) => {
  const door = await connectedDoor("Nonsense");
  const before = JSON.stringify(await rig.get(`/doors/${door.hex}`));
  for (const what of ["receipt", "need", "events", "state", "reply"] as const) {
    for (const bytes of [Uint8Array.of(0), new Uint8Array(44).fill(0xff), new Uint8Array(64), new Uint8Array(randomBytes(50))]) {
      if (what !== "reply" || bytes.length <= 44) door.publish(what, bytes);
    }
  }
  door.publish("need", encodeNeed({ page: { epoch: 1, version: 1, number: 31 } }));
  door.publish("need", encodeNeed({ deltaBase: 77 }));
  await acknowledged(door);
  const after = JSON.stringify(await rig.get(`/doors/${door.hex}`));
  t.is(after.replace(/"heardAt":"[^"]*"/, ""), before.replace(/"heardAt":"[^"]*"/, "").replace(/"telemetry":.*\}/, after.slice(after.indexOf('"telemetry"'))));
  await door.disconnect();
});

function login(options: object): Promise<MqttClient> {
  const client = connect({ host: "127.0.0.1", port: rig.cloud.mqttPort, protocolVersion: 4, reconnectPeriod: 0, ...options });
  return new Promise((resolve, reject) => {
    client.on("error", () => undefined);
    client.once("connect", () => resolve(client));
    client.once("close", () => reject(new Error("closed")));
  });
}

test.serial("a client with door A's login can neither read nor write door B's topics", async (t) => {
  const doorA = await connectedDoor("A");
  const doorB = await connectedDoor("B");
  const credentials = { clientId: doorA.hex, username: doorA.hex, password: Buffer.from(doorA.login.password) };
  await doorA.disconnect();
  const spy = await login(credentials);
  const heard: string[] = [];
  spy.on("message", (topic) => heard.push(topic));
  const topics = [`latchkey/1/doors/${doorB.hex}/down/#`, `latchkey/1/doors/+/down/#`, "#", "$SYS/#", `latchkey/1/doors/${doorB.hex}/up/#`, `latchkey/1/doors/${doorA.hex}/up/#`];
  for (const topic of topics) t.is((await spy.subscribeAsync(topic).catch(() => [{ qos: 128 }]))[0].qos, 128, topic);
  t.is((await spy.subscribeAsync(`latchkey/1/doors/${doorA.hex}/down/#`))[0].qos, 0);
  await addPerson([doorB]);
  await upToDate(doorB);
  t.deepEqual(heard.filter((topic) => !topic.includes(doorA.hex)), []);
  await spy.endAsync(true);

  for (const topic of [`latchkey/1/doors/${doorB.hex}/up/receipt`, `latchkey/1/doors/${doorB.hex}/down/lease`, `latchkey/1/doors/${doorA.hex}/down/lease`, "anything"]) {
    const forger = await login(credentials);
    const closed = new Promise<void>((resolve) => forger.once("close", () => resolve()));
    forger.publish(topic, Buffer.from(doorB.receipt({ version: 0 })));
    await closed;
  }
  await acknowledged(doorB);
  t.true((await rig.get(`/doors/${doorB.hex}`)).upToDate);
  await doorB.disconnect();
});

test.serial("no login, no connection; a second one of the same door takes the first one's place", async (t) => {
  const door = await connectedDoor("Login");
  const password = Buffer.from(door.login.password);
  const attempts = [{}, { username: door.hex }, { username: door.hex, password: "wrong" }, { username: "ffffffffffffffff", password }, { username: "constructor", clientId: "constructor", password }, { username: door.hex, password, clientId: "another" }, { username: door.hex, password, clientId: door.hex, will: { topic: "latchkey/1/doors/0000000000000000/up/state", payload: Buffer.from("x") } }];
  for (const attempt of attempts) await t.throwsAsync(login({ clientId: door.hex, ...attempt }));
  t.true((await rig.get(`/doors/${door.hex}`)).online);
  const second = await login({ clientId: door.hex, username: door.hex, password });
  await second.subscribeAsync(`latchkey/1/doors/${door.hex}/down/#`);
  t.true((await rig.get(`/doors/${door.hex}`)).online);
  const count = door.received.length;
  await addPerson([door]);
  await rig.cloud.settled();
  t.is(door.received.length, count);
  await second.endAsync(true);
});

test.serial("a socket that announces 256 MB before its login is closed at once", async (t) => {
  const socket = connectSocket(rig.cloud.mqttPort, "127.0.0.1");
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => undefined);
  socket.write(Uint8Array.of(0x10, 0xff, 0xff, 0xff, 0x7f, 0, 4));
  await closed;
  t.true(rig.log.includes("sent what no door sends"));
});

test.serial("after a restart of the cloud a door finds all as it was", async (t) => {
  const door = await connectedDoor("Restart");
  const person = await addPerson([door], { class: "guest" });
  await upToDate(door);
  await door.disconnect();
  const { id } = await rig.post("/revocations", { person: person.id });
  await rig.restart();
  t.is((await truth(id))[0].state, "pending");
  door.login.brokerPort = rig.cloud.mqttPort;
  await door.connect();
  await upToDate(door);
  t.is((await truth(id))[0].state, "acknowledged");
  await door.disconnect();
});

test.serial("the log holds no PIN, no password, no key and no token", (t) => {
  t.true(rig.log.includes("refused a message of a door"));
  for (const secret of [...secrets, rig.cloud.adminToken.token]) t.notRegex(rig.log, new RegExp(`(?<![0-9])${secret}(?![0-9])`));
});
