import test from "ava";
import type { ApiAnswer, Json } from "./support/cloud-rig";
import { Building, managerOf, pinOf } from "./support/household";
import type { Client } from "./support/sign-in";
import { World, type WorldDoor } from "./support/world";

const MONDAY = Date.UTC(2026, 5, 1, 8); // 10:00 in Paris
const WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const code = ({ body }: ApiAnswer): string => body.code;

/** A building whose manager has switched groups on. */
async function begin(t: Parameters<typeof World.begin>[0], doors: number, options: object = {}): Promise<{ world: World; building: Building; manager: Client }> {
  const world = await World.begin(t, { doors, start: MONDAY, ...options });
  const building = await Building.of(world);
  await building.rules({ groups: true });
  return { world, building, manager: building.manager };
}

async function addGroup(building: Building, name: string, doors: readonly WorldDoor[], more: object = {}): Promise<Json> {
  return building.manager.post("/groups", { property: building.world.property, name, doors: doors.map(({ id }) => id), ...more });
}

const join = (building: Building, group: Json, person: { id: string }): Promise<Json> => building.manager.put(`/groups/${group.id}/people/${person.id}`, {});
const leave = (building: Building, group: Json, person: { id: string }): Promise<Json> => building.manager.delete(`/groups/${group.id}/people/${person.id}`, 200);

test.serial("N12: groups are off by default; on, they are the manager's, of doors and people of one property", async (t) => {
  const world = await World.begin(t, { doors: 1, start: MONDAY });
  const [door] = world.doors;
  const building = await Building.of(world);
  const { manager } = building;
  const ada = await world.addPerson();
  const wanted = { property: world.property, name: "Workshop", doors: [door.id] };
  t.is(code(await manager.send("POST", "/groups", wanted)), "forbidden-by-rules");
  await building.rules({ groups: true });
  const other = await world.post("/api/properties", { name: "Elsewhere" }, 201);
  const foreign = await managerOf(world, other.id, "foreign@example.com");
  t.is(code(await manager.send("POST", "/groups", { ...wanted, doors: ["f".repeat(16)] })), "not-found");
  t.is(code(await manager.send("POST", "/groups", { ...wanted, profile: "f".repeat(16) })), "not-found");
  t.is(code(await manager.send("POST", "/groups", { ...wanted, permissions: ["everything"] })), "invalid-request");
  const group = await manager.post("/groups", wanted);
  t.is(code(await manager.send("POST", "/groups", wanted)), "name-taken");
  t.is(code(await foreign.send("POST", "/groups", wanted)), "not-found");
  t.is(code(await foreign.send("GET", `/groups/${group.id}`)), "not-found");
  const stranger = await foreign.post("/people", { property: other.id, name: "Stranger", class: "staff" });
  t.is(code(await manager.send("PUT", `/groups/${group.id}/people/${stranger.id}`, {})), "not-found");
  await join(building, group, ada);
  await join(building, group, ada);
  t.deepEqual((await manager.get(`/groups/${group.id}/people`)).items, [{ id: ada.id, name: "Ada", unreached: [] }]);

  t.is(code(await manager.send("PATCH", `/groups/${group.id}`, { name: "Cellar" })), "version-needed");
  const renamed = await manager.patch(`/groups/${group.id}`, { name: "Cellar" }, '"1"');
  t.deepEqual([renamed.name, renamed.people, renamed.version, renamed.ended, renamed.codes], ["Cellar", 1, 2, [], []]);
  t.is(code(await manager.send("PATCH", `/groups/${group.id}`, { doors: [] }, { "if-match": '"1"' })), "changed-meanwhile");
  const { headers, body: rules } = await manager.send("GET", `/properties/${world.property}/rules`);
  t.is(code(await manager.send("PUT", `/properties/${world.property}/rules`, { ...rules, groups: false }, { "if-match": headers.get("etag")! })), "in-use", "nobody loses a door by a switch");

  const groups = [group];
  for (let index = 1; index < 5; index++) groups.push(await addGroup(building, `Group ${index}`, [door]));
  for (const each of groups.slice(1, 4)) await join(building, each, ada);
  t.is(code(await manager.send("PUT", `/groups/${groups[4].id}/people/${ada.id}`, {})), "too-many-groups", "a door looks at eight alternatives");
  const { items } = await manager.get(`/audit?property=${world.property}`);
  t.deepEqual(items.filter(({ action }: Json) => action.startsWith("group.")).map(({ action }: Json) => action), ["group.add", "group.join", "group.change", "group.add", "group.add", "group.add", "group.add", "group.join", "group.join", "group.join"]);
  await world.revoke(ada);
  t.is(code(await manager.send("PUT", `/groups/${groups[0].id}/people/${ada.id}`, {})), "person-revoked");
  t.is((await manager.get(`/groups/${group.id}`)).people, 0, "whoever is gone is in no group");
});

