import test from "ava";
import { Att } from "../hardware-sim/radio/att";
import { Building } from "./support/household";
import { signIn } from "./support/sign-in";
import { World } from "./support/world";
import { WorldPhone } from "./support/world-phone";

const REQUESTS: Record<number, string> = { [Att.readRequest]: "read", [Att.readBlobRequest]: "read on", [Att.writeRequest]: "write", [Att.prepareRequest]: "write a part", [Att.executeRequest]: "take the parts" };

/** What phones ask of doors from now on, PDU by PDU; whoever looks takes it away. */
function listen(world: World): () => string[] {
  const heard: string[] = [];
  world.air.onPacket = ({ kind, bytes }) => {
    if (kind === "att" && bytes[0] in REQUESTS) heard.push(REQUESTS[bytes[0]]);
  };
  return () => heard.splice(0);
}

test("S1, X2: with no network anywhere three messages open a door, at any MTU, and a tenant's first tap tells the door of their phone", async (t) => {
  const world = await World.begin(t, { doors: 2 });
  const [front, garage] = world.doors;
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("Flat 1"), "ada");
  const bob = await building.leaseholder(await building.flat("Flat 2", [garage]), "bob");
  const adas = new WorldPhone(world, ada.client, garage);
  t.deepEqual(await adas.goesOnline(), { refilled: true, doors: 2 });
  await world.upToDate();
  const heard = listen(world);

  // A door that hears its cloud by itself needs no courier: three messages, and the phone is gone.
  adas.online = false;
  t.deepEqual(await adas.taps(garage), { opened: true, seconds: 5, broughtNews: false });
  t.deepEqual(heard(), ["read", "write", "read"]);
  for (const door of world.doors) {
    door.pullPlug();
    door.cutPower(); // it knows at once that it is offline
  }
  t.deepEqual(await adas.taps(garage), { opened: true, seconds: 5, broughtNews: false });
  const [first, second, third, ...carried] = heard();
  t.deepEqual([first, second, third], ["read", "write", "read"]);
  t.true(carried.length > 0, "the answer first, then what the phone can do for the door");
  t.is(garage.lastDecision, "granted");

  // Bob's phone gets its key only now. No door has heard of it; it says so itself, and opens, in one tap.
  const bobs = new WorldPhone(world, bob.client, garage, { mtu: 23 });
  t.deepEqual(await bobs.goesOnline(), { refilled: true, doors: 2 });
  bobs.online = false;
  t.deepEqual(await bobs.taps(garage), { opened: true, seconds: 5, broughtNews: true });
  heard();
  t.deepEqual(await bobs.taps(garage), { opened: true, seconds: 5, broughtNews: false });
  t.deepEqual(heard().slice(0, 7), ["read", "read on", "write a part", "write a part", "write a part", "take the parts", "read"], "42 bytes in parts of 18; the result fits one read");
  t.deepEqual(await bobs.taps(front), { opened: false, why: "carries-only", broughtNews: false });

  // What both doors had to say comes home with whoever goes online first, once.
  t.like(await bobs.visits(front), { carried: true, refused: 0, uploaded: false });
  t.false((await world.get(`/api/doors/${garage.id}`)).upToDate);
  await bobs.goesOnline();
  for (const door of world.doors) t.like(await world.get(`/api/doors/${door.id}`), { upToDate: true, heardBy: "phone" });
  await adas.goesOnline();
  const openings = (await world.events(garage)).filter(({ type }) => type === "decision").map(({ person, reason }) => `${person.name} ${reason}`);
  t.deepEqual(openings.sort(), ["ada granted", "ada granted", "bob granted", "bob granted"]);

  // Where a third of all packets is lost, it takes longer.
  adas.online = false;
  adas.loss = 0.3;
  for (let tap = 0; tap < 3; tap++) t.true((await adas.taps(garage)).opened);
  adas.loss = 0;

  // A1: the phone is reported as lost. Whoever has it may be offline for ever; the doors are not told by it.
  const elsewhere = await signIn(world, "ada@example.com");
  const [lost] = (await elsewhere.get("/account/phones")).items;
  await elsewhere.delete(`/account/phones/${lost.id}`, 200);
  t.deepEqual(await adas.goesOnline(), { refilled: false, why: "signed-out" });
  adas.online = false;
  t.true((await adas.taps(garage)).opened, "the garage has not heard");
  await bobs.goesOnline();
  bobs.online = false;
  t.true((await bobs.taps(garage)).opened);
  t.deepEqual(await adas.taps(garage), { opened: false, why: "unknown-credential", broughtNews: false });

  // Signed in again with the very same phone, it is told to forget, and the next keys are new.
  const again = new WorldPhone(world, elsewhere, garage);
  t.deepEqual(await again.goesOnline(), { refilled: true, doors: 2 });
  t.true((await again.taps(garage)).opened, "another phone of hers brings its own news");
});
