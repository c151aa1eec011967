import test from "ava";
import { windowsWithin } from "../cloud/access/windows-within";
import { mayEndBy, membershipAfter } from "../cloud/households/membership-state";
import { invitationAfter } from "../cloud/invitations/invitation-state";
import type { ApiAnswer, Json } from "./support/cloud-rig";
import { Building, lastToken, phoneOf, pinOf } from "./support/household";
import { messagesTo, signIn } from "./support/sign-in";
import { World, type WorldDoor } from "./support/world";
import { wrong } from "./support/wrong-pin";

const DAY_MS = 86_400_000;
/** Resolves when a door has acknowledged its newest list, whatever becomes of those whose network is gone. */
async function knows(world: World, door: WorldDoor): Promise<void> {
  await world.until("the door is up to date", async () => (await world.get(`/api/doors/${door.id}`)).upToDate);
}

const code = ({ body }: ApiAnswer): string => body.code;

test.serial("O1: only a manager makes leaseholders, of whom a household has several; each has full rights there", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const building = await Building.of(world);
  const flat = await building.flat("Flat 1");
  const ada = await building.leaseholder(flat, "ada");
  t.is((await ada.client.send("POST", "/leases", { unit: flat, leaseholders: [{ name: "Bo", email: "bo@example.com" }] })).status, 404, "she has nothing to do with leases");
  const bo = await building.leaseholder(flat, "bo", { household: ada.household });
  t.is(bo.household, ada.household);
  const whole = await bo.client.get(`/households/${ada.household}`);
  t.deepEqual(whole.members.map(({ name, role }: Json) => [name, role]).sort(), [["ada", "administrator"], ["bo", "administrator"]]);
  t.deepEqual(whole.can, ["see-household", "add-resident", "add-guest", "give-share"]);
  await world.upToDate();
  t.true(door.types(await pinOf(ada.client, ada.person)));
  t.true(door.types(await pinOf(bo.client, bo.person)));
  const again = await building.manager.send("POST", "/leases", { unit: flat, household: ada.household, leaseholders: [{ name: "Ada", email: "ADA@example.com" }] });
  t.is(code(again), "already-member");
  const other = await building.flat("Flat 2");
  t.is(code(await building.manager.send("POST", "/leases", { unit: other, household: ada.household, leaseholders: [{ name: "Cy" }] })), "household-of-another-unit");
});

test.serial("O2: a resident has doors and times of their own and no end; what is changed holds at the door", async (t) => {
  const world = await World.begin(t, { doors: 2, start: Date.UTC(2026, 5, 1, 8) }); // a Monday, 10:00 in Paris
  const [one, two] = world.doors;
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("Flat 1"), "ada");
  const windows = [{ days: ["monday"], start: "09:00", end: "12:00" }];
  const kim = await building.invited(ada, "kim", { role: "resident", doors: [one.id], windows });
  const pin = await pinOf(kim.client, kim.person);
  await world.upToDate();
  t.true(one.types(pin));
  t.false(two.types(pin), "not one of hers");
  world.goTo("2026-06-01T10:00:00Z");
  t.false(one.types(pin));
  t.is(one.lastDecision, "denied: outside-schedule");

  const seen = await ada.client.send("GET", `/members/${kim.person}`);
  const changed = await ada.client.patch(`/members/${kim.person}`, { doors: null, windows: [] }, seen.headers.get("etag")!);
  t.deepEqual(changed.doors, [one.id, two.id].sort());
  t.deepEqual(changed.codes, [], "her code is taken along");
  await world.upToDate();
  t.true(one.types(pin));
  t.true(two.types(pin));
  t.is(code(await ada.client.send("PATCH", `/members/${kim.person}`, { windows }, { "if-match": seen.headers.get("etag")! })), "changed-meanwhile");
  t.is(code(await ada.client.send("PATCH", `/members/${kim.person}`, { windows })), "version-needed");
  t.is(code(await ada.client.send("PATCH", `/members/${kim.person}`, { doors: [] }, { "if-match": `"${changed.version}"` })), "invalid-request");
  await ada.client.patch(`/members/${kim.person}`, { doors: [two.id] }, `"${changed.version}"`);
  await world.upToDate();
  t.false(one.types(pin));
  t.true(two.types(pin));
  world.clock.advance(20 * DAY_MS);
  t.true(two.types(pin), "no end is forced on a resident");
});

