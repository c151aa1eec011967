import test, { type ExecutionContext } from "ava";
import { canDoAtDoor, DOOR_RANKS, DOOR_RIGHTS, mayAtDoor, type DoorVerb } from "../cloud/rules/door-rights";
import { canDoWithKey, KEY_RANKS, KEY_RIGHTS, mayWithKey, type KeyRank, type KeyTarget, type KeyVerb } from "../cloud/rules/key-rights";
import { chooseContact } from "../cloud/sharing/choose-contact";
import { Refusal } from "../cloud/refusal";
import type { ApiAnswer, Json } from "./support/cloud-rig";
import { Building, lastToken, pinOf, type Tenant } from "./support/household";
import { authenticateAgain, messagesTo, signIn, type Client } from "./support/sign-in";
import { gateway } from "./support/sms-gateway";
import { World, type WorldDoor } from "./support/world";

const code = ({ body }: ApiAnswer): string => body.code;

/** Somebody with an app key that they have accepted. */
interface Holder {
  client: Client;
  person: string;
  key: string;
}

/** @param by who gives the key, whose request it is. @param who their name, and of their address. */
async function giveApp(world: World, by: Client, who: string, doors: readonly WorldDoor[], more: object = {}): Promise<Holder> {
  const email = `${who}@example.com`;
  const given = await by.post("/keys", { property: world.property, kind: "app", name: "Office", user: { name: `${who}, as they call them`, email }, doors: doors.map(({ id }) => id), ...more });
  const client = await signIn(world, email, { name: who });
  await client.post("/keys/accept", { token: await lastToken(world, email, "key-link") }, 200);
  return { client, person: given.user.person, key: given.id };
}

const givePin = (by: Client, world: World, doors: readonly WorldDoor[], user: object, more: object = {}): Promise<ApiAnswer> =>
  by.send("POST", "/keys", { property: world.property, kind: "pin", name: "Code", user, doors: doors.map(({ id }) => id), ...more });

const setOwners = (by: Client, door: WorldDoor, owners: readonly object[]): Promise<ApiAnswer> => by.send("PUT", `/doors/${door.id}/owners`, { owners });

const canAt = async (client: Client, door: WorldDoor): Promise<Json> => (await client.get("/account/doors")).items.find(({ id }: Json) => id === door.id);

/** An office whose owner has an admin, in a house with a shared staircase and a flat of its own. */
async function office(t: ExecutionContext): Promise<{ world: World; building: Building; door: WorldDoor; stairs: WorldDoor; owner: Holder; admin: Holder }> {
  const world = await World.begin(t, { doors: 2, start: Date.UTC(2026, 0, 5, 9) });
  const [door, stairs] = world.doors;
  const building = await Building.of(world);
  await building.manager.post(`/properties/${world.property}/templates`, { name: "Flat", doors: [stairs.id] });
  const owner = await giveApp(world, building.manager, "olga", [door]);
  await authenticateAgain(building.manager);
  t.is((await setOwners(building.manager, door, [{ person: owner.person }])).status, 200);
  const admin = await giveApp(world, owner.client, "adam", [door], { profile: "admin" });
  return { world, building, door, stairs, owner, admin };
}

