import test from "ava";
import { World, type Json, type WorldDoor } from "./support/world";
import { wrong } from "./support/wrong-pin";

/** What a manager orders for a whole door, and how a door goes through new keys and new owners. */

const HOUR_MS = 3_600_000;

/** Wrong PINs until the keypad stops for good, with all the time that it asks for. */
function typeUntilHardStop(world: World, door: WorldDoor, wrongPin: string): void {
  for (let attempt = 0; attempt < 130; attempt++) {
    door.types(wrongPin);
    world.clock.advance(HOUR_MS);
  }
}

test.serial("X8: after the hard stop only a manager lets the keypad go on, once, also over a power cut; cards open all the while", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const ada = await world.add({ pins: [{}], cards: [{ number: "0123456789" }] });
  const { pin } = ada.pins[0];
  door.pullPlug();
  typeUntilHardStop(world, door, wrong(pin));
  world.clock.advance(24 * HOUR_MS);
  t.false(door.types(pin));
  t.is(door.lastDecision, "denied: locked-out");
  t.true(door.takesCard("0123456789"));
  await world.reconnect(door);
  await world.post(`/api/doors/${door.id}/keypad-reset`, {}, 200);
  await world.upToDate();
  t.true(door.types(pin));
  door.pullPlug();
  for (let attempt = 0; attempt < 5; attempt++) door.types(wrong(pin));
  door.cutPower();
  await world.reconnect(door);
  t.false(door.types(pin), "the order of the day before is no new one");
  t.is(door.lastDecision, "denied: locked-out");
});

test.serial("X8: with unit numbers wrong PINs lock one unit, and the others get in", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  await world.order(door, "keypad", { unitNumbers: true });
  const ada = await world.add({ unit: "12", pins: [{ duressPin: true }] });
  const grace = await world.add({ unit: "7", name: "Grace", pins: [{}] });
  const [{ pin }] = ada.pins;
  const hers = grace.pins[0].pin;
  t.true(door.types(`12#${pin}`));
  t.true(door.types(`12#${ada.pins[0].duressPin.pin}`));
  t.false(door.types(`7#${pin}`), "a neighbour's unit is not hers");
  for (let attempt = 0; attempt < 5; attempt++) t.false(door.types(`12#${wrong(pin)}`));
  t.false(door.types(`12#${pin}`));
  t.is(door.lastDecision, "denied: locked-out");
  t.true(door.types(`7#${hers}`));
  door.cutPower();
  t.false(door.types(`12#${pin}`));
  t.true(door.types(`7#${hers}`));
  const nobody = await world.request("POST", "/api/people", { property: world.property, name: "Unit", class: "resident", pins: [{ grants: [{ doors: [door.id] }] }] }, 409);
  t.is(nobody.code, "unit-needed");
  t.is((await world.request("PUT", `/api/doors/${door.id}/keypad`, { unitNumbers: false }, 409)).code, "door-has-pins");
});

test.serial("X9: PINs get longer as people move in, and nobody who is typing meanwhile is charged with a wrong one", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const ada = await world.add({ pins: [{}] });
  const { pin } = ada.pins[0];
  t.is(pin.length, 6);
  const pins = Array.from({ length: 32 }, () => ({ grants: [{ doors: [door.id] }] }));
  await world.post("/api/people", { property: world.property, name: "Many", class: "resident", pins }, 201);
  await world.upToDate();
  // Half of the old PIN, then a list that asks for seven digits, then the rest of it.
  door.board.keypad.type(pin.slice(0, 3));
  world.clock.advance(100);
  const more = await world.post("/api/people", { property: world.property, name: "More", class: "resident", pins: pins.slice(0, 20) }, 201);
  for (let round = 0; round < 50; round++) await world.turn();
  const long = more.pins.at(-1).pin;
  t.is(long.length, 7);
  t.true(door.types(pin.slice(3)));
  await world.upToDate();
  t.true(door.types(pin), "ended with #, six digits are enough");
  t.true(door.opensWith(() => door.board.keypad.type(long)), "seven need no #");
  world.clock.advance(10_000);
  t.is((await world.events(door)).filter(({ reason }) => reason === "unknown-credential").length, 0);
});