test.serial("N12: a group's doors open with what one has; leaving ends what came from it and keeps one's own, also where a door is offline", async (t) => {
  const { world, building, manager } = await begin(t, 2);
  const [own, shared] = world.doors;
  const ada = await world.addPerson({ doors: [own] });
  const bo = await world.add({ name: "Bo", pins: [{ grants: [{ doors: [own.id, shared.id] }] }], cards: [{ number: "a1b2c3d4e5", grants: [{ doors: [own.id] }] }] });
  const group = await addGroup(building, "Workshop", [shared]);
  t.false(shared.types(ada.pin));
  t.deepEqual(await join(building, group, ada), { person: ada.id, unreached: [], codes: [] });
  await join(building, group, bo);
  t.false((await manager.get(`/groups/${group.id}`)).doors[0].upToDate, "said before the door knows");
  await world.upToDate();
  t.true((await manager.get(`/groups/${group.id}`)).doors[0].upToDate);
  t.true(shared.types(ada.pin), "with the code that she has");
  t.true(shared.takesCard("a1b2c3d4e5"), "a card is taken along too");
  t.true(own.types(ada.pin));
  const { pins } = await world.get(`/api/people/${ada.id}/access`);
  t.deepEqual(pins[0].grants.map((grant: Json) => [grant.doors, grant.group]).sort(), [[[own.id], null], [[shared.id], group.id]].sort());
  const why = await world.get(`/api/doors/${shared.id}/why/${ada.id}`);
  t.true(JSON.stringify(why).includes(group.id), "why she can open it: by the group");
  const byGroup = pins[0].grants.find((grant: Json) => grant.group !== null);
  t.is(code(await manager.send("POST", "/revocations", { grant: byGroup.id })), "given-by-group", "the group would give it again");

  shared.pullPlug();
  const left = await leave(building, group, ada);
  t.deepEqual(left.revocation.doors.map(({ door, state }: Json) => [door, state]), [[shared.id, "pending"]]);
  await leave(building, group, bo);
  t.true(shared.types(ada.pin), "it has not heard");
  await world.reconnect(shared);
  t.false(shared.types(ada.pin));
  t.is(shared.lastDecision, "denied: unknown-credential");
  t.true(own.types(ada.pin), "her own right stays");
  t.false(shared.takesCard("a1b2c3d4e5"));
  t.true(shared.types(bo.pins[0].pin), "his right there was his own");
  t.true((await manager.get(`/revocations/${left.revocation.id}`)).complete);
  t.is((await leave(building, group, ada)).revocation, null, "again: nothing more");
});