test.serial("N4: an owner makes admins of their own door, and an admin has full control of it, at the door itself", async (t) => {
  const { world, building, door, stairs, owner, admin } = await office(t);
  t.deepEqual((await owner.client.get(`/doors/${door.id}/owners`)).items.map(({ name }: Json) => name), ["olga"]);
  t.is((await canAt(owner.client, door)).as, "owner");
  t.is((await canAt(admin.client, door)).as, "admin");
  t.deepEqual((await canAt(admin.client, door)).can, ["unlock", "see-door", "see-truth", "see-events", "give-keys", "order", "see-owners"]);

  t.like(await canAt(admin.client, door), { lockState: "normal", outputs: [], rights: [{ windows: [], notBefore: null, notAfter: null, uses: null, suspended: false, secondPin: false }], property: { timeZone: "Europe/Paris" } });

  // Keys, hours, lock state and the entries of that door.
  const uma = (await givePin(admin.client, world, [door], { name: "Uma" })).body;
  const [{ pin }] = uma.codes;
  await world.upToDate();
  t.true(door.types(pin));
  t.false(stairs.types(pin));
  t.is((await admin.client.send("PUT", `/doors/${door.id}/lock-state`, { state: "lock-down" })).status, 200);
  await world.upToDate();
  t.false(door.types(pin));
  t.regex(door.lastDecision!, /locked-down/);
  t.is((await canAt(owner.client, door)).lockState, "lock-down");
  await owner.client.put(`/doors/${door.id}/lock-state`, { state: "normal" });
  t.is((await admin.client.send("PUT", `/doors/${door.id}/hours`, { windows: [{ days: ["monday"], start: "13:00", end: "14:00" }] })).status, 200);
  t.is((await admin.client.send("POST", `/doors/${door.id}/keypad-reset`, {})).status, 200);
  await world.upToDate();
  t.true(door.types(pin));
  world.goTo("2026-01-05T12:01:00Z");
  t.true(door.board.strike, "it stands unlocked by the admin's hours");
  world.goTo("2026-01-05T13:05:00Z");
  t.false(door.board.strike);
  await world.until("the entries have arrived", async () => (await world.events(door)).filter(({ type }: Json) => type === "decision").length === 3);
  const entries = (await admin.client.get(`/events?door=${door.id}`)).items;
  t.deepEqual(entries.filter(({ type }: Json) => type === "decision").map(({ reason, person }: Json) => [reason, person.name]), [["granted", "Uma"], ["locked-down", "Uma"], ["granted", "Uma"]]);
  t.deepEqual((await admin.client.get(`/events?door=${stairs.id}`)).items, []);
  const read = (await building.manager.get(`/audit?property=${world.property}`)).items.filter(({ action }: Json) => action === "events.read");
  t.true(read.some(({ actor, subject }: Json) => actor === `account/${admin.client.account}` && subject === `door/${door.id}`), "looking leaves a trace (O15)");
  t.deepEqual((await admin.client.get(`/doors/${door.id}/who-can-open`)).people.map(({ name }: Json) => name).sort(), ["Uma", "adam", "olga"]);

  // What is the owner's, and the manager's.
  t.is(code(await admin.client.send("PUT", `/doors/${door.id}/outputs`, { outputs: [] })), "not-allowed");
  t.is(code(await admin.client.send("POST", `/doors/${door.id}/release`, { released: true })), "not-allowed");
  t.is(code(await owner.client.send("POST", `/doors/${door.id}/release`, { released: true })), "not-allowed");
  t.is((await owner.client.send("PUT", `/doors/${door.id}/outputs`, { outputs: [] })).status, 200);
  t.is(code(await givePin(admin.client, world, [door], { name: "Eve" }, { profile: "admin" })), "not-allowed", "an admin makes no admins");
  t.is(code(await setOwners(admin.client, door, [])), "not-allowed");

  // An admin removes neither the owner nor another admin, nor edits them; users they do.
  const second = await giveApp(world, owner.client, "ann", [door], { profile: "admin" });
  const ownersPin = (await givePin(owner.client, world, [door], { person: owner.person })).body;
  t.truthy(ownersPin.id, JSON.stringify(ownersPin));
  for (const key of [owner.key, ownersPin.id, second.key]) {
    t.is(code(await admin.client.send("DELETE", `/keys/${key}`)), "not-allowed");
    t.is(code(await admin.client.send("PATCH", `/keys/${key}`, { profile: "blocked" }, { "if-match": "*" })), "not-allowed");
    t.deepEqual((await admin.client.get(`/keys/${key}`)).can, ["see"]);
  }
  t.deepEqual((await admin.client.get(`/keys/${uma.id}`)).can, ["see", "edit", "remove"]);
  t.is(code(await admin.client.send("PATCH", `/keys/${uma.id}`, { profile: "admin" }, { "if-match": "*" })), "not-allowed", "not by editing either");
  t.is((await admin.client.send("DELETE", `/keys/${uma.id}`)).status, 200);
  await world.upToDate();
  t.false(door.types(pin));
  // Admin off is a user; blocked is neither; on again is an admin again.
  const edit = (profile: string | null) => owner.client.expect(200, "PATCH", `/keys/${second.key}`, { profile }, { "if-match": "*" });
  for (const profile of [null, "admin", "blocked", "admin"]) {
    await edit(profile);
    t.is((await canAt(second.client, door)).as, profile === "admin" ? "admin" : "user");
    t.is((await second.client.send("POST", `/doors/${door.id}/keypad-reset`, {})).body.code, profile === "admin" ? undefined : "not-allowed");
  }
  t.is((await owner.client.send("DELETE", `/keys/${second.key}`)).status, 200);
  t.is(await canAt(second.client, door), undefined, "what they were at the door ended with their key");
  t.is(code(await second.client.send("PUT", `/doors/${door.id}/lock-state`, { state: "hold-open" })), "not-found");
});