test.serial("O3: a guest has chosen doors and an end, which an offline door keeps by itself", async (t) => {
  const world = await World.begin(t, { doors: 2, start: Date.UTC(2026, 0, 1, 12) });
  const [one, two] = world.doors;
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("Flat 1", [one]), "ada");
  const add = (member: object) => ada.client.send("POST", `/households/${ada.household}/members`, { role: "guest", name: "Nanny", ...member });
  const end = "2026-01-02T06:00:00Z";
  t.is(code(await add({ doors: [one.id] })), "end-needed");
  t.is(code(await add({ doors: [one.id], end: "2025-12-31T00:00:00Z" })), "end-not-in-future");
  t.is(code(await add({ doors: [one.id], end, start: "2026-01-03T00:00:00Z" })), "end-before-start");
  t.is(code(await add({ end })), "doors-needed");
  t.is(code(await add({ end, doors: [] })), "invalid-request");
  t.is(code(await add({ end, doors: [one.id, two.id] })), "door-outside", "the household does not have it");
  t.is(code(await add({ end: "2029-01-01T00:00:00Z", doors: [one.id] })), "end-too-far");
  const nanny = (await add({ doors: [one.id], end })).body;
  const [{ pin }] = nanny.codes;
  await world.upToDate();
  await world.pass(60_000);
  one.pullPlug();
  t.true(one.types(pin));
  world.goTo("2026-01-02T05:59:40Z");
  t.true(one.types(pin));
  world.goTo("2026-01-02T06:00:10Z");
  t.false(one.types(pin));
  t.is(one.lastDecision, "denied: expired");
  await world.pass(60_000); // the next look at what is over
  await world.until("it is tidied up", async () => (await ada.client.get(`/members/${nanny.person}`)).endReason === "expired");
  t.is(code(await ada.client.send("PATCH", `/members/${nanny.person}`, { end: null }, { "if-match": "\"2\"" })), "membership-ended");
});

test.serial("O6: neither co-leaseholder can remove the other, in no roundabout way either", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const building = await Building.of(world);
  const flat = await building.flat("Flat 1");
  const ada = await building.leaseholder(flat, "ada");
  const bo = await building.leaseholder(flat, "bo", { household: ada.household });
  const pin = await pinOf(bo.client, bo.person);
  const { items } = await bo.client.get(`/members/${bo.person}/pins`);
  await world.upToDate();
  const etag = { "if-match": "\"2\"" };
  const attempts: [string, string, object?][] = [
    ["DELETE", `/members/${bo.person}`],
    ["PATCH", `/members/${bo.person}`, { doors: [door.id] }],
    ["PATCH", `/members/${bo.person}`, { end: "2026-01-02T00:00:00Z" }],
    ["PATCH", `/members/${bo.person}`, { name: "Nobody" }],
    ["DELETE", `/members/${bo.person}/invitation`],
    ["POST", `/members/${bo.person}/invitation`, {}],
    ["POST", `/members/${bo.person}/pins/renew`, {}],
    ["GET", `/members/${bo.person}/pins/${items[0].id}`],
    ["POST", `/leases/${bo.person}/end`, {}],
    ["POST", `/leases/${bo.person}/court-order`, { document: "none" }],
    ["PATCH", `/leases/${bo.person}`, { end: "2026-01-02T00:00:00Z" }],
    ["PUT", `/people/${bo.person}/suspension`, { suspended: true }],
    ["POST", "/revocations", { person: bo.person }],
  ];
  for (const [method, path, body] of attempts) {
    const answer = await ada.client.send(method, path, body, etag);
    t.true(["not-allowed", "not-found"].includes(code(answer)), `${method} ${path}: ${answer.status} ${code(answer)}`);
  }
  t.is((await ada.client.get(`/members/${bo.person}`)).state, "active");
  t.deepEqual((await ada.client.get(`/members/${bo.person}`)).can, ["see"], "and no button is offered");
  await world.upToDate();
  t.true(door.types(pin));
});