test.serial("N12: rights of two groups add up as alternatives; a removed group takes nothing that is not its own; the groups' doors and times change for all of their people", async (t) => {
  const { world, building, manager } = await begin(t, 3);
  const [home, lab, store] = world.doors;
  const profile = (name: string, start: string, end: string) => manager.post("/profiles", { property: world.property, name, windows: [{ days: WEEK, start, end }] });
  const mornings = await profile("Mornings", "08:00", "12:00");
  const evenings = await profile("Evenings", "18:00", "22:00");
  const early = await addGroup(building, "Early", [lab], { profile: mornings.id });
  const late = await addGroup(building, "Late", [lab, store], { profile: evenings.id });
  const ada = await world.addPerson({ doors: [home] });
  const bo = await world.addPerson({ name: "Bo", doors: [home, lab], grant: { windows: [{ days: ["monday"], start: "14:00", end: "15:00" }] } });
  for (const person of [ada, bo]) for (const group of [early, late]) await join(building, group, person);
  t.is(code(await manager.send("DELETE", `/profiles/${mornings.id}`, undefined, { "if-match": "*" })), "in-use");
  await world.upToDate();
  const atLab = () => [ada, bo].map(({ pin }) => lab.types(pin));
  t.deepEqual(atLab(), [true, true], "10:00, by Early");
  t.false(store.types(ada.pin));
  t.is(store.lastDecision, "denied: outside-schedule");
  world.goTo("2026-06-01T12:30:00Z");
  t.deepEqual(atLab(), [false, true], "14:30, by his own right");
  world.goTo("2026-06-01T17:00:00Z");
  t.deepEqual(atLab(), [true, true], "19:00, by Late");
  t.true(store.types(bo.pin));

  // Other hours for everybody in a group, and other doors.
  await manager.patch(`/profiles/${evenings.id}`, { windows: [{ days: WEEK, start: "20:00", end: "22:00" }] }, '"1"');
  await world.upToDate();
  t.deepEqual(atLab(), [false, false], "19:00 is too early now");
  const seen = (await manager.get(`/groups/${late.id}`)).version;
  const moved = await manager.patch(`/groups/${late.id}`, { doors: [store.id, home.id], profile: null }, `"${seen}"`);
  t.deepEqual(moved.ended.map(({ person }: Json) => person).sort(), [ada.id, bo.id].sort());
  await world.upToDate();
  t.deepEqual(atLab(), [false, false]);
  t.true(store.types(ada.pin), "always, now");
  t.true(home.types(bo.pin), "outside his own hours, by the group");

  const removed = await manager.expect(200, "DELETE", `/groups/${late.id}`, undefined, { "if-match": `"${moved.version}"` });
  t.is(removed.ended.length, 2);
  await world.upToDate();
  t.false(store.types(ada.pin));
  t.true(home.types(ada.pin), "her own");
  t.false(home.types(bo.pin));
  t.is(home.lastDecision, "denied: outside-schedule", "his own right stays as it was");
  world.goTo("2026-06-02T07:00:00Z");
  t.deepEqual(atLab(), [true, true], "Early is as it was");
  t.is((await manager.send("GET", `/groups/${late.id}`)).status, 404);
});

test.serial("N12, X9: a code that cannot be used at a group's door gets one beside it for there; so does one whose uses are counted; a second PIN goes along", async (t) => {
  const { world, building, manager } = await begin(t, 2);
  const [own, shared] = world.doors;
  const at = (doors: WorldDoor[], more: object = {}) => ({ grants: [{ doors: doors.map(({ id }) => id), ...more }] });
  const ada = await world.addPerson({ doors: [own] });
  t.is(ada.pin.length, 6);
  const once = await world.addPerson({ name: "Once", doors: [own], grant: { uses: 1 } });
  const two = await world.add({ name: "Two", cards: [{ number: "a1b2c3d4e5", secondPin: true, ...at([own]) }] });
  const holder = await world.add({ name: "Holder", cards: [{ number: "0102030405", ...at([shared]) }] });
  const clash = await world.add({ name: "Clash", cards: [{ number: "0102030405", ...at([own]) }] });
  const nobody = await world.add({ name: "Nobody yet" });
  // So many codes that six digits would be guessed too easily.
  for (let count = 0; count < 2; count++) await world.post("/api/people", { property: world.property, name: "Many", class: "resident", pins: Array.from({ length: 26 }, () => at([shared])) }, 201);

  const group = await addGroup(building, "Workshop", [shared]);
  const further = (await join(building, group, ada)).codes[0].codes[0];
  t.deepEqual([further.pin.length, further.doors], [7, [shared.id]]);
  const counted = (await join(building, group, once)).codes[0].codes[0];
  t.deepEqual((await join(building, group, two)).codes, []);
  t.deepEqual((await join(building, group, clash)).unreached, [shared.id], "the card is somebody else's there");
  t.deepEqual((await join(building, group, nobody)).unreached, [shared.id]);
  await world.upToDate();
  t.false(shared.types(ada.pin));
  t.true(shared.types(further.pin));
  t.false(own.types(further.pin), "there she has another one");
  t.false(shared.types(once.pin), "what opens once opens once, and there");
  for (let time = 0; time < 2; time++) t.true(shared.types(counted.pin));
  t.true(own.types(once.pin));
  t.false(own.types(once.pin));
  t.false(shared.takesCard("a1b2c3d4e5"), "a card whose PIN is missing opens nothing");
  t.true(shared.takesCard("a1b2c3d4e5", two.cards[0].secondPin.pin));
  t.true(shared.takesCard("0102030405"), "its holder's");
  await world.until("whose it is is known", async () => (await world.events(shared)).some(({ person }: Json) => person?.id === holder.id));

  // The first thing that somebody gets opens the group's doors at once, as long as they ask for.
  const first = await manager.post(`/people/${nobody.id}/pins`, at([own]));
  t.is(first.pin.length, 7);
  await world.upToDate();
  t.true(shared.types(first.pin));
  t.true(own.types(first.pin));
  // A code of the group's alone goes with it.
  await leave(building, group, ada);
  await world.upToDate();
  t.false(shared.types(further.pin));
  t.true(own.types(ada.pin));
  t.deepEqual((await world.get(`/api/people/${ada.id}/access`)).pins.map((pin: Json) => pin.revokedAt === null), [true, false]);
});

