/** A door's life from its box to its next owner, with a real cloud over real sockets: FEATURES O1, X1. */
import test from "ava";
import { RECLAIM_HOLD_MS } from "../firmware/limits";
import { World, WorldDoor, type Json } from "./support/world";

/** Types a line at a door's console. @returns what it printed. */
function says(world: World, door: WorldDoor, line: string): string {
  door.board.console.take();
  door.board.console.type(`${line}\r`);
  world.clock.advance(1_000);
  return door.board.console.take();
}

/** The claim text as the console prints it. */
function claimShown(world: World, door: WorldDoor): string {
  const [text] = /latchkey:1:[0-9a-f]{16}:[0-9a-f]{32}/.exec(says(world, door, "claim")) ?? [];
  if (text === undefined) throw new Error("the console prints no claim");
  return text;
}

async function state(world: World, door: WorldDoor): Promise<Json> {
  return world.get(`/api/doors/${door.id}`);
}

/** A board that nobody has set up yet. */
function unpack(world: World): WorldDoor {
  const door = new WorldDoor(world, "front", {});
  world.doors.push(door);
  door.board.keyValue.preset("latchkey", "cloud", undefined);
  world.clock.advance(60_000);
  return door;
}

function setCloud(world: World, door: WorldDoor): string {
  const { hostname, port } = new URL(world.cloud.url);
  return says(world, door, `cloud ${hostname} ${port}`);
}

test.serial("a board out of its box is set up over its console, claimed by the QR that it prints, and opens", async (t) => {
  const world = await World.begin(t, { doors: 0 });
  const door = unpack(world);
  t.true(says(world, door, "status").includes("cloud     not set"));
  t.true(setCloud(world, door).includes("kept"));
  await world.post("/api/doors", { property: world.property, name: "front", claim: claimShown(world, door) }, 201);
  await world.until("it has its list", async () => (await state(world, door)).upToDate);
  const ada = await world.addPerson();
  await world.upToDate();
  t.true(door.types(ada.pin));
  t.true(says(world, door, "claim").includes("claimed"), "the secret is used up");
  t.true(says(world, door, "cloud elsewhere.example").includes("refused"));
});

test.serial("a door that was registered with another secret than its own is never claimed", async (t) => {
  const world = await World.begin(t, { doors: 0 });
  const door = unpack(world);
  setCloud(world, door);
  const claim = claimShown(world, door);
  const altered = claim.slice(0, -1) + (claim.endsWith("0") ? "1" : "0");
  t.is((await world.post("/api/doors", { property: world.property, name: "front", claim: altered }, 201)).state, "registered");
  for (let round = 0; round < 5; round++) await world.pass(10_000);
  t.is((await state(world, door)).state, "registered");
  t.is((await state(world, door)).diagnostics, null);
  t.false(door.types("000000"));
});

test.serial("X1: a released door is claimed anew with the button: the old claim, its login and its list are worth nothing", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const ada = await world.addPerson();
  await world.upToDate();
  t.true(door.types(ada.pin));
  const before = door.claim;
  const hold = (): void => {
    door.board.pressService(true);
    world.clock.advance(RECLAIM_HOLD_MS + 100);
    door.board.pressService(false);
    world.clock.advance(1_000);
  };

  hold();
  t.is(door.claim, before, "an owner's door");
  await world.until("the cloud hears of the button", async () => (await world.events(door)).some(({ type }: Json) => type === "service"));
  t.true(door.types(ada.pin));

  await world.post(`/api/doors/${door.id}/release`, { released: true }, 200);
  await world.upToDate();
  t.true(door.types(ada.pin), "until then it is as it was");
  hold();
  await world.until("it has started anew", async () => door.board.boots === 2);
  await world.pass(30_000);
  t.not(door.claim, before);
  t.is(claimShown(world, door), door.claim);
  t.is(door.claim.slice(0, 27), before.slice(0, 27), "the same door");
  t.false(door.types(ada.pin));
  await world.until("the cloud heard who did it", async () => (await world.events(door)).filter(({ type }: Json) => type === "service").length === 2);

  await world.post("/api/doors", { property: world.property, name: "front, again", claim: door.claim }, 201);
  await world.until("it is claimed", () => door.board.trace.filter(({ line }) => line === "claimed").length === 2);
  await world.until("it has its list", async () => (await state(world, door)).upToDate);
  t.true(door.types(ada.pin), "who was let in before is let in again, by a new tag");
  const grace = await world.addPerson({ name: "Grace" });
  await world.upToDate();
  t.true(door.types(grace.pin));
});

test.serial("a door's diagnostics are in the API, by the names of this page", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  door.board.memoryUse = { chunkBytes: 43_210, slotBytes: 65_432 };
  door.board.restart("watchdog");
  await world.until("it is back", async () => (await state(world, door)).diagnostics?.startedBecause === "watchdog");
  t.deepEqual((await state(world, door)).diagnostics, {
    startedBecause: "watchdog",
    starts: 2,
    heap: { chunkBytes: 43_210, slotBytes: 65_432 },
    firmware: null,
    refusals: {},
    droppedMessages: 0,
    unreadableFrames: 0,
  });
});