test.serial("N4: nobody is an admin of a building's shared doors; the last owner is safe, and owners do not remove each other", async (t) => {
  const { world, building, door, stairs, owner, admin } = await office(t);
  const { manager } = building;
  const listed = (await manager.get(`/doors?property=${world.property}`)).items;
  t.deepEqual([door, stairs].map(({ id }) => listed.find((each: Json) => each.id === id).shared), [false, true], "which doors are the building's is said");
  t.is(code(await setOwners(manager, stairs, [{ person: owner.person }])), "shared-door");
  t.is(code(await givePin(manager, world, [stairs], { name: "Eve" }, { profile: "admin" })), "not-allowed", "not even by the manager");
  t.is(code(await givePin(manager, world, [door, stairs], { name: "Eve" }, { profile: "admin" })), "not-allowed");
  t.is(code(await givePin(owner.client, world, [stairs], { name: "Eve" })), "not-found", "the owner of one door is nobody at another");
  t.is(code(await givePin(owner.client, world, [door, stairs], { name: "Eve" })), "not-found");

  await authenticateAgain(owner.client);
  t.is(code(await setOwners(owner.client, door, [])), "last-owner");
  t.is(code(await setOwners(owner.client, door, [{ account: "f".repeat(16) }])), "not-found");
  t.is(code(await setOwners(owner.client, door, [{ account: building.manager.account }])), "not-found", "no account is found by naming it");
  const both = await setOwners(owner.client, door, [{ account: owner.client.account }, { person: admin.person }]);
  t.deepEqual(both.body.items.map(({ name }: Json) => name).sort(), ["adam", "olga"]);
  await authenticateAgain(admin.client);
  t.is(code(await setOwners(admin.client, door, [{ account: admin.client.account }])), "not-allowed", "owners do not remove each other");
  t.is(code(await admin.client.send("DELETE", `/keys/${owner.key}`)), "not-allowed");
  t.is(code(await owner.client.send("DELETE", `/keys/${admin.key}`)), "not-allowed");
  t.is((await setOwners(owner.client, door, [{ account: admin.client.account }])).status, 200, "one withdraws oneself");
  t.is((await canAt(owner.client, door)).as, "user");
  t.is((await admin.client.send("DELETE", `/keys/${owner.key}`)).status, 200, "whoever owns it no more is a user like others");
  t.is((await setOwners(manager, door, [])).status, 200, "the manager's word is above");
  t.is((await canAt(admin.client, door)).as, "admin");
  t.is(code(await manager.send("DELETE", `/keys/${admin.key}`)), "last-administrator");
  t.is((await setOwners(manager, door, [{ person: admin.person }])).status, 200);

  // Two owners who withdraw at the same moment, each in favour of the other: one of them stays.
  const heir = await giveApp(world, admin.client, "hal", [door]);
  const [own, others] = [{ account: admin.client.account }, { person: heir.person }];
  await authenticateAgain(admin.client);
  t.is((await setOwners(admin.client, door, [own, others])).status, 200);
  const left = await Promise.all([setOwners(admin.client, door, [others]), setOwners(heir.client, door, [own])]);
  t.true(left.some(({ status }) => status === 200));
  t.is((await manager.get(`/doors/${door.id}/owners`)).items.length, 1);
  t.is((await setOwners(manager, door, [{ person: heir.person }])).status, 200);
  await authenticateAgain(heir.client);
  await heir.client.delete("/account");
  t.deepEqual((await manager.get(`/doors/${door.id}/owners`)).items, [], "nobody is not an owner");
  t.is((await setOwners(manager, door, [{ person: admin.person }])).status, 200);

  // A door that becomes the building's is nobody's own: what they may there ends, what they open does not.
  await manager.post(`/properties/${world.property}/templates`, { name: "Shop", doors: [door.id] });
  t.is((await canAt(admin.client, door)).as, "user");
  for (const [method, path, body] of [["PUT", "lock-state", { state: "lock-down" }], ["PUT", "hours", { windows: [] }], ["PUT", "outputs", { outputs: [] }]] as const) t.is(code(await admin.client.send(method, `/doors/${door.id}/${path}`, body)), "not-allowed", path);
  t.is(code(await givePin(admin.client, world, [door], { name: "Eve" })), "not-found");
  t.deepEqual((await admin.client.get(`/events?door=${door.id}`)).items.filter(({ person }: Json) => person?.id !== admin.person), []);
});