test.serial("O7: a court order ends one leaseholder's access on a document, with their shares and every code that they had seen", async (t) => {
  const world = await World.begin(t, { doors: 2 });
  const [one, two] = world.doors;
  const building = await Building.of(world);
  const flat = await building.flat("Flat 1");
  const ada = await building.leaseholder(flat, "ada");
  const bo = await building.leaseholder(flat, "bo", { household: ada.household });
  const kim = await building.invited(ada, "kim", { role: "resident" });
  const nanny = await ada.client.post(`/households/${ada.household}/members`, { role: "guest", name: "Nanny", doors: [one.id], end: "2026-03-01T00:00:00Z" });
  const share = await bo.client.post(`/households/${ada.household}/shares`, { name: "A friend", doors: [one.id], end: "2026-02-01T00:00:00Z" });
  const seen = await pinOf(bo.client, kim.person);
  const pins = { ada: await pinOf(ada.client, ada.person), bo: await pinOf(bo.client, bo.person), nanny: nanny.codes[0].pin, friend: share.codes[0].pin };
  await world.upToDate();
  for (const pin of [...Object.values(pins), seen]) t.true(one.types(pin));
  two.pullPlug();

  t.is(code(await building.manager.send("POST", `/leases/${bo.person}/court-order`, {})), "invalid-request", "a document is mandatory");
  t.is(code(await building.manager.send("POST", `/leases/${bo.person}/court-order`, { document: "  " })), "invalid-request");
  t.is(code(await ada.client.send("POST", `/leases/${bo.person}/court-order`, { document: "TJ 26/001" })), "not-allowed");
  const removal = await building.manager.post(`/leases/${bo.person}/court-order`, { document: "TJ Lyon 26/00123" }, 200);
  t.is(removal.document, "TJ Lyon 26/00123");
  t.deepEqual(removal.renewed.map(({ name }: Json) => name), ["kim"], "whose code he had looked at");
  t.is((await building.manager.post(`/leases/${bo.person}/court-order`, { document: "again" }, 200)).id, removal.id);
  await knows(world, one);
  for (const pin of [pins.bo, pins.friend, seen]) t.false(one.types(pin));
  for (const pin of [pins.ada, pins.nanny]) t.true(one.types(pin), "what he had not seen stays");
  t.true(one.types(await pinOf(kim.client, kim.person)));
  t.true(two.types(pins.bo), "an offline door does not know yet");
  const truth = await building.manager.get(`/removals/${removal.id}`);
  t.false(truth.complete);
  const his = truth.people.find(({ person }: Json) => person === bo.person);
  t.deepEqual(his.doors.map(({ door, state }: Json) => [door, state]).sort(), [[one.id, "acknowledged"], [two.id, "pending"]].sort());
  await world.reconnect(two);
  await world.until("the removal is complete", async () => (await building.manager.get(`/removals/${removal.id}`)).complete);
  t.false(two.types(pins.bo));
  const { items } = await building.manager.get(`/audit?property=${world.property}`);
  t.true(items.some(({ action, detail }: Json) => action === "household.removal" && detail.document === "TJ Lyon 26/00123"), "it is in the audit");
  t.is((await bo.client.send("GET", `/households/${ada.household}`)).status, 404);
});