test.serial("N12, P3: members and staff are in groups too: their code is taken along, renews with their own, and ends with their place at a door without a network", async (t) => {
  const { world, building, manager } = await begin(t, 3);
  const [home, gym, pool] = world.doors;
  const flat = await building.flat("Flat 1", [home]);
  const ada = await building.leaseholder(flat, "ada", { end: "2026-06-20T10:00:00Z" });
  const nanny = await ada.client.post(`/households/${ada.household}/members`, { role: "guest", name: "Nanny", doors: [home.id], windows: [{ days: ["tuesday"], start: "08:00", end: "09:00" }], end: "2026-06-02T06:00:00Z" });
  const cleaner = await manager.post(`/properties/${world.property}/staff`, { name: "Cleaner", doors: [home.id], notAfter: "2026-06-02T06:00:00Z" });
  const pin = await pinOf(ada.client, ada.person);
  const [{ pin: nannys }] = nanny.codes;
  const sports = await addGroup(building, "Sports", [gym, pool]);
  for (const person of [ada.person, nanny.person, cleaner.id]) t.deepEqual(await join(building, sports, { id: person }), { person, unreached: [], codes: [] });
  await world.upToDate();
  t.true(gym.types(pin));
  t.true(pool.types(nannys), "rights add up: her hours are the household's, not the group's");
  t.false(home.types(nannys));
  t.deepEqual((await ada.client.get(`/members/${ada.person}/pins`)).items[0].doors.map(({ door }: Json) => door).sort(), [home.id, gym.id, pool.id].sort());

  // The household's own changes leave the group's rights alone, and carry its codes.
  await manager.put(`/people/${nanny.person}/suspension`, { suspended: true });
  await world.upToDate();
  t.false(pool.types(nannys));
  t.is(pool.lastDecision, "denied: suspended");
  await manager.put(`/people/${nanny.person}/suspension`, { suspended: false });
  await ada.client.post(`/members/${ada.person}/pins/renew`, {}, 200);
  const renewed = await pinOf(ada.client, ada.person);
  t.not(renewed, pin);
  await world.upToDate();
  for (const door of [home, gym, pool]) t.deepEqual([pin, renewed].map((each) => door.types(each)), [true, true], "until the overlap is over");
  const { version } = await manager.get(`/groups/${sports.id}`);
  await manager.patch(`/groups/${sports.id}`, { doors: [gym.id] }, `"${version}"`);
  await world.upToDate();
  t.deepEqual([pin, renewed].map((each) => pool.types(each)), [false, false], "old codes leave a group's door as well");
  t.deepEqual([pin, renewed].map((each) => gym.types(each)), [true, true]);

  await world.pass(60_000);
  gym.pullPlug();
  world.goTo("2026-06-02T05:59:40Z");
  t.true(gym.types(nannys));
  t.true(gym.types(cleaner.pin));
  world.goTo("2026-06-02T06:00:10Z");
  t.false(gym.types(nannys), "a guest's end is the end of what her groups give, too");
  t.is(gym.lastDecision, "denied: expired");
  t.false(gym.types(cleaner.pin), "so is the end of somebody's work (P3)");
  t.is(gym.lastDecision, "denied: expired");
  await world.reconnect(gym);
  world.goTo("2026-06-09T09:00:00Z");
  t.deepEqual([pin, renewed].map((each) => gym.types(each)), [false, true], "the overlap is over there too");
  await manager.post(`/leases/${ada.person}/end`, {}, 200);
  await world.upToDate();
  t.false(gym.types(renewed));
  t.is((await manager.get(`/groups/${sports.id}`)).people, 1, "the cleaner is for the manager to take out");
});

