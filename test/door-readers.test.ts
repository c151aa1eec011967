/** Readers of every kind at one door, from HTTP to the lock. */
import test from "ava";
import type { VirtualWiegandReader } from "../hardware-sim/virtual-wiegand-reader";
import { fromHex } from "../protocol/bytes";
import { World, type Json, type WorldDoor } from "./support/world";

/** 26, 34 and 37 bits, and a serial reader's. */
const CARDS = ["5a0144", "499602d2", "014d07a690", "0a004d7603"];
const WIEGAND = 0;
const MATRIX = 1;
const SERIAL = 2;

/** Something happens at a reader. @returns which locks are open a second later; all fall again before this returns. */
function opens(world: World, door: WorldDoor, act: () => void): boolean[] {
  act();
  world.clock.advance(1_500);
  const open = [0, 1].map((output) => door.board.isOpen(output));
  world.clock.advance(30_000);
  return open;
}

test.serial("one door, three readers: cards of 26, 34 and 37 bits, a serial reader's card, and a PIN at each keypad", async (t) => {
  const world = await World.begin(t, { doors: 0 });
  const door = await world.addDoor("front", { readers: [{ kind: "wiegand", keyBits: 8 }, { kind: "matrix" }, { kind: "serial" }] });
  const ada = await world.add({ pins: [{}], cards: CARDS.map((number) => ({ number })) });
  const { readers } = door.board;
  const [{ pin }] = ada.pins;
  const opened = (act: () => void): boolean => opens(world, door, act)[0];
  for (const [index, card] of CARDS.entries()) {
    t.true(opened(() => readers[index < 3 ? WIEGAND : SERIAL].presentCard(fromHex(card)!)), card);
  }
  t.false(opened(() => readers[WIEGAND].presentCard(fromHex("5a0145")!)));
  t.is(door.lastDecision, "denied: unknown-credential");
  door.pullPlug();
  for (const reader of [WIEGAND, MATRIX, SERIAL]) t.true(opened(() => readers[reader].type(pin)), `reader ${reader}`);
  await world.reconnect(door);
  await world.until("all of it is in the cloud", async () => (await world.events(door)).filter(({ type, reason }) => type === "decision" && reason === "granted").length === 7);
  t.false(JSON.stringify(await world.events(door)).includes(pin));
});

test.serial("a garbled frame opens nothing, is no event, costs no attempt, and the door says how many there were", async (t) => {
  const world = await World.begin(t, { doors: 0 });
  const door = await world.addDoor("front", { readers: [{ kind: "wiegand" }] });
  const ada = await world.add({ pins: [{}], cards: [{ number: CARDS[0] }] });
  const reader = door.board.keypad as VirtualWiegandReader;
  const events = (await world.events(door)).length;
  // The card's 26 bits with one of them wrong, then what cables pick up, then half a PIN that a bad key ends.
  for (const bits of ["00101101000000001010001001", "1", "11111", "1".repeat(40)]) t.false(opens(world, door, () => reader.sendBits(bits))[0]);
  for (let attempt = 0; attempt < 10; attempt++) {
    reader.type(ada.pins[0].pin.slice(1), 100);
    world.clock.advance(1_000);
    reader.sendBits("1111");
    world.clock.advance(1_000);
  }
  t.is(door.lastDecision, undefined);
  t.true(opens(world, door, () => reader.type(ada.pins[0].pin, 100))[0], "no attempt was charged");
  await world.until("the grant is in the cloud", async () => (await world.events(door)).length > events);
  t.is((await world.events(door)).filter(({ type }: Json) => type === "decision").length, 1);
  await world.until("14 frames were unreadable", async () => (await world.get(`/api/doors/${door.id}`)).diagnostics.unreadableFrames === 14);
  t.false(door.board.trace.some(({ line }) => line.includes("5a0144")));
});

test.serial("a reader moves only what it may: the same card opens the door at one and the garage at the other", async (t) => {
  const world = await World.begin(t, { doors: 0 });
  const door = await world.addDoor("front", { locks: ["fail-secure", "fail-secure"], readers: [{ kind: "wiegand", outputs: 1 }, { kind: "serial", outputs: 2 }] });
  await world.order(door, "outputs", { outputs: [{ name: "front" }, { name: "garage", seconds: 20 }] });
  const grants = (outputs: number[]) => [{ doors: [door.id], outputs }];
  await world.add({ cards: [{ number: CARDS[2], grants: grants([0, 1]) }, { number: CARDS[3], grants: grants([0]) }] });
  const [atDoor, atGarage] = door.board.readers;
  t.deepEqual(opens(world, door, () => atDoor.presentCard(fromHex(CARDS[2])!)), [true, false]);
  t.deepEqual(opens(world, door, () => atGarage.presentCard(fromHex(CARDS[2])!)), [false, true]);
  t.deepEqual(opens(world, door, () => atGarage.presentCard(fromHex(CARDS[3])!)), [false, false]);
  t.is(door.lastDecision, "denied: output-not-allowed");
});

test.serial("X12: the second PIN counts at the reader that asked for it, and at no other", async (t) => {
  const world = await World.begin(t, { doors: 0 });
  const door = await world.addDoor("front", { readers: [{ kind: "wiegand" }, { kind: "matrix" }] });
  const ada = await world.add({ cards: [{ number: CARDS[0], secondPin: true }] });
  const [{ secondPin }] = ada.cards;
  const present = (): void => {
    door.board.readers[WIEGAND].presentCard(fromHex(CARDS[0])!);
    world.clock.advance(1_500);
  };
  present();
  t.false(opens(world, door, () => door.board.readers[MATRIX].type(secondPin.pin))[0]);
  present();
  t.true(opens(world, door, () => door.board.readers[WIEGAND].type(secondPin.pin, 150))[0]);
  present();
  world.clock.advance(15_000);
  t.false(opens(world, door, () => door.board.readers[WIEGAND].type(secondPin.pin, 150))[0], "too late");
});