test.serial("O7: with sharesEnd: false what the removed one had given stays until its end, and a sole leaseholder's family stays too", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const building = await Building.of(world);
  const bo = await building.leaseholder(await building.flat("Flat 1"), "bo");
  const kim = await building.invited(bo, "kim", { role: "resident" });
  const share = await bo.client.post(`/households/${bo.household}/shares`, { name: "A friend", doors: [door.id], end: "2026-02-01T00:00:00Z" });
  const elsewhere = await building.manager.post("/leases", { unit: await building.flat("Flat 2"), leaseholders: [{ name: "bo", email: "bo@example.com", phone: phoneOf("bo") }] });
  const other = await pinOf(bo.client, elsewhere.leases[0].person);
  const pins = { bo: await pinOf(bo.client, bo.person), kim: await pinOf(kim.client, kim.person), friend: share.codes[0].pin };
  await building.manager.post(`/leases/${bo.person}/court-order`, { document: "TJ 26/1", sharesEnd: false }, 200);
  await world.upToDate();
  t.false(door.types(pins.bo));
  t.true(door.types(pins.kim));
  t.true(door.types(other), "another flat of his is not the court's concern");
  t.false(door.types(pins.friend), "its giver knows the code: it is a new one");
  t.is((await building.manager.get(`/members/${share.person}`)).state, "active");
  t.is((await building.manager.get(`/households/${bo.household}`)).endedAt, null);
});

test.serial("O8: a member has one e-mail, or one phone number, or a name alone; anything else is told", async (t) => {
  const world = await World.begin(t);
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("Flat 1"), "ada");
  const add = async (member: object) => ada.client.send("POST", `/households/${ada.household}/members`, { role: "resident", ...member });
  t.is(code(await add({})), "one-identifier");
  t.is(code(await add({ name: "Kim", email: "kim@example.com", phone: "+33612345678" })), "one-identifier");
  t.is(code(await add({ email: "kim@" })), "bad-identifier");
  t.is(code(await add({ email: "+33612345678" })), "bad-identifier");
  t.is(code(await add({ phone: "12" })), "invalid-request");
  t.is(code(await add({ phone: "12345" })), "bad-identifier");
  t.is(code(await add({ email: "ADA@example.com " })), "oneself");
  t.is(code(await add({ phone: phoneOf("ada") })), "oneself");
  t.is((await add({ email: "kim@example.com" })).status, 201);
  t.is(code(await add({ email: "Kim@EXAMPLE.com" })), "already-member");
  t.is((await add({ name: "Kim" })).status, 201, "a name is no identifier: two may share it");
});

test.serial("M5: nobody's inbox is filled with invitations from one household", async (t) => {
  const world = await World.begin(t);
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("Flat 1"), "ada");
  const { person } = await ada.client.post(`/households/${ada.household}/members`, { role: "resident", email: "kim@example.com" });
  for (let sent = 1; sent < 10; sent++) await ada.client.post(`/members/${person}/invitation`, {}, 200);
  const refused = await ada.client.send("POST", `/members/${person}/invitation`, {});
  t.is(code(refused), "too-many-requests");
  await ada.client.expect(200, "DELETE", `/members/${person}`);
  t.is(code(await ada.client.send("POST", `/households/${ada.household}/members`, { role: "resident", email: "kim@example.com" })), "too-many-requests", "in no roundabout way either");
  t.is((await messagesTo(world, "kim@example.com")).length, 10);
});

test.serial("O14, P1: doors that a member gains come with the code they have, or with one of their own where the manager wants one for each", async (t) => {
  const world = await World.begin(t, { doors: 2 });
  const [one, two] = world.doors;
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("Flat 1"), "ada");
  const child = await ada.client.post(`/households/${ada.household}/members`, { role: "resident", name: "Child", doors: [one.id] });
  await ada.client.patch(`/members/${child.person}`, { doors: null }, `"${child.version}"`);
  const rules = await building.manager.send("GET", `/properties/${world.property}/rules`);
  await building.manager.expect(200, "PUT", `/properties/${world.property}/rules`, { ...rules.body, property: undefined, version: undefined, can: undefined, pinPerDoor: true }, { "if-match": rules.headers.get("etag")! });
  const other = await ada.client.post(`/households/${ada.household}/members`, { role: "resident", name: "Other", doors: [one.id] });
  const changed = await ada.client.patch(`/members/${other.person}`, { doors: null }, `"${other.version}"`);
  await world.upToDate();
  const [{ pin }] = child.codes;
  t.true(one.types(pin));
  t.true(two.types(pin), "taken along");
  const [first, second] = [other.codes[0].pin, changed.codes[0].pin];
  t.deepEqual(changed.codes[0].doors, [two.id]);
  t.true(one.types(first));
  t.false(two.types(first));
  t.false(one.types(second));
  t.true(two.types(second));
});