test.serial("N12, P4: what a stolen door knew is renewed for its groups as well, and it is in no group any more", async (t) => {
  const { world, building, manager } = await begin(t, 3);
  const [own, shared, lost] = world.doors;
  const ada = await world.addPerson({ doors: [own] });
  const bo = await world.add({ name: "Bo", cards: [{ number: "a1b2c3d4e5", grants: [{ doors: [own.id] }] }] });
  const group = await addGroup(building, "Workshop", [shared, lost]);
  for (const person of [ada, bo]) await join(building, group, person);
  await world.upToDate();
  t.true(lost.types(ada.pin));
  const report = await manager.post(`/doors/${lost.id}/stolen`, {}, 200);
  const fresh = report.renewed.find(({ person }: Json) => person === ada.id).codes[0].pin;
  await world.until("the others know", async () => (await manager.get("/doors")).items.every((door: Json) => door.id === lost.id || door.upToDate));
  for (const door of [own, shared]) {
    t.false(door.types(ada.pin));
    t.true(door.types(fresh));
    t.true(door.takesCard("a1b2c3d4e5"));
  }
  t.deepEqual((await manager.get(`/groups/${group.id}`)).doors.map(({ door }: Json) => door), [shared.id]);
  await leave(building, group, ada);
  await leave(building, group, bo);
  await world.until("the others know", async () => (await manager.get("/doors")).items.every((door: Json) => door.id === lost.id || door.upToDate));
  t.false(shared.types(fresh), "the new code's right there was the group's");
  t.false(shared.takesCard("a1b2c3d4e5"));
  t.true(own.types(fresh));
});

