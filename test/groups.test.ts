import test from "ava";
import type { ApiAnswer, Json } from "./support/cloud-rig";
import { Building, managerOf } from "./support/household";
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