test("the states of a place and of an invitation: what ended never comes back, and an answer is given once", (t) => {
  for (const event of ["taken", "declined", "withdrawn"] as const) t.deepEqual(membershipAfter("ended", event), { refused: "membership-ended" });
  for (const event of ["removed", "moved-out", "court-order", "share-ended", "expired"] as const) {
    for (const state of ["pending", "active", "ended"] as const) t.deepEqual(membershipAfter(state, event), { state: "ended" });
  }
  t.deepEqual(membershipAfter("pending", "taken"), { state: "active" });
  t.deepEqual(membershipAfter("active", "taken"), { state: "active" });
  t.deepEqual(membershipAfter("active", "declined"), { refused: "not-pending" });
  t.false(mayEndBy("administrator", "removed"), "O6: nobody removes an administrator");
  t.false(mayEndBy("resident", "court-order"));
  for (const event of ["accepted", "declined", "expired", "withdrawn", "replaced"] as const) {
    t.deepEqual(invitationAfter("pending", event, false), { state: event });
    for (const state of ["declined", "expired", "withdrawn", "replaced"] as const) t.deepEqual(invitationAfter(state, event, true), { refused: "invitation-gone" });
  }
  t.deepEqual(invitationAfter("accepted", "accepted", true), { state: "accepted" });
  t.deepEqual(invitationAfter("accepted", "accepted", false), { refused: "invitation-used" });
  t.deepEqual(invitationAfter("accepted", "replaced", true), { refused: "not-pending" });
  t.deepEqual(invitationAfter("accepted", "declined", true), { refused: "invitation-used" });
});

test("O12: times within others are those in which nothing opens that did not before", (t) => {
  const window = (days: number, start: number, end: number, onHolidays = false) => ({ days, start, end, onHolidays });
  const week = window(0b11111, 480, 1_200);
  t.true(windowsWithin([], []));
  t.true(windowsWithin([week], []));
  t.false(windowsWithin([], [week]), "always is more than a week's hours");
  t.true(windowsWithin([window(0b00001, 480, 1_200)], [week]));
  t.false(windowsWithin([window(0b00001, 479, 600)], [week]));
  t.false(windowsWithin([window(0b100000, 480, 600)], [week]));
  t.false(windowsWithin([window(0b00001, 480, 600, true)], [week]), "nor on holidays");
  t.true(windowsWithin([window(0b1000000, 1_380, 1_500)], [window(0b1000000, 1_320, 1_440), window(0b1, 0, 120)]), "Sunday's night is in two");
  t.false(windowsWithin([window(0b1000000, 1_380, 1_561)], [window(0b1000000, 1_320, 1_440), window(0b1, 0, 120)]));
});

test.serial("O9: a member without the app gets a code at once, at every door that it opens, leading zeros and all", async (t) => {
  const world = await World.begin(t, { doors: 2 });
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("Flat 1"), "ada");
  const pins: string[] = [];
  for (let index = 0; index < 20; index++) {
    const { codes, state, linked } = await ada.client.post(`/households/${ada.household}/members`, { role: "resident", name: `Child ${index}` });
    t.is(state, "active");
    t.false(linked);
    pins.push(codes[0].pin);
  }
  await world.upToDate();
  t.is(new Set(pins).size, 20);
  for (const pin of pins) {
    t.regex(pin, /^[0-9]{6}$/);
    for (const door of world.doors) t.true(door.types(pin));
  }
  t.false(world.doors[0].types(wrong(pins[0], ...pins)));
});

