import test from "ava";
import { siteClient } from "./support/sign-in";
import { World, type Json } from "./support/world";
import { wrong } from "./support/wrong-pin";

/** What a door decides by everything that its list can say: over HTTP and MQTT in, at the keypad and the lock out. */

const HOUR_MS = 3_600_000;
const CARD = "0123456789";
const OTHER_CARD = "00aabbccdd";

test.serial("X12: card, then PIN: neither alone opens, nor a card with somebody else's PIN, also offline and after a power cut", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const ada = await world.add({ cards: [{ number: CARD, secondPin: true }] });
  const grace = await world.add({ cards: [{ number: OTHER_CARD, secondPin: true }] });
  const [mine, hers] = [ada.cards[0].secondPin.pin, grace.cards[0].secondPin.pin];
  t.true(door.takesCard(CARD, mine));
  t.false(door.takesCard(CARD));
  world.clock.advance(30_000);
  t.is(door.lastDecision, "denied: second-credential-needed", "and whoever did not finish is in the log");
  t.false(door.types(mine), "a second PIN is none by itself");
  t.is(door.lastDecision, "denied: unknown-credential");
  t.false(door.takesCard(CARD, hers));
  t.is(door.lastDecision, "denied: second-credential-needed");
  door.pullPlug();
  door.cutPower();
  t.true(door.takesCard(OTHER_CARD, hers));
  t.false(door.takesCard(OTHER_CARD, mine));
});

test.serial("X12: a PIN can ask for a second one as well", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const ada = await world.add({ pins: [{ secondPin: true }] });
  const { pin, secondPin } = ada.pins[0];
  t.false(door.types(pin));
  t.true(door.types(secondPin.pin));
  t.is(door.lastDecision, "granted");
});

test.serial("X12: a duress PIN opens as the other one does, shows nothing at the door, and is an alarm in the cloud", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const ada = await world.add({ pins: [{ duressPin: true }], cards: [{ number: CARD, secondPin: true, duressPin: true }] });
  const shown = (pin: string): string => {
    const from = door.board.trace.length;
    t.true(door.types(pin));
    return door.board.trace.slice(from).map(({ line }) => line).join();
  };
  t.is(shown(ada.pins[0].duressPin.pin), shown(ada.pins[0].pin));
  t.true(door.takesCard(CARD, ada.cards[0].secondPin.pin));
  t.true(door.takesCard(CARD, ada.cards[0].duressPin.pin));
  await world.until("both are told", async () => (await world.events(door)).filter(({ duress, reason }) => duress && reason === "granted").length === 2);
  const { items } = await world.get(`/api/doors/${door.id}/alarms`);
  t.true(items.some(({ kind }: Json) => kind === "duress"));
  const told = (await world.events(door)).filter(({ duress }) => duress);
  t.deepEqual([...new Set(told.map(({ person }) => person.id))], [ada.id], "and whose it was");
});

test.serial("X12: lock-down refuses everybody, leaves the way out free, and holds offline through a power cut until it is lifted", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const ada = await world.add({ pins: [{}], cards: [{ number: CARD }] });
  await world.order(door, "lock-state", { state: "lock-down" });
  const refuses = (): void => {
    t.false(door.types(ada.pins[0].pin));
    t.is(door.lastDecision, "denied: locked-down");
    t.false(door.takesCard(CARD));
    t.true(door.opensWith(() => door.board.pressExit(true)), "whoever is inside gets out");
    door.board.pressExit(false);
    world.clock.advance(20_000);
    t.false(door.board.isOpen());
  };
  refuses();
  door.pullPlug();
  door.cutPower();
  refuses();
  const { people } = await world.get(`/api/doors/${door.id}/who-can-open`);
  t.deepEqual([...new Set(people.map(({ verdict }: Json) => verdict))], ["locked-down"]);
  await world.put(`/api/doors/${door.id}/lock-state`, { state: "normal" });
  await world.reconnect(door);
  t.true(door.types(ada.pins[0].pin));
  await world.until("it is in the log", async () => (await world.events(door)).filter(({ type }) => type === "lock-state").length === 2);
  t.deepEqual((await world.events(door)).filter(({ type }) => type === "lock-state").map(({ lockState }) => lockState), ["lock-down", "normal"]);
});

test.serial("X12: a lock-down outlives a change of base, which needs its delta from the first", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const ada = await world.add({ pins: [{}] });
  await world.order(door, "lock-state", { state: "lock-down" });
  // A property's holidays are in the manifest: a new base.
  await siteClient(world).patch(`/properties/${world.property}`, { holidays: ["2026-12-25"] }, "*");
  await world.upToDate();
  t.false(door.types(ada.pins[0].pin));
  t.is(door.lastDecision, "denied: locked-down");
  door.cutPower();
  t.false(door.types(ada.pins[0].pin));
  t.is(door.lastDecision, "denied: locked-down");
});