test.serial("N12, N14, O15: a group lets its people open its doors from afar, share them and see what happens there, but never who of a household came and went", async (t) => {
  const { world, building, manager } = await begin(t, 2);
  const [home, office] = world.doors;
  const ada = await building.leaseholder(await building.flat("Flat 1", [home]), "ada");
  const kim = await building.invited(ada, "kim", { role: "resident" });
  const mornings = await manager.post("/profiles", { property: world.property, name: "Mornings", windows: [{ days: WEEK, start: "08:00", end: "12:00" }] });
  const group = await addGroup(building, "Reception", [office], { profile: mornings.id });
  for (const { person } of [ada, kim]) await join(building, group, { id: person });
  const walter = await world.addPerson({ name: "Walter", class: "staff", doors: [office] });
  const adas = await pinOf(ada.client, ada.person);
  const kims = await pinOf(kim.client, kim.person);
  await world.upToDate();
  for (const pin of [adas, kims, walter.pin, "0000000"]) office.types(pin);
  await world.until("the log is there", async () => {
    const logged = await world.events(office);
    return logged.some(({ reason }: Json) => reason === "unknown-credential") && [ada, kim].every(({ person }) => logged.some((event: Json) => event.person?.id === person));
  });
  const seen = async () => [...new Set((await ada.client.get(`/events?door=${office.id}`)).items.map(({ person }: Json) => person?.id ?? null))];
  const unlock = async (key: string): Promise<ApiAnswer> => {
    let answer: ApiAnswer | undefined;
    void ada.client.send("POST", `/doors/${office.id}/unlock`, {}, { "idempotency-key": `the-${key}-press-of-a-button` }).then((came) => (answer = came));
    await world.until("an answer is there", () => answer !== undefined);
    return answer!;
  };
  const courier = { property: world.property, kind: "pin", name: "For the courier", user: { name: "Courier" }, doors: [office.id], notAfter: "2026-06-05T10:00:00Z" };
  const verbs = async () => (await ada.client.get("/account/doors")).items.find(({ door, id }: Json) => (door ?? id) === office.id).can;

  t.deepEqual(await seen(), [ada.person], "one's own");
  t.is(code(await unlock("first")), "unlock-denied");
  t.is(code(await ada.client.send("POST", "/keys", courier)), "not-found");
  t.deepEqual((await verbs()).filter((verb: string) => verb !== "unlock"), []);

  await manager.patch(`/groups/${group.id}`, { permissions: ["share", "remote-unlock", "see-events"] }, '"1"');
  const may = await verbs();
  t.true(["see-events", "give-keys"].every((verb) => may.includes(verb)), JSON.stringify(may));
  t.deepEqual((await seen()).sort(), [ada.person, walter.id, null].sort(), "who works there and who was refused; not her flatmate");
  t.deepEqual((await kim.client.get(`/events?door=${home.id}`)).items, [], "no other door");
  const { items: noted } = await manager.get(`/audit?property=${world.property}`);
  t.true(noted.some(({ action, actor }: Json) => action === "events.read" && actor === `account/${ada.client.account}`), "looking is noted");
  const opened = await unlock("second");
  t.is(opened.status, 200, JSON.stringify(opened.body));
  world.clock.advance(10_000);

  // Nobody gives more than they have.
  const refused: [object, string][] = [
    [{ notAfter: undefined }, "end-needed"],
    [{ notAfter: "2026-12-05T10:00:00Z" }, "end-too-far"],
    [{ windows: [{ days: WEEK, start: "08:00", end: "13:00" }] }, "windows-outside"],
    [{ profile: "admin" }, "not-allowed"],
    [{ profile: mornings.id }, "not-allowed"],
    [{ doors: [office.id, home.id] }, "not-found"],
  ];
  for (const [change, because] of refused) t.is(code(await ada.client.send("POST", "/keys", { ...courier, ...change })), because, JSON.stringify(change));
  const key = await ada.client.post("/keys", courier);
  const second = await ada.client.post("/keys", { ...courier, name: "Another" });
  t.deepEqual(key.can.sort(), ["remove", "see"]);
  t.is((await kim.client.send("GET", `/keys/${key.id}`)).status, 404, "it is not hers");
  await world.upToDate();
  // The key begins at this second of the cloud's; a door knows whole signed seconds, and may be a little behind.
  world.clock.advance(2_000);
  t.true(office.types(key.codes[0].pin));
  await ada.client.delete(`/keys/${key.id}`, 200);
  await world.upToDate();
  t.false(office.types(key.codes[0].pin));
  world.goTo("2026-06-01T11:00:00Z");
  t.false(office.types(second.codes[0].pin), "within the group's times");
  const later = await unlock("third");
  t.is(code(later), "unlock-denied", "they bind from afar too");

  await leave(building, group, { id: ada.person });
  t.is(code(await unlock("fourth")), "not-found");
  t.is(code(await ada.client.send("POST", "/keys", courier)), "not-found");
  t.is((await ada.client.send("GET", `/keys/${second.id}`)).status, 404);
  t.deepEqual(await seen(), [ada.person]);
  world.goTo("2026-06-02T07:00:00Z");
  t.true(office.types(second.codes[0].pin), "what was given stays until its end (O12)");
  t.true((await manager.get(`/keys/${second.id}`)).can.includes("remove"));
});

/** The rule of N12, naively: one's own rights, and those of every group that one is in. */
interface ModelCard {
  number: string;
  alive: boolean;
  own: { grant: string; doors: string[]; open: boolean }[];
}

interface ModelPerson {
  id: string;
  suspended: boolean;
  cards: ModelCard[];
  groups: Set<number>;
}

interface ModelGroup {
  id: string;
  doors: string[];
  open: boolean;
}