test.serial("O11: deleting a guest ends all their access in one act; each door is shown, and again is the same", async (t) => {
  const world = await World.begin(t, { doors: 3 });
  const [one, two, three] = world.doors;
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("Flat 1"), "ada");
  const nanny = await ada.client.post(`/households/${ada.household}/members`, { role: "guest", name: "Nanny", doors: [one.id, two.id], end: "2026-03-01T00:00:00Z" });
  const [{ pin }] = nanny.codes;
  await world.upToDate();
  await world.pass(60_000);
  two.pullPlug();
  t.true(one.types(pin));
  t.true(two.types(pin));
  t.false(three.types(pin));
  const removal = await ada.client.expect(200, "DELETE", `/members/${nanny.person}`);
  t.is((await ada.client.expect(200, "DELETE", `/members/${nanny.person}`)).id, removal.id, "idempotent");
  await knows(world, one);
  const { people, complete } = await ada.client.get(`/removals/${removal.id}`);
  t.false(complete);
  const doors = new Map(people[0].doors.map((truth: Json) => [truth.door, truth]));
  t.is((doors.get(one.id) as Json).state, "acknowledged");
  t.is((doors.get(two.id) as Json).state, "pending");
  const until = Date.parse((doors.get(two.id) as Json).mayOpenUntil);
  t.true(until > world.clock.unixMs && until < world.clock.unixMs + 26 * 3_600_000, "a guest's lease bounds it");
  t.false(one.types(pin));
  t.true(two.types(pin));
  world.clock.advance(until - world.clock.unixMs);
  t.false(two.types(pin), "at the latest then");
  t.true((await ada.client.get(`/removals/${removal.id}`)).complete);
  t.deepEqual((await ada.client.get(`/households/${ada.household}`)).removals, [{ id: removal.id, kind: "removed", at: removal.at, complete: true, people: [{ person: nanny.person, name: "Nanny" }] }]);
});

test.serial("O11: a pending member is removed with the link that was sent", async (t) => {
  const world = await World.begin(t);
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("Flat 1"), "ada");
  const invited = await ada.client.post(`/households/${ada.household}/members`, { role: "resident", email: "kim@example.com" });
  const withdrawn = await ada.client.post(`/households/${ada.household}/members`, { role: "resident", email: "max@example.com" });
  const kim = await signIn(world, "kim@example.com");
  const token = await lastToken(world, "kim@example.com");
  await ada.client.expect(200, "DELETE", `/members/${invited.person}`);
  t.is(code(await kim.send("POST", "/invitations/accept", { token })), "invitation-gone");
  t.deepEqual((await kim.get("/account/places")).invitations, []);
  t.is((await ada.client.expect(200, "DELETE", `/members/${withdrawn.person}/invitation`)).endReason, "withdrawn");
  t.is(code(await kim.send("POST", "/invitations/accept", { token: await lastToken(world, "max@example.com") })), "invitation-gone");
  t.is(code(await ada.client.send("DELETE", `/members/${withdrawn.person}/invitation`)), "membership-ended");
});