test.serial("N4, O15: who lives behind a door is not shown to whoever owns it, nor when they come and go", async (t) => {
  const { world, building, door, owner, admin } = await office(t);
  const flat = await building.flat("1st floor", [door]);
  const ada = await building.leaseholder(flat, "ada");
  const pin = await pinOf(ada.client, ada.person);
  await world.upToDate();
  t.true(door.types(pin));
  await world.until("the entry has arrived", async () => (await world.events(door)).some(({ reason }: Json) => reason === "granted"));
  for (const { client } of [owner, admin]) {
    t.false(JSON.stringify(await client.get(`/events?door=${door.id}`)).includes(ada.person));
    t.false(JSON.stringify(await client.get(`/doors/${door.id}/who-can-open`)).includes(ada.person));
    t.false(JSON.stringify(await client.get(`/doors/${door.id}/truth`)).includes(ada.person));
    t.false(JSON.stringify(await client.get("/account/people")).includes(ada.person));
  }
  t.true(JSON.stringify(await building.manager.get(`/doors/${door.id}/who-can-open`)).includes(ada.person));
  const share = await ada.client.post("/keys", { property: world.property, household: ada.household, kind: "pin", name: "Plumber", user: { name: "Plumber" }, doors: [door.id], notAfter: "2026-01-10T00:00:00Z" });
  t.is(code(await owner.client.send("GET", `/keys/${share.id}`)), "not-found", "what a household gives is the household's");
  t.is(code(await owner.client.send("DELETE", `/keys/${share.id}`)), "not-found");
});

test.serial("N5: a text key is a code by SMS without app or account; while the gateway is down it is pending, opens nothing and can be resent", async (t) => {
  const { url, requests, mood } = await gateway(t);
  const world = await World.begin(t, { doors: 2, gateway: { url, headers: {}, body: "{to} {text}" } });
  const { manager } = await Building.of(world);
  const [door, other] = world.doors;
  const phone = "+33612345699";
  mood.status = 503;
  const given = (await givePin(manager, world, [door], { name: "Parcels", phone }, { name: "Parcels" })).body;
  t.deepEqual([given.state, given.codes, given.link], ["pending", [], null], "the code is nobody's to see but whose phone it is");
  await world.until("the gateway was asked in vain", () => requests.length > 0);
  const codeIn = ({ body }: { body: string }) => /: (\d+) /.exec(body)![1];
  const first = codeIn(requests[0]);
  t.is(first.length, 6, "6 digits by default");
  t.like(await manager.get(`/keys/${given.id}`), { state: "pending", message: "waiting", sentTo: "+33…99" });
  const known = async () => (await manager.get(`/doors/${door.id}/who-can-open`)).people;
  t.deepEqual(await known(), []);
  await world.upToDate();
  t.false(door.types(first), "S4: nothing opens by what may never arrive");

  // Resent, it is the same code; and other people's keys meanwhile do not get it.
  t.is((await manager.send("POST", `/keys/${given.id}/text`, {})).body.state, "pending");
  await world.until("the gateway was asked again", () => requests.length > 1);
  t.is(codeIn(requests[1]), first);
  const ended = (await givePin(manager, world, [door], { phone: "+33612345698" })).body;
  await world.until("the gateway was asked for the other one", () => requests.some(({ body }) => body.includes("+33612345698")));
  const lost = codeIn(requests.find(({ body }) => body.includes("+33612345698"))!);
  t.is((await manager.send("DELETE", `/keys/${ended.id}`)).status, 200);

  mood.status = 200;
  const before = requests.length;
  world.clock.advance(30_000);
  await world.until("the key has begun", async () => (await manager.get(`/keys/${given.id}`)).state === "active");
  await world.upToDate();
  t.deepEqual(requests.slice(before).map(codeIn), [first], "one message, and none of the key that has ended");
  t.deepEqual((await known()).map(({ name, verdict }: Json) => [name, verdict]), [["Parcels", "granted"]]);
  t.true(door.types(first));
  t.false(other.types(first));
  t.false(door.types(lost));
  t.is(code(await manager.send("POST", `/keys/${given.id}/text`, {})), "not-pending");
  const trail = JSON.stringify((await manager.get(`/audit?property=${world.property}`)).items);
  t.false(trail.includes(`"${first}"`), "the digits are in no audit");

  // Other doors while it waits: the message that goes has a code that opens them.
  mood.status = 503;
  const moved = (await givePin(manager, world, [door], { phone: "+33612345697" })).body;
  await world.until("it was tried", () => requests.some(({ body }) => body.includes("+33612345697")));
  t.is((await manager.send("PATCH", `/keys/${moved.id}`, { doors: [other.id] }, { "if-match": "*" })).status, 200);
  // A cloud that was gone meanwhile goes on where it was.
  const { httpPort, mqttPort } = world.cloud;
  await world.cloud.stop();
  await world.startCloud(httpPort, mqttPort);
  mood.status = 200;
  world.clock.advance(30_000);
  await world.until("it has begun", async () => (await manager.get(`/keys/${moved.id}`)).state === "active");
  for (const each of world.doors) await world.reconnect(each);
  const last = codeIn(requests.findLast(({ body }) => body.includes("+33612345697"))!);
  t.true(other.types(last));
  t.false(door.types(last));

  // Its time is over before the message could leave: it is not sent for ever, and opens nothing.
  mood.status = 503;
  const late = (await givePin(manager, world, [door], { phone: "+33612345696" }, { notAfter: new Date(world.clock.unixMs + 25_000).toISOString() })).body;
  const attempts = () => requests.filter(({ body }) => body.includes("+33612345696"));
  await world.until("it was tried", () => attempts().length > 0);
  mood.status = 200;
  world.clock.advance(30_000);
  await world.until("it has ended", async () => {
    world.clock.advance(10_000);
    return (await manager.get(`/keys/${late.id}`)).state === "ended";
  });
  t.true(attempts().length <= 2);
  await world.upToDate();
  t.false(door.types(codeIn(attempts()[0])));
});