test.serial("keysets: a door that missed two rotations walks the chain, keeps opening, and takes lists of the new keys only", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const ada = await world.add({ pins: [{}] });
  const grace = await world.add({ name: "Grace", pins: [{}] });
  door.pullPlug();
  t.is((await world.post("/api/keysets", { newEpoch: false }, 201)).number, 2);
  await world.revoke(ada);
  t.deepEqual(await world.post("/api/keysets", { newEpoch: true }, 201).then(({ number, epoch }) => [number, epoch]), [3, 2]);
  await world.turn();
  t.true(door.types(ada.pins[0].pin), "it cannot know yet");
  await world.reconnect(door);
  t.deepEqual(await world.get(`/api/doors/${door.id}`).then(({ acknowledged }) => acknowledged.epoch), 2);
  t.false(door.types(ada.pins[0].pin));
  t.true(door.types(grace.pins[0].pin));
  await world.until("both are in its log", async () => (await world.events(door)).filter(({ type }) => type === "keyset-accepted").length === 2);
  door.cutPower();
  t.true(door.types(grace.pins[0].pin));
  const guest = await world.add({ class: "guest", pins: [{}] });
  await world.until("a lease of the new keys is there", async () => door.types(guest.pins[0].pin));
});

test.serial("keysets: a cloud that starts again signs with the keys that it was given last", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  await world.post("/api/keysets", { newEpoch: false }, 201);
  await world.upToDate();
  const { port } = new URL(world.cloud.url);
  const { mqttPort } = world.cloud;
  await world.cloud.stop();
  await world.startCloud(Number(port), mqttPort);
  const ada = await world.add({ pins: [{}] });
  await world.reconnect(door);
  t.true(door.types(ada.pins[0].pin));
  t.deepEqual((await world.get("/api/keysets")).items.map(({ number }: Json) => number), [1, 2]);
});

test.serial("a door is claimed anew with its button and the owner's release, and not with one of them alone", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const ada = await world.add({ pins: [{}], cards: [{ number: "0123456789", secondPin: true }] });
  const gone = await world.add({ name: "Gone", pins: [{}] });
  const { pin } = ada.pins[0];
  const before = door.claim;
  const holdButton = (): void => {
    door.board.pressService(true);
    world.clock.advance(6_000);
    door.board.pressService(false);
  };
  holdButton();
  await world.until("the attempt is told", async () => (await world.events(door)).some(({ type, service }) => type === "service" && service === "refused"));
  t.is(door.claim, before);
  t.true(door.types(pin), "the button alone changes nothing");

  await world.post(`/api/doors/${door.id}/release`, { released: true }, 200);
  await world.upToDate();
  t.true(door.types(pin), "nor does the release alone");
  door.pullPlug();
  const revocation = await world.revoke(gone);
  door.plugIn();
  await world.upToDate();
  t.true((await world.get(`/api/revocations/${revocation.id}`)).complete);

  holdButton();
  await world.until("it has a new secret", () => door.claim !== before && door.board.running);
  t.false(door.types(pin), "nobody's door opens for nobody");
  await world.post("/api/doors", { property: world.property, name: "front, again", claim: door.claim }, 201);
  await world.until("it is claimed", async () => {
    const { orders, upToDate, online } = await world.get(`/api/doors/${door.id}`);
    return online && upToDate && !orders.released;
  });
  t.true(door.types(pin), "the same PIN under a new tag");
  t.true(door.takesCard("0123456789", ada.cards[0].secondPin.pin));
  t.false(door.types(gone.pins[0].pin));
  t.true((await world.get(`/api/revocations/${revocation.id}`)).complete, "what was acknowledged stays so");
  await world.until("its new log has arrived", async () => (await world.events(door)).some(({ enrolment, reason }) => enrolment === 2 && reason === "granted"));
  t.is((await world.request("POST", "/api/doors", { property: world.property, name: "again", claim: before }, 409)).code, "already-registered");
});