test.serial("O12: what a removed member had given to a third party stays until it ends; nobody gives more than they have", async (t) => {
  const world = await World.begin(t, { doors: 2, start: Date.UTC(2026, 0, 1, 12) });
  const [one, two] = world.doors;
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("Flat 1"), "ada");
  const windows = [{ days: ["thursday", "friday"], start: "08:00", end: "20:00" }];
  const kim = await building.invited(ada, "kim", { role: "resident", doors: [one.id], windows });
  const give = (share: object) => kim.client.send("POST", `/households/${ada.household}/shares`, { name: "Plumber", doors: [one.id], end: "2026-01-02T10:00:00Z", ...share });
  t.is(code(await give({ doors: [one.id, two.id] })), "door-outside", "not a door of hers");
  t.is(code(await give({ end: undefined })), "invalid-request");
  t.is(code(await give({ end: "2026-12-31T00:00:00Z" })), "end-too-far", "the manager's cap");
  t.is(code(await give({ windows: [] })), "windows-outside");
  t.is(code(await give({ windows: [{ days: ["saturday"], start: "08:00", end: "20:00" }] })), "windows-outside");
  const plumber = (await give({ windows: [{ days: ["thursday", "friday"], start: "08:00", end: "18:00" }] })).body;
  const electrician = (await give({ name: "Electrician" })).body;
  t.deepEqual(electrician.windows.map(({ days }: Json) => days), [["thursday", "friday"]], "her own times");
  const [pin, other] = [plumber.codes[0].pin, electrician.codes[0].pin];
  await world.upToDate();
  t.true(one.types(pin));
  await ada.client.expect(200, "DELETE", `/members/${kim.person}`);
  await world.upToDate();
  t.true(one.types(pin), "no cascade");
  const { shares } = await ada.client.get(`/households/${ada.household}`);
  t.deepEqual(shares.map(({ invitedBy }: Json) => [invitedBy.name, invitedBy.removed]), [["kim", true], ["kim", true]]);
  t.is((await kim.client.send("PATCH", `/members/${plumber.person}`, { end: "2026-02-01T00:00:00Z" }, { "if-match": "\"1\"" })).status, 404, "she cannot extend it");
  t.is((await kim.client.send("DELETE", `/shares/${plumber.person}`)).status, 404);
  t.is((await ada.client.expect(200, "DELETE", `/shares/${electrician.person}`)).kind, "share-ended");
  await world.upToDate();
  t.false(one.types(other), "an administrator can end it");
  world.goTo("2026-01-02T09:59:40Z");
  t.true(one.types(pin));
  world.goTo("2026-01-02T10:00:10Z");
  t.false(one.types(pin));
  t.is(one.lastDecision, "denied: expired");
});

test.serial("O13: residents and guests remove nobody; an administrator only residents and guests", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("Flat 1"), "ada");
  const kim = await building.invited(ada, "kim", { role: "resident" });
  const guest = await building.invited(ada, "max", { role: "guest", doors: [door.id], end: "2026-03-01T00:00:00Z" });
  for (const client of [kim.client, guest.client]) {
    for (const person of [ada.person, kim.person, guest.person]) {
      t.true(["not-allowed", "not-found"].includes(code(await client.send("DELETE", `/members/${person}`))));
    }
    t.is(code(await client.send("POST", `/households/${ada.household}/members`, { role: "resident", name: "Friend" })), "not-allowed");
  }
  t.is(code(await guest.client.send("POST", `/households/${ada.household}/shares`, { name: "Friend", doors: [door.id], end: "2026-02-01T00:00:00Z" })), "not-allowed");
  t.is(code(await ada.client.send("DELETE", `/members/${ada.person}`)), "not-allowed");
  await world.upToDate();
  for (const [client, person] of [[ada.client, ada.person], [kim.client, kim.person], [guest.client, guest.person]] as const) t.true(door.types(await pinOf(client, person)));
});

test.serial("O15: one sees one's own entries, an administrator those of their own guests too, nobody a co-administrator's; managers' looking is in the audit", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const building = await Building.of(world);
  const flat = await building.flat("Flat 1");
  const ada = await building.leaseholder(flat, "ada");
  const bo = await building.leaseholder(flat, "bo", { household: ada.household });
  const kim = await building.invited(ada, "kim", { role: "resident" });
  const guests: Record<string, Json> = {};
  for (const [name, by] of [["ada's guest", ada], ["bo's guest", bo]] as const) guests[name] = await by.client.post(`/households/${ada.household}/members`, { role: "guest", name, doors: [door.id], end: "2026-03-01T00:00:00Z" });
  const share = await kim.client.post(`/households/${ada.household}/shares`, { name: "kim's share", doors: [door.id], end: "2026-02-01T00:00:00Z" });
  const pins = [await pinOf(ada.client, ada.person), await pinOf(bo.client, bo.person), await pinOf(kim.client, kim.person), guests["ada's guest"].codes[0].pin, guests["bo's guest"].codes[0].pin, share.codes[0].pin];
  await world.upToDate();
  for (const pin of pins) t.true(door.types(pin));
  door.types(wrong(pins[0], ...pins));
  await world.until("all have arrived", async () => (await world.events(door)).filter(({ type }) => type === "decision").length === 7);
  const names = async (client: { get(path: string): Promise<Json> }) => (await client.get("/events")).items.map(({ person }: Json) => person?.name ?? null).sort();
  t.deepEqual(await names(ada.client), ["ada", "ada's guest"]);
  t.deepEqual(await names(bo.client), ["bo", "bo's guest"]);
  t.deepEqual(await names(kim.client), ["kim"]);
  t.deepEqual(await names(await signIn(world, "stranger@example.com")), []);
  t.deepEqual((await building.manager.get("/events?managed=false")).items, [], "a page about oneself shows no one else, and looks at no one else");
  t.is((await building.manager.get(`/audit?property=${world.property}`)).items.filter(({ action }: Json) => action === "events.read").length, 0);
  t.true((await names(building.manager)).length >= 7);
  const { items } = await building.manager.get(`/audit?property=${world.property}`);
  t.true(items.some(({ action, actor }: Json) => action === "events.read" && actor === `account/${building.manager.account}`));
});

