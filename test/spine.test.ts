import test from "ava";
import { World, type WorldDoor } from "./support/world";
import { wrong } from "./support/wrong-pin";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Types a PIN at an instant, two seconds later: signed time is in whole seconds, so a door's clock may be one behind. */
function moment(world: World, door: WorldDoor, pin: string): (instant: string) => boolean {
  return (instant) => {
    world.clock.advance(Date.parse(instant) + 2_000 - world.clock.unixMs);
    return door.types(pin);
  };
}

test.serial("a tenant added over HTTP opens the door with a PIN, with the network pulled too; a wrong PIN does not", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const tenant = await world.addPerson({ name: "Ada" });
  await world.upToDate();
  t.true(door.types(tenant.pin));
  t.false(door.types(wrong(tenant.pin)));
  t.is(door.lastDecision, "denied: unknown-credential");
  door.pullPlug();
  t.true(door.types(tenant.pin));
  t.false(door.types(wrong(tenant.pin)));
});

test.serial("X8: after five wrong PINs the keypad waits, the right one too, also across a power cut", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const tenant = await world.addPerson();
  await world.upToDate();
  for (let attempt = 0; attempt < 5; attempt++) t.false(door.types(wrong(tenant.pin)));
  t.false(door.types(tenant.pin));
  t.is(door.lastDecision, "denied: locked-out");
  door.cutPower();
  t.false(door.types(tenant.pin));
  t.is(door.lastDecision, "denied: locked-out");
  world.clock.advance(31_000);
  t.true(door.types(tenant.pin));
  await world.until("the cloud has the denials", async () => (await world.get(`/api/events?door=${door.id}`)).items.some((event: { reason: string }) => event.reason === "locked-out"));
});

test.serial("X1: a revocation at a connected door is refused at once and acknowledged by the door's receipt", async (t) => {
  const world = await World.begin(t, { doors: 2 });
  const tenant = await world.addPerson();
  const neighbour = await world.addPerson({ name: "Grace" });
  await world.upToDate();
  const revocation = await world.revoke(tenant);
  await world.until("both doors acknowledge", async () => (await world.get(`/api/revocations/${revocation.id}`)).complete);
  const { doors } = await world.get(`/api/revocations/${revocation.id}`);
  t.deepEqual(
    doors.map(({ state }: { state: string }) => state),
    ["acknowledged", "acknowledged"],
  );
  for (const door of world.doors) {
    t.false(door.types(tenant.pin));
    t.is(door.lastDecision, "denied: unknown-credential");
    t.true(door.types(neighbour.pin));
  }
});

test.serial("X1: an offline door reads 'may open until at most', and the door keeps to it; after reconnecting it acknowledges", async (t) => {
  const world = await World.begin(t, { doors: 2 });
  const [front, garage] = world.doors;
  const guest = await world.addPerson({ class: "guest" });
  await world.upToDate();
  await world.pass(20 * 60_000);
  garage.pullPlug();
  const revocation = await world.revoke(guest);
  await world.until("the front door acknowledges", async () => (await world.get(`/api/revocations/${revocation.id}`)).doors.some((door: { state: string }) => door.state === "acknowledged"));
  t.false(front.types(guest.pin));
  const truth = (await world.get(`/api/revocations/${revocation.id}`)).doors.find((door: { door: string }) => door.door === garage.id);
  t.is(truth.state, "pending");
  const until = Date.parse(truth.mayOpenUntil);
  t.true(until > world.clock.unixMs + 22 * HOUR_MS && until < world.clock.unixMs + 25 * HOUR_MS, truth.mayOpenUntil);
  t.true(garage.types(guest.pin), "it does open: the door cannot know yet, and the API says so");
  world.clock.advance(until - world.clock.unixMs);
  t.false(garage.types(guest.pin), "not a second later than the API said");
  t.is(garage.lastDecision, "denied: stale-list");
  garage.plugIn();
  await world.until("the garage acknowledges", async () => (await world.get(`/api/revocations/${revocation.id}`)).doors.every((door: { state: string }) => door.state === "acknowledged"));
  t.false(garage.types(guest.pin));
  t.is(garage.lastDecision, "denied: unknown-credential");
});

test.serial("X1: a resident without a bound reads 'no limit until the door is reached', which is the truth", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const tenant = await world.addPerson();
  await world.upToDate();
  door.pullPlug();
  const revocation = await world.revoke(tenant);
  const [truth] = (await world.get(`/api/revocations/${revocation.id}`)).doors;
  t.is(truth.state, "pending");
  t.is(truth.mayOpenUntil, null);
  t.is(truth.says, "no limit until the door is reached");
  world.clock.advance(40 * DAY_MS);
  t.true(door.types(tenant.pin));
  door.plugIn();
  await world.until("the door acknowledges", async () => (await world.get(`/api/revocations/${revocation.id}`)).complete);
  t.false(door.types(tenant.pin));
});