test.serial("X12: hold-open leaves the door unlocked, also after a power cut offline, until it is ended", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  await world.order(door, "lock-state", { state: "hold-open" });
  t.true(door.board.isOpen());
  door.pullPlug();
  door.cutPower();
  world.clock.advance(HOUR_MS);
  t.true(door.board.isOpen());
  await world.put(`/api/doors/${door.id}/lock-state`, { state: "normal" });
  await world.reconnect(door);
  t.false(door.board.isOpen());
});

const SHOP_HOURS = [{ days: ["monday", "tuesday", "wednesday", "thursday", "friday"], start: "09:00", end: "18:00" }];

test.serial("N16: door hours: unlocked from the opening hour, relocked at closing time, not on a holiday, also offline over a reboot", async (t) => {
  // 2026-01-05 is a Monday; the Tuesday is a holiday.
  const world = await World.begin(t, { start: Date.parse("2026-01-05T07:00:00+01:00"), property: { holidays: ["2026-01-06"] } });
  const [door] = world.doors;
  await world.order(door, "hours", { windows: SHOP_HOURS, firstIn: null });
  t.false(door.board.isOpen());
  door.pullPlug();
  const openAt = (instant: string): boolean => {
    world.goTo(instant);
    return door.board.isOpen();
  };
  t.false(openAt("2026-01-05T08:59:50+01:00"));
  t.true(openAt("2026-01-05T09:00:00+01:00"));
  door.cutPower();
  t.true(door.board.isOpen(), "a reboot in business hours");
  t.true(openAt("2026-01-05T17:59:50+01:00"));
  t.false(openAt("2026-01-05T18:00:00+01:00"));
  t.false(openAt("2026-01-06T12:00:00+01:00"), "a holiday");
  t.true(openAt("2026-01-07T12:00:00+01:00"));
  await world.reconnect(door);
  await world.order(door, "lock-state", { state: "lock-down" });
  t.false(door.board.isOpen(), "a lock-down ends them at once");
  await world.order(door, "lock-state", { state: "normal" });
  t.true(door.board.isOpen());
  await world.order(door, "hours", { windows: [] });
  world.clock.advance(1_000); // a relay does not chatter
  t.false(door.board.isOpen());
  await world.until("they are in the log", async () => (await world.events(door)).filter(({ type }) => type === "door-hours").length === 6);
  t.deepEqual((await world.events(door)).filter(({ type }) => type === "door-hours").map(({ unlocked }) => unlocked), [true, false, true, false, true, false]);
});

test.serial("N16: with first-in the door stays locked until staff has come in, each day anew, and a reboot does not forget it", async (t) => {
  const world = await World.begin(t, { start: Date.parse("2026-01-05T07:00:00+01:00") });
  const [door] = world.doors;
  const clerk = await world.add({ class: "staff", pins: [{}] });
  const tenant = await world.add({ pins: [{}] });
  await world.order(door, "hours", { windows: SHOP_HOURS, firstIn: ["staff"] });
  door.pullPlug();
  world.goTo("2026-01-05T08:30:00+01:00");
  t.true(door.types(clerk.pins[0].pin), "before the hours it is a visit");
  world.goTo("2026-01-05T09:10:00+01:00");
  t.false(door.board.isOpen());
  t.true(door.types(tenant.pins[0].pin));
  t.false(door.board.isOpen(), "a tenant opens for himself");
  t.true(door.types(clerk.pins[0].pin));
  t.true(door.board.isOpen());
  door.cutPower();
  t.true(door.board.isOpen());
  world.goTo("2026-01-05T18:00:00+01:00");
  t.false(door.board.isOpen());
  world.goTo("2026-01-06T12:00:00+01:00");
  t.false(door.board.isOpen(), "the next day waits for its own first entry");
});

test.serial("N6, N9, X4: expiring, scheduled and holiday rules hold offline and over reboots", async (t) => {
  const world = await World.begin(t, { start: Date.parse("2026-01-05T07:00:00+01:00"), property: { holidays: ["2026-01-06"] } });
  const [door] = world.doors;
  const doors = [door.id];
  const week = { doors, windows: [{ days: ["monday", "tuesday", "wednesday"], start: "08:00", end: "10:00" }] };
  const ada = await world.add({
    pins: [{ grants: [week] }, { grants: [{ ...week, windows: [{ ...week.windows[0], onHolidays: true }] }] }, { grants: [{ doors, notBefore: "2026-01-06T00:00:00+01:00", notAfter: "2026-01-07T09:00:00+01:00" }] }],
  });
  const [weekly, everyWeek, dated] = ada.pins.map(({ pin }: Json) => pin);
  door.pullPlug();
  const at = (instant: string, pin: string): string | undefined => {
    world.goTo(instant);
    door.cutPower();
    door.types(pin);
    return door.lastDecision;
  };
  t.is(at("2026-01-05T07:30:00+01:00", weekly), "denied: outside-schedule");
  t.is(at("2026-01-05T09:00:00+01:00", weekly), "granted");
  t.is(at("2026-01-05T09:10:00+01:00", dated), "denied: not-yet-valid");
  t.is(at("2026-01-06T09:00:00+01:00", weekly), "denied: holiday");
  t.is(at("2026-01-06T09:10:00+01:00", everyWeek), "granted");
  t.is(at("2026-01-06T09:20:00+01:00", dated), "granted");
  t.is(at("2026-01-07T08:59:00+01:00", dated), "granted");
  t.is(at("2026-01-07T09:00:00+01:00", dated), "denied: expired");
  t.is(at("2026-01-07T09:59:00+01:00", weekly), "granted");
  t.is(at("2026-01-07T10:00:00+01:00", weekly), "denied: outside-schedule");
});

