import test from "ava";
import type { Json } from "./support/cloud-rig";
import { Building, lastToken } from "./support/household";
import { signIn, siteClient, type Client } from "./support/sign-in";
import { World, type WorldDoor } from "./support/world";
import { WorldPhone } from "./support/world-phone";

/** Somebody with a key in the app and a phone that is online. */
async function withPhone(world: World, by: Client, who: string, doors: readonly WorldDoor[], more: object = {}): Promise<{ phone: WorldPhone; key: string; person: string }> {
  const email = `${who}@example.com`;
  const given = await by.post("/keys", { property: world.property, kind: "app", name: `Key of ${who}`, user: { name: who, email }, doors: doors.map(({ id }) => id), ...more });
  const client = await signIn(world, email, { name: who });
  await client.post("/keys/accept", { token: await lastToken(world, email, "key-link") }, 200);
  const phone = new WorldPhone(world, client, doors[0]);
  await phone.goesOnline();
  return { phone, key: given.id, person: given.user.person };
}

test.serial("X1, X2: a revocation reaches an offline door with another person's phone, and its acknowledgement comes back with that phone", async (t) => {
  const world = await World.begin(t, { doors: 2 });
  const [front, garage] = world.doors;
  const { manager } = await Building.of(world);
  const ada = await withPhone(world, manager, "ada", [garage]);
  const bob = await withPhone(world, manager, "bob", [front, garage]);
  await world.upToDate();
  t.like(await ada.phone.taps(garage), { opened: true });

  garage.pullPlug();
  ada.phone.online = false;
  await manager.delete(`/keys/${ada.key}`, 200);
  await world.cloud.settled();
  const truth = async (): Promise<Json> => (await manager.get(`/people/${ada.person}/truth`)).doors.find(({ door }: Json) => door === garage.id);
  t.like(await truth(), { state: "pending", acknowledgedBy: null, carriers: null });
  t.like(await ada.phone.taps(garage), { opened: true }, "neither the door nor anybody there knows");

  await bob.phone.goesOnline();
  t.like(await truth(), { state: "pending", carriers: { phones: 1 } });
  t.like(await ada.phone.taps(garage), { opened: true }, "nobody has been there");
  bob.phone.online = false;
  t.like(await bob.phone.taps(garage), { opened: true });
  t.like(await ada.phone.taps(garage), { opened: false, why: "unknown-credential" });
  t.is((await truth()).state, "pending", "what nobody has brought back is not known");

  await bob.phone.goesOnline();
  const acknowledged = await truth();
  t.like(acknowledged, { state: "acknowledged", acknowledgedBy: "phone", carriers: null, mayOpenUntil: null });
  t.log(acknowledged, await siteClient(world).get(`/doors/${garage.id}`), await siteClient(world).get(`/doors/${garage.id}/truth`), await world.events(garage));
});