test.serial("N5, A3: where the door's rule asks a text key is longer; without a gateway it goes by e-mail, and a phone is refused clearly", async (t) => {
  const world = await World.begin(t, { texts: false });
  const building = await Building.of(world);
  const [door] = world.doors;
  await building.rules({ pinDigitsMin: 8 });
  t.is(code(await givePin(building.manager, world, [door], { phone: "+33612345699" })), "no-text-messages");
  t.is(code(await givePin(building.manager, world, [door], { contact: { tel: ["+33612345699"] } })), "no-text-messages");
  const given = (await givePin(building.manager, world, [door], { contact: { name: "Nan", tel: ["+33612345699"], email: ["nan@example.com"] } }, { language: "fr" })).body;
  t.truthy(given.user, JSON.stringify(given));
  t.deepEqual([given.state, given.codes, given.user.name], ["active", [], "Nan"]);
  const [message] = await messagesTo(world, "nan@example.com");
  t.is(message.kind, "text-key");
  t.regex(message.text, /Rue des Lilas 7/);
  const [pin] = /\b\d{8}\b/.exec(message.text)!;
  await world.upToDate();
  t.true(door.types(pin));
  // Where a unit is typed first, the message says so.
  const hall = await world.addDoor("Hall");
  await world.order(hall, "keypad", { unitNumbers: true });
  t.is(code(await givePin(building.manager, world, [hall], { email: "max@example.com" })), "unit-needed");
  t.is((await givePin(building.manager, world, [hall], { email: "max@example.com", unit: "12" }, { notBefore: "2026-01-01T00:00:00Z", notAfter: "2026-01-02T00:00:00Z" })).status, 201);
  const [{ text }] = await messagesTo(world, "max@example.com");
  t.regex(text, /type 12# first/);
  t.regex(text, /Hall until 2 January 2026/);
  await world.upToDate();
  t.true(hall.types(`12#${/\b\d{8}\b/.exec(text)![0]}`));
  // P4: a code that a stolen door knew is another one, and it goes where the first one went.
  t.is((await givePin(building.manager, world, [door, hall], { email: "sam@example.com", unit: "7" })).status, 201);
  await world.upToDate();
  const codeOf = async () => /\b\d{8}\b/.exec((await messagesTo(world, "sam@example.com"))[0].text)![0];
  const old = await codeOf();
  t.true(hall.types(`7#${old}`));
  const stolen = await building.manager.post(`/doors/${door.id}/stolen`, {}, 200);
  t.false(JSON.stringify(stolen).includes(await codeOf()), "its digits are for whom it was sent to");
  t.not(await codeOf(), old);
  await world.upToDate();
  t.false(hall.types(`7#${old}`));
  t.true(hall.types(`7#${await codeOf()}`));
});

test.serial("N1, N2, N3, N10, N11, N15: one shares with whom one knows and finds nobody else; they are listed at once, with their keys and who can be removed", async (t) => {
  const { world, building, door, stairs, owner, admin } = await office(t);
  const people = async ({ client }: { client: Client }) => new Map<string, Json>((await client.get("/account/people")).items.map((item: Json) => [item.name, item]));

  // N10: listed at once, pending, under the name that the giver typed; N2: their own wins once they accept.
  const given = await owner.client.post("/keys", { property: world.property, kind: "app", name: "Saturdays", user: { name: "the accountant", phone: "+33612345690" }, doors: [door.id] });
  t.is(given.state, "pending");
  t.like((await people(owner)).get("the accountant"), { keys: 1, pending: 1, shared: true, can: ["remove"] });
  const unnamed = await owner.client.post("/keys", { property: world.property, kind: "app", name: "Sundays", user: { phone: "+33612345691" }, doors: [door.id] });
  t.is(unnamed.user.name, "+33612345691", "names are optional");
  const uma = await signIn(world, "+33612345690", { name: "Uma" });
  const token = await lastToken(world, "+33612345690", "key-link");
  t.is((await uma.post("/keys/look", { token }, 200)).giver, "olga");
  t.true((await people(owner)).has("the accountant"), "looking is no acceptance");
  await uma.post("/keys/accept", { token }, 200);
  t.like((await people(owner)).get("Uma"), { person: given.user.person, keys: 1, pending: 0, can: ["remove"] });
  t.false((await people(owner)).has("the accountant"));

  // A key in common: to a door of one's own sort. A staircase in common is none, and a household is none either.
  t.deepEqual([...(await people({ client: uma })).keys()].sort(), ["+33612345691", "adam", "olga"]);
  t.deepEqual((await people({ client: uma })).get("olga").can, [], "a user removes nobody");
  t.deepEqual((await people(admin)).get("olga").can, []);
  t.deepEqual((await people(admin)).get("Uma").can, ["remove"]);
  const flats = [await building.flat("left", [stairs]), await building.flat("right", [stairs])];
  const [ada, bo] = [await building.leaseholder(flats[0], "ada"), await building.leaseholder(flats[1], "bo")];
  const visitor = await giveApp(world, building.manager, "vic", [stairs]);
  t.deepEqual([...(await people(ada)).keys()], []);
  t.deepEqual([...(await people(visitor)).keys()], []);

  // Sharing with them again: by the record of theirs, which nobody guesses.
  const again = await owner.client.send("POST", "/keys", { property: world.property, kind: "app", name: "Mondays", user: { person: given.user.person }, doors: [door.id] });
  t.is(again.status, 201);
  t.is((await people(owner)).get("Uma").keys, 2);
  t.is((await messagesTo(world, "+33612345690"))[0].kind, "key-link", "it goes where the last one went");
  for (const person of [ada.person, bo.person, visitor.person, "f".repeat(16)]) t.is(code(await givePin(owner.client, world, [door], { person })), "not-found");
  const fromHome = (user: object, who: Tenant = ada) => givePin(who.client, world, [stairs], user, { household: who.household, notAfter: "2026-01-09T00:00:00Z" });
  for (const person of [bo.person, visitor.person, admin.person]) t.is(code(await fromHome({ person })), "not-found");
  const plumber = (await fromHome({ name: "Plumber" })).body;
  t.like((await people(ada)).get("Plumber"), { keys: 1, shared: true, can: ["remove"] });
  t.deepEqual([...(await people(bo)).keys()], []);
  const [{ pin }] = (await fromHome({ person: plumber.user.person })).body.codes;
  await world.upToDate();
  t.true(stairs.types(pin));

  // N3: a contact is declined cleanly where it holds nothing, and chosen from where it holds several.
  const contact = (fields: object) => givePin(owner.client, world, [door], { contact: fields });
  for (const none of [{}, { name: "Nobody" }, { tel: ["12"], email: ["at home"] }]) t.is(code(await contact(none)), "one-identifier");
  const several = await contact({ name: "Max", tel: ["+33612345680", "+33 6 12 34 56 80", "+33612345681"], email: ["max@example.com"] });
  t.is(code(several), "choose-address");
  t.deepEqual(several.body.choices, [{ phone: "+33612345680" }, { phone: "+33612345681" }]);
  t.is((await contact({ name: "Max", tel: ["+33612345680"] })).body.user.name, "Max");
  t.true((await people(owner)).has("Max"));

  // N11: whoever is offered can be removed, and nobody else is.
  for (const { client } of [owner, admin, { client: uma }, ada]) {
    for (const { person, can } of (await client.get("/account/people")).items) {
      const keys = (await client.get(`/keys?person=${person}`)).items;
      t.is(can.includes("remove"), keys.some((key: Json) => key.can.includes("remove")), person);
      for (const key of keys.filter((each: Json) => !each.can.includes("remove"))) t.is(code(await client.send("DELETE", `/keys/${key.id}`)), "not-allowed");
    }
  }
  for (const key of (await owner.client.get(`/keys?person=${given.user.person}`)).items) await owner.client.delete(`/keys/${key.id}`, 200);
  t.like((await people(owner)).get("Uma"), { keys: 0, can: [] }, "one has shared with them before");
});

test.serial("O12, N4: what a member gives is a key within their own right, however it is given; it ends with an elder's word too", async (t) => {
  const world = await World.begin(t, { doors: 2 });
  const building = await Building.of(world);
  const [front, attic] = world.doors;
  const ada = await building.leaseholder(await building.flat("1st floor"), "ada", { end: "2026-03-01T00:00:00Z" });
  const kim = await building.invited(ada, "kim", { role: "resident", doors: [front.id], windows: [{ days: ["thursday"], start: "08:00", end: "20:00" }] });
  const give = (more: object) => kim.client.send("POST", "/keys", { property: world.property, household: kim.household, kind: "pin", name: "Nan", user: { name: "Nan" }, doors: [front.id], notAfter: "2026-01-20T00:00:00Z", ...more });
  t.is(code(await give({ doors: [attic.id] })), "door-outside");
  t.is(code(await give({ notAfter: undefined })), "end-needed");
  t.is(code(await give({ notAfter: "2026-12-01T00:00:00Z" })), "end-too-far");
  t.is(code(await give({ windows: [{ days: ["friday"], start: "08:00", end: "20:00" }] })), "windows-outside");
  t.is(code(await give({ profile: "admin" })), "not-allowed");
  t.is(code(await building.manager.send("POST", "/keys", { property: world.property, household: kim.household, kind: "pin", name: "x", user: { name: "x" }, doors: [front.id], notAfter: "2026-01-20T00:00:00Z" })), "not-allowed");
  const nan = (await give({})).body;
  const old = await kim.client.post(`/households/${kim.household}/shares`, { name: "Parcels", doors: [front.id], end: "2026-01-20T00:00:00Z" });
  // By either route it is the same thing: a share of the household, and a key.
  const shares = async (who: Tenant) => (await who.client.get(`/households/${kim.household}`)).shares.map(({ name }: Json) => name).sort();
  t.deepEqual(await shares(kim), ["Nan", "Parcels"]);
  t.deepEqual((await kim.client.get("/keys")).items.map(({ user, household, giver }: Json) => [user.name, household, giver]).sort(), [["Nan", kim.household, "kim"], ["Parcels", kim.household, "kim"]]);
  t.deepEqual((await ada.client.get("/keys")).items.map(({ can }: Json) => can), [["see", "remove"], ["see", "remove"]]);
  await world.upToDate();
  const pins = [nan.codes[0].pin, old.codes[0].pin];
  for (const pin of pins) t.false(front.types(pin), "Thursday, one in the morning");
  world.goTo("2026-01-01T07:00:00Z");
  for (const pin of pins) t.true(front.types(pin));
  t.is((await ada.client.send("DELETE", `/keys/${nan.id}`)).status, 200);
  t.is((await kim.client.expect(200, "DELETE", `/shares/${old.person}`)).kind, "share-ended");
  await world.upToDate();
  for (const pin of pins) t.false(front.types(pin));
  t.deepEqual((await kim.client.get("/keys?state=active")).items, []);
  t.deepEqual(await shares(ada), []);
});

test("N4, N11: rank × verb at a door, and rank × verb × whose key, each cell", (t) => {
  const signs = (allowed: boolean, known: boolean) => (allowed ? "+" : known ? "-" : ".");
  const atDoor = (verb: DoorVerb) => [...DOOR_RANKS, undefined].map((rank) => {
    const verdict = mayAtDoor(verb, { ranks: rank === undefined ? [] : [rank] });
    return signs(verdict.allowed, !verdict.allowed && verdict.because === "not-allowed");
  }).join("");
  // site manager machine home owner admin user nobody
  const DOOR: Record<DoorVerb, string> = {
    know: "+++.+++.",
    unlock: "+++++++.",
    "see-door": "+++.++-.",
    "see-truth": "+++.++-.",
    "see-events": "+++.++-.",
    "give-keys": "+++.++-.",
    "give-admin": "+++.+--.",
    order: "+++.++-.",
    configure: "+++.+--.",
    "see-owners": "+++.++-.",
    "change-owners": "++-.+--.",
    "run-door": "+++.---.",
  };
  t.deepEqual(Object.fromEntries((Object.keys(DOOR_RIGHTS) as DoorVerb[]).map((verb) => [verb, atDoor(verb)])), DOOR);
  for (const rank of DOOR_RANKS) t.deepEqual(canDoAtDoor({ ranks: [rank] }), (Object.keys(DOOR) as DoorVerb[]).filter((verb) => verb !== "know" && mayAtDoor(verb, { ranks: [rank] }).allowed));

  const target = (more: Partial<KeyTarget>): KeyTarget => ({ role: "user", state: "active", ofOwner: false, fromHousehold: false, ...more });
  const TARGETS = [target({}), target({ role: "admin" }), target({ role: "admin", ofOwner: true }), target({ fromHousehold: true })];
  // Each: a user's, an admin's, an owner's, a household's.
  const KEY: Record<KeyVerb, Record<KeyRank, string>> = {
    see: { manager: "++++", owner: "+++.", admin: "+++.", overseer: "+++.", member: "...+", elder: "...+", giver: "+...", holder: "++++" },
    edit: { manager: "+++-", owner: "++-.", admin: "+--.", overseer: "---.", member: "...+", elder: "...-", giver: "-...", holder: "----" },
    send: { manager: "+++-", owner: "++-.", admin: "+--.", overseer: "---.", member: "...+", elder: "...-", giver: "+...", holder: "----" },
    remove: { manager: "++++", owner: "++-.", admin: "+--.", overseer: "---.", member: "...+", elder: "...+", giver: "+...", holder: "++++" },
  };
  for (const verb of Object.keys(KEY_RIGHTS) as KeyVerb[]) {
    for (const rank of KEY_RANKS) {
      const cells = TARGETS.map((each) => {
        const verdict = mayWithKey(verb, [rank], each);
        return signs(verdict.allowed, !verdict.allowed && verdict.because === "not-allowed");
      });
      t.is(cells.join(""), KEY[verb][rank], `${rank} ${verb}`);
    }
    for (const each of TARGETS) t.false(mayWithKey(verb, [], each).allowed);
  }
  t.deepEqual(canDoWithKey(["manager"], target({ state: "ended" })), ["see"]);
  t.deepEqual(canDoWithKey(["manager"], target({ state: "pending" })), ["see", "edit", "send", "remove"]);
});

test("N3: of a picked contact one address is taken, and what is none is passed over", (t) => {
  const choose = (contact: { name?: string; tel?: string[]; email?: string[] }, sms: "none" | "outbox" = "outbox") => {
    try {
      return chooseContact({ tel: [], email: [], ...contact }, { email: "outbox", sms }, "FR").identifier.value;
    } catch (error) {
      return error instanceof Refusal ? error.code : error;
    }
  };
  t.is(choose({ tel: ["06 12 34 56 78", "+33612345678", "ext. 12"], email: ["ada@example.com"] }), "+33612345678");
  t.is(choose({ tel: ["06 12 34 56 78"], email: ["Ada@Example.com"] }, "none"), "ada@example.com");
  t.is(choose({ tel: ["06 12 34 56 78"] }, "none"), "no-text-messages");
  t.is(choose({ email: ["ada@example.com", "ada@work.example.com"] }), "choose-address");
  t.is(choose({ name: "Ada", email: ["ada at home"] }), "one-identifier");
  t.is(choose({ tel: ["ada@example.com"], email: ["+33612345678"] }), "one-identifier", "each where it belongs");
});