test.serial("X3: a bound that the manager sets for residents ends a revoked one's access at a door that is never reached", async (t) => {
  const world = await World.begin(t, { property: { staleness: { guestSeconds: 86_400, staffSeconds: 259_200, residentSeconds: 7 * 86_400 } } });
  const [door] = world.doors;
  const tenant = await world.addPerson();
  await world.upToDate();
  await world.pass(60_000);
  door.pullPlug();
  const revocation = await world.revoke(tenant);
  const [truth] = (await world.get(`/api/revocations/${revocation.id}`)).doors;
  world.clock.advance(6 * DAY_MS);
  t.true(door.types(tenant.pin));
  world.clock.advance(Date.parse(truth.mayOpenUntil) - world.clock.unixMs);
  t.false(door.types(tenant.pin));
  t.is(door.lastDecision, "denied: stale-list");
});

test.serial("X3: a rebase in the middle of revocations undoes none and does not get stuck", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const people = [];
  for (let index = 0; index < 420; index++) people.push(await world.addPerson({ name: `Tenant ${index}`, class: index % 2 === 0 ? "guest" : "resident" }));
  await world.upToDate();
  const gone: { id: string; pin: string }[] = [];
  const left = [...people];
  // Revocations, each time while the door may be in the middle of fetching the base that the ones before have caused.
  for (let round = 0; round < 60; round++) {
    for (let count = 0; count < 5; count++) gone.push(...left.splice((round * 7) % left.length, 1));
    for (const person of gone.slice(-5)) await world.revoke(person);
    if (round % 10 === 4) door.pullPlug();
    if (round % 10 === 7) door.plugIn();
    for (let turn = 0; turn < round % 9; turn++) await world.turn();
    // What the door has acknowledged it must refuse, whatever it is fetching. Few tries, or the keypad would wait.
    if (round % 25 !== 24) continue;
    const { revoked } = await world.get(`/api/people/${gone[0].id}/access`);
    if (revoked[0]?.state === "acknowledged") t.false(door.types(gone[0].pin));
  }
  door.plugIn();
  await world.upToDate();
  // Up to date it may be on the old base still; the next one, with a keypad set to the longest PIN, follows.
  await world.pass(120_000);
  await world.upToDate();
  for (const person of [gone[100], gone[299]]) t.false(door.types(person.pin));
  for (const person of [left[0], left[50], left[left.length - 1]]) t.true(door.types(person.pin), door.lastDecision);
});

test.serial("N8: a one-time code opens once, also across a power cut", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const parcel = await world.addPerson({ name: "Parcel", class: "guest", grant: { uses: 1 } });
  await world.upToDate();
  await world.pass(60_000);
  t.true(door.types(parcel.pin));
  t.false(door.types(parcel.pin));
  t.is(door.lastDecision, "denied: used-up");
  door.cutPower();
  t.false(door.types(parcel.pin));
});

test.serial("N9: a schedule over midnight holds by the property's wall clock, on both nights of a DST change", async (t) => {
  // Saturday 2026-03-28, 20:00 in Paris; at 02:00 the clock jumps to 03:00.
  const world = await World.begin(t, { start: Date.parse("2026-03-28T19:00:00Z") });
  const [door] = world.doors;
  const windows = [{ days: ["saturday"], start: "22:00", end: "04:00" }];
  const guard = await world.addPerson({ name: "Guard", class: "resident", grant: { windows } });
  await world.upToDate();
  door.pullPlug();
  const at = moment(world, door, guard.pin);
  t.false(at("2026-03-28T20:59:00Z"), "21:59");
  t.is(door.lastDecision, "denied: outside-schedule");
  t.true(at("2026-03-28T21:00:00Z"), "22:00");
  t.true(at("2026-03-29T00:59:00Z"), "01:59, before the jump");
  t.true(at("2026-03-29T01:00:00Z"), "03:00, after it");
  t.true(at("2026-03-29T01:59:00Z"), "03:59");
  t.false(at("2026-03-29T02:00:00Z"), "04:00");
  t.false(at("2026-04-04T19:59:00Z"), "the next Saturday, 21:59 in summer time");
  t.true(at("2026-04-04T20:00:00Z"), "22:00 in summer time");
  // The night of 2026-10-25: from 03:00 the clock goes back to 02:00.
  t.true(at("2026-10-24T20:00:00Z"), "22:00");
  t.true(at("2026-10-25T00:30:00Z"), "02:30, the first time");
  t.true(at("2026-10-25T01:30:00Z"), "02:30, the second time");
  t.true(at("2026-10-25T02:59:00Z"), "03:59 in winter time");
  t.false(at("2026-10-25T03:00:00Z"), "04:00 in winter time");
});