/** mulberry32: the same course every time. */
function randomOf(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

test.serial("N12: whatever is done to groups, people and their cards, doors open by one's own rights and those of one's groups, and by no others", async (t) => {
  const { world, building, manager } = await begin(t, 3);
  const random = randomOf(12);
  const doors = world.doors.map(({ id }) => id);
  const someDoors = () => doors.filter(() => random(3) > 0);
  const profile = async (name: string, start: string, end: string): Promise<string> => (await manager.post("/profiles", { property: world.property, name, windows: [{ days: WEEK, start, end }] })).id;
  const profiles = [null, await profile("Now", "09:00", "13:00"), await profile("Later", "18:00", "22:00")];
  const people: ModelPerson[] = [];
  const groups: ModelGroup[] = [];
  for (let index = 0; index < 3; index++) {
    const chosen = someDoors();
    groups.push({ id: (await addGroup(building, `Group ${index}`, world.doors.filter(({ id }) => chosen.includes(id)))).id, doors: chosen, open: true });
  }
  let cards = 0;
  const giveCard = async (person: ModelPerson): Promise<void> => {
    const number = (0xa1b2c30000 + cards++).toString(16);
    const open = random(3) > 0;
    const chosen = [doors[random(3)]];
    const { grants } = await manager.post(`/people/${person.id}/cards`, { number, grants: [{ doors: chosen, ...(!open && { windows: [{ days: ["sunday"], start: "00:00", end: "01:00" }] }) }] });
    person.cards.push({ number, alive: true, own: [{ grant: grants[0], doors: chosen, open }] });
  };
  for (let index = 0; index < 3; index++) {
    const person = { id: (await manager.post("/people", { property: world.property, name: `Person ${index}`, class: "resident" })).id, suspended: false, cards: [], groups: new Set<number>() };
    people.push(person);
    await giveCard(person);
  }
  const patchGroup = async (group: ModelGroup, change: object): Promise<void> => void (await manager.patch(`/groups/${group.id}`, change, "*"));
  /** A credential ends with the last of its rights, whoever gives them. */
  const settle = (): void => {
    for (const { cards: own, groups: inside } of people) for (const card of own) card.alive &&= card.own.length > 0 || [...inside].some((each) => groups[each].doors.length > 0);
  };
  const acts: (() => Promise<unknown>)[] = [
    ...Array.from({ length: 4 }, () => async () => {
      const person = people[random(3)];
      const index = random(3);
      if (person.groups.delete(index)) return leave(building, groups[index], person);
      person.groups.add(index);
      return join(building, groups[index], person);
    }),
    ...Array.from({ length: 2 }, () => async () => {
      const group = groups[random(3)];
      group.doors = someDoors();
      await patchGroup(group, { doors: group.doors });
    }),
    async () => {
      const group = groups[random(3)];
      const chosen = random(3);
      group.open = chosen < 2;
      await patchGroup(group, { profile: profiles[chosen] });
    },
    async () => {
      const index = random(3);
      const old = groups[index];
      await manager.expect(200, "DELETE", `/groups/${old.id}`, undefined, { "if-match": "*" });
      for (const person of people) person.groups.delete(index);
      old.doors = [];
      settle();
      groups[index] = { id: (await addGroup(building, `Group ${index}`, world.doors.slice(0, 2))).id, doors: doors.slice(0, 2), open: true };
    },
    async () => {
      const person = people[random(3)];
      if (person.cards.length < 3) await giveCard(person);
    },
    async () => giveCard(people[random(3)]),
    async () => {
      const card = people[random(3)].cards.find(({ own }) => own.length > 0);
      const right = card?.own.pop();
      if (right !== undefined) await manager.post("/revocations", { grant: right.grant });
    },
    async () => {
      const person = people[random(3)];
      person.suspended = random(4) === 0;
      await manager.put(`/people/${person.id}/suspension`, { suspended: person.suspended });
    },
  ];
  const course: string[] = [];
  const tally = { opened: 0, refused: 0 };
  for (let step = 0; step < 42; step++) {
    const act = random(acts.length);
    await acts[act]();
    settle();
    course.push(String(act));
    if (step % 6 !== 5) continue;
    await world.upToDate();
    for (const [name, { suspended, cards: own, groups: inside }] of people.entries()) {
      for (const card of own.splice(0)) {
        // One that has ended is tried once.
        if (card.alive) own.push(card);
        for (const door of world.doors) {
          const opens = (right: { doors: string[]; open: boolean }): boolean => right.open && right.doors.includes(door.id);
          const expected = !suspended && card.alive && (card.own.some(opens) || [...inside].some((index) => opens(groups[index])));
          t.is(door.takesCard(card.number), expected, `person ${name}, card ${card.number}, door ${doors.indexOf(door.id)}, after ${course.join()}`);
          tally[expected ? "opened" : "refused"] += 1;
        }
      }
    }
  }
  t.true(tally.opened > 40 && tally.refused > 40, JSON.stringify(tally));
});

test.serial("N12, S4, S11, N8: a key opens its user's group doors while it holds: not while it is pending or blocked, not past its end, and never one that is for some uses", async (t) => {
  const { world, building, manager } = await begin(t, 2);
  const [own, shared] = world.doors;
  const ada = await world.post("/api/people", { property: world.property, name: "Ada", class: "resident" }, 201);
  const group = await addGroup(building, "Workshop", [shared]);
  t.deepEqual((await join(building, group, ada)).unreached, [shared.id], "she has nothing yet");
  const give = (more: object) => manager.post("/keys", { property: world.property, kind: "pin", name: "A key", user: { person: ada.id }, doors: [own.id], ...more });
  const patch = async (key: Json, change: object): Promise<Json> => manager.patch(`/keys/${key.id}`, change, "*");

  const app = await give({ kind: "app" });
  t.is(app.state, "pending");
  t.deepEqual((await manager.get(`/groups/${group.id}/people`)).items[0].unreached, [shared.id], "a pending key reaches nothing");
  const once = await give({ uses: 1, name: "Once" });
  t.deepEqual((await manager.get(`/groups/${group.id}/people`)).items[0].unreached, [shared.id], "nor does one that is for one use");
  const key = await give({ name: "Until noon", notAfter: "2026-06-01T10:00:00Z" });
  const [{ pin }] = key.codes;
  await world.upToDate();
  t.true(shared.types(pin));
  t.false(shared.types(once.codes[0].pin));
  t.true(own.types(once.codes[0].pin));
  await patch(key, { profile: "blocked" });
  await world.upToDate();
  t.deepEqual([own.types(pin), own.lastDecision, shared.types(pin), shared.lastDecision], [false, "denied: suspended", false, "denied: suspended"]);
  await patch(key, { profile: null });
  await world.upToDate();
  t.true(shared.types(pin));
  shared.pullPlug();
  world.goTo("2026-06-01T10:00:10Z");
  t.false(shared.types(pin), "a key's end is the end of what groups give to it");
  t.is(shared.lastDecision, "denied: expired");
  await world.reconnect(shared);
  const further = await give({ name: "Another" });
  await world.upToDate();
  t.true(shared.types(further.codes[0].pin));
  const { pins } = await world.get(`/api/people/${ada.id}/access`);
  const right = pins.flatMap((each: Json) => (each.id === further.codes[0].id ? each.grants : [])).find((grant: Json) => grant.group === null);
  await manager.post("/revocations", { grant: right.id });
  await world.upToDate();
  t.is((await manager.get(`/keys/${further.id}`)).state, "ended");
  t.false(shared.types(further.codes[0].pin), "a key that has lost its own rights has ended, whatever groups gave to it");
});

test.serial("N12, O14, X12: where the manager wants a code for each door a group's door has its own; a duress PIN goes along with its PIN", async (t) => {
  const { world, building, manager } = await begin(t, 2);
  const [home, gym] = world.doors;
  await building.rules({ pinPerDoor: true });
  const ada = await building.leaseholder(await building.flat("Flat 1", [home]), "ada");
  const bo = await world.add({ name: "Bo", pins: [{ grants: [{ doors: [home.id] }], duressPin: true }] });
  const group = await addGroup(building, "Sports", [gym]);
  t.deepEqual((await join(building, group, { id: ada.person })).codes, [], "she is told, and looks at it herself");
  t.deepEqual((await join(building, group, bo)).codes, []);
  const codes = (await ada.client.get(`/members/${ada.person}/pins`)).items;
  t.deepEqual(codes.map(({ doors }: Json) => doors.map(({ door }: Json) => door)).sort(), [[home.id], [gym.id]].sort());
  const atGym = codes.find(({ doors }: Json) => doors[0].door === gym.id);
  await pinOf(ada.client, ada.person);
  const { pin } = await ada.client.get(`/members/${ada.person}/pins/${atGym.id}`);
  await world.upToDate();
  t.true(gym.types(pin));
  t.false(home.types(pin));
  t.true(gym.types(bo.pins[0].pin));
  t.true(gym.types(bo.pins[0].duressPin.pin));
  await world.until("the alarm is there", async () => (await manager.get(`/doors/${gym.id}/alarms`)).items.some(({ kind }: Json) => kind === "duress"));
  await manager.expect(200, "DELETE", `/groups/${group.id}`, undefined, { "if-match": "*" });
  await world.upToDate();
  for (const each of [pin, bo.pins[0].pin, bo.pins[0].duressPin.pin]) t.false(gym.types(each));
  t.true(home.types(bo.pins[0].duressPin.pin));
});