test.serial("N8: three uses are three, over power cuts and a list that changes in between", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const courier = await world.add({ class: "guest", pins: [{ grants: [{ doors: [door.id], uses: 3 }] }] });
  const { pin } = courier.pins[0];
  t.true(door.types(pin));
  door.cutPower();
  await world.add({ pins: [{}] });
  await siteClient(world).patch(`/properties/${world.property}`, { holidays: ["2026-12-25"] }, "*");
  await world.upToDate();
  t.true(door.types(pin));
  t.true(door.types(pin));
  door.cutPower();
  t.false(door.types(pin));
  t.is(door.lastDecision, "denied: used-up");
});

test.serial("X4: alternatives under one PIN: any of them opens, and their uses are counted apart", async (t) => {
  const world = await World.begin(t, { start: Date.parse("2026-01-05T07:00:00+01:00") });
  const [door] = world.doors;
  const doors = [door.id];
  const nanny = await world.add({
    class: "staff",
    pins: [
      {
        grants: [
          { doors, windows: [{ days: ["monday"], start: "08:00", end: "12:00" }] },
          { doors, windows: [{ days: ["monday"], start: "14:00", end: "16:00" }], uses: 1 },
          { doors, windows: [{ days: ["monday"], start: "15:00", end: "18:00" }], uses: 1 },
        ],
      },
    ],
  });
  const { pin } = nanny.pins[0];
  const at = (instant: string): boolean => {
    world.goTo(instant);
    return door.types(pin);
  };
  door.pullPlug();
  t.true(at("2026-01-05T09:00:00+01:00"));
  t.true(at("2026-01-05T09:10:00+01:00"));
  t.false(at("2026-01-05T13:00:00+01:00"));
  t.true(at("2026-01-05T15:10:00+01:00"), "one use");
  t.true(at("2026-01-05T15:20:00+01:00"), "the other's");
  t.false(at("2026-01-05T15:30:00+01:00"));
  t.is(door.lastDecision, "denied: outside-schedule", "of several reasons the one that ends by itself is told");
});

test.serial("outputs by profile, each for its own time; a right for the garage does not open the door", async (t) => {
  const world = await World.begin(t, { doors: 0 });
  const door = await world.addDoor("wired", { locks: ["fail-secure", "fail-secure", "fail-safe"] });
  await world.order(door, "outputs", { outputs: [{ name: "front" }, { name: "garage", seconds: 20 }, { name: "gate", seconds: 2 }] });
  const doors = [door.id];
  const ada = await world.add({ pins: [{ grants: [{ doors, outputs: [0, 2] }] }, { grants: [{ doors, outputs: [1] }] }] });
  const [house, garage] = ada.pins.map(({ pin }: Json) => pin);
  const open = (): boolean[] => [0, 1, 2].map((output) => door.board.isOpen(output));
  t.deepEqual(open(), [false, false, false]);
  door.opensWith(() => door.board.keypad.type(`${house}#`));
  t.deepEqual(open(), [true, false, true]);
  world.clock.advance(3_000);
  t.deepEqual(open(), [true, false, false], "the gate's two seconds");
  world.clock.advance(3_000);
  t.deepEqual(open(), [false, false, false], "the property's five");
  door.opensWith(() => door.board.keypad.type(`${garage}#`));
  world.clock.advance(18_000);
  t.deepEqual(open(), [false, true, false]);
  world.clock.advance(3_000);
  t.deepEqual(open(), [false, false, false]);
  await world.until("the log says what moved", async () => (await world.events(door)).filter(({ reason, outputs }) => reason === "granted" && outputs !== undefined).length === 2);
  t.deepEqual((await world.events(door)).filter(({ outputs }) => outputs !== undefined).map(({ outputs }) => outputs), [[0, 2], [1]]);
});

test.serial("S11: suspended is known and refused, and resumed is as before", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const ada = await world.add({ pins: [{}], cards: [{ number: CARD }] });
  await world.put(`/api/people/${ada.id}/suspension`, { suspended: true });
  await world.upToDate();
  t.false(door.types(ada.pins[0].pin));
  t.is(door.lastDecision, "denied: suspended");
  t.false(door.takesCard(CARD));
  const { people } = await world.get(`/api/doors/${door.id}/who-can-open`);
  t.deepEqual([...new Set(people.map(({ verdict }: Json) => verdict))], ["suspended"]);
  await world.put(`/api/people/${ada.id}/suspension`, { suspended: false });
  await world.upToDate();
  t.true(door.types(ada.pins[0].pin));
  t.true(door.takesCard(CARD));
  t.false(door.types(wrong(ada.pins[0].pin)));
});