test.serial("P2: a leaseholder without phone and e-mail gets a PIN or a card from the manager at once", async (t) => {
  const world = await World.begin(t, { doors: 1 });
  const [door] = world.doors;
  const building = await Building.of(world);
  const flat = await building.flat("Flat 1");
  const { leases, household } = await building.manager.post("/leases", { unit: flat, leaseholders: [{ name: "Old Mr. Gray" }, { name: "Old Mrs. Gray", card: "1a2b3c4d5e" }] });
  t.deepEqual(leases.map(({ state, codes }: Json) => [state, codes.length]), [["active", 1], ["active", 0]]);
  await world.upToDate();
  t.true(door.types(leases[0].codes[0].pin));
  t.true(door.takesCard("1a2b3c4d5e"));
  const { items } = await building.manager.get(`/members/${leases[0].person}/pins`);
  t.is(code(await building.manager.send("GET", `/members/${leases[0].person}/pins/${items[0].id}`)), "not-allowed", "shown once, in the answer that gave it");
  t.is(code(await building.manager.send("POST", "/leases", { unit: flat, household, leaseholders: [{ name: "Cy", email: "cy@example.com", card: "1a2b3c4d5f" }] })), "invalid-request");
});

test.serial("a removed member is told, and what they see is gone at once", async (t) => {
  const world = await World.begin(t);
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("Flat 1"), "ada");
  const kim = await building.invited(ada, "kim", { role: "resident" });
  const [seen] = (await kim.client.get("/households")).items;
  t.deepEqual(seen.people.map(({ name }: Json) => name), ["kim"], "a resident sees nobody else of a list either");
  const listed = async (query: string): Promise<Json[]> => (await building.manager.get(`/households?property=${world.property}${query}`)).items;
  t.deepEqual((await listed("&ended=false"))[0].people.map(({ name, role, state }: Json) => `${name} ${role} ${state}`).sort(), ["ada administrator active", "kim resident active"]);
  t.deepEqual([await listed("&ended=true"), await listed(`&unit=${ada.household}`)], [[], []]);
  t.like(await building.manager.get(`/people/${kim.person}`), { household: ada.household, pending: false, erased: false });
  t.deepEqual((await building.manager.get(`/people?property=${world.property}&outside=true`)).items, []);
  t.like((await building.manager.get(`/people/${kim.person}/access`)).pins[0], { kind: "pin", key: null, grants: [{ group: null, groupName: null, revokedAt: null }] });
  await ada.client.expect(200, "DELETE", `/members/${kim.person}`);
  t.deepEqual((await building.manager.get(`/people?property=${world.property}&ended=true`)).items.map(({ id }: Json) => id), [kim.person]);
  t.deepEqual((await kim.client.get("/households")).items, []);
  t.is((await kim.client.send("GET", `/households/${ada.household}`)).status, 404);
  t.is((await messagesTo(world, "kim@example.com"))[0].kind, "removed");
});