test.serial("N6, N9: several windows, half-open, and an end in the future that the door keeps by itself", async (t) => {
  // Monday 2026-06-01, 06:00 in Paris.
  const world = await World.begin(t, { start: Date.parse("2026-06-01T04:00:00Z") });
  const [door] = world.doors;
  const windows = [
    { days: ["monday", "wednesday"], start: "08:00", end: "10:00" },
    { days: ["monday"], start: "10:00", end: "12:00" },
    { days: ["monday"], start: "14:00", end: "15:00" },
  ];
  const cleaner = await world.addPerson({ name: "Cleaner", grant: { windows, notAfter: "2026-06-08T08:30:00Z" } });
  await world.upToDate();
  door.pullPlug();
  const at = moment(world, door, cleaner.pin);
  t.false(at("2026-06-01T05:59:00Z"));
  t.true(at("2026-06-01T06:00:00Z"));
  t.true(at("2026-06-01T08:00:00Z"), "touching windows leave no gap");
  t.false(at("2026-06-01T10:00:00Z"), "half-open");
  t.true(at("2026-06-01T12:30:00Z"));
  t.false(at("2026-06-02T06:30:00Z"), "Tuesday");
  t.true(at("2026-06-08T08:29:00Z"));
  t.false(at("2026-06-08T08:30:00Z"));
  t.is(door.lastDecision, "denied: expired");
});

test.serial("X7: what happened while a door was offline arrives once, in order and marked late", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const tenant = await world.addPerson({ name: "Ada" });
  await world.upToDate();
  type Event = { type: string; reason: string; late: boolean; person: { name: string } | null; sequence: number };
  const events = async (): Promise<Event[]> => (await world.get(`/api/events?door=${door.id}`)).items;
  door.types(tenant.pin);
  await world.until("the first decision arrives", async () => (await events()).some(({ type }) => type === "decision"));
  door.pullPlug();
  world.clock.advance(2 * HOUR_MS);
  door.types(tenant.pin);
  door.types(wrong(tenant.pin));
  door.board.pressExit(true);
  world.clock.advance(1_000);
  door.board.pressExit(false);
  world.clock.advance(HOUR_MS);
  door.plugIn();
  await world.until("the exit button's event arrives", async () => (await events()).some(({ type }) => type === "request-to-exit"));
  await world.pass(10 * 60_000);
  const all = await events();
  t.deepEqual(
    all.map(({ sequence }) => sequence),
    all.map((_, index) => index),
    "each once, without a gap",
  );
  t.deepEqual(
    all.filter(({ type }) => type === "decision").map(({ reason, late, person }) => [reason, late, person?.name ?? null]),
    [
      ["granted", false, "Ada"],
      ["granted", true, "Ada"],
      ["unknown-credential", true, null],
    ],
  );
});

test.serial("X11: who can open a door, as its acknowledged list says, and why", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const tenant = await world.addPerson({ name: "Ada" });
  await world.upToDate();
  door.pullPlug();
  const late = await world.addPerson({ name: "Grace" });
  await world.revoke(tenant);
  const before = await world.get(`/api/doors/${door.id}/who-can-open`);
  t.deepEqual(
    before.people.map(({ name, verdict }: { name: string; verdict: string }) => [name, verdict]),
    [["Ada", "granted"]],
    "the door has not heard of either change",
  );
  t.truthy(before.people[0].because[0].revokedAt, "and this is why");
  t.true(door.types(tenant.pin));
  t.false(door.types(late.pin));
  door.plugIn();
  await world.until("the door is up to date", async () => (await world.get(`/api/doors/${door.id}`)).upToDate);
  const after = await world.get(`/api/doors/${door.id}/who-can-open`);
  t.deepEqual(
    after.people.map(({ name }: { name: string }) => name),
    ["Grace"],
  );
  t.false(door.types(tenant.pin));
  t.true(door.types(late.pin));
});

test.serial("a cloud that was stopped and started again has everything, and its doors come back", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const tenant = await world.addPerson();
  await world.upToDate();
  const { httpPort, mqttPort } = world.cloud;
  await world.cloud.stop();
  t.true(door.types(tenant.pin));
  await world.startCloud(httpPort, mqttPort);
  const revocation = await world.revoke(tenant);
  await world.until("the door is back and acknowledges", async () => (await world.get(`/api/revocations/${revocation.id}`)).complete);
  t.false(door.types(tenant.pin));
});

test.serial("10,000 credentials on one door: each opens, one of them revoked does not, the next still does", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const pins: string[] = [];
  const people: string[] = [];
  const everything = { grants: [{ doors: [door.id] }] };
  // All at once: a list that follows many changes is signed once.
  const added = Array.from({ length: 400 }, (_, index) => world.post("/api/people", { property: world.property, name: `Tenant ${index}`, class: "resident", pins: Array.from({ length: 25 }, () => everything) }, 201));
  for (const person of await Promise.all(added)) {
    people.push(person.id);
    pins.push(...person.pins.map(({ pin }: { pin: string }) => pin));
  }
  await world.upToDate();
  t.is(new Set(pins).size, 10_000);
  for (const index of [0, 4_999, 9_999]) t.true(door.types(pins[index]), door.lastDecision);
  await world.revoke({ id: people[200] });
  await world.upToDate();
  t.false(door.types(pins[200 * 25]));
  t.is(door.lastDecision, "denied: unknown-credential");
  t.true(door.types(pins[201 * 25]));
});
