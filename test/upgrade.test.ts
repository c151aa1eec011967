/** What a version before left behind goes on: its database, its keys, its doors with their own firmware or with the present one. */
import test from "ava";
import { upgradedHouse } from "./support/upgraded-house";
import { Client } from "./support/sign-in";
import type { WorldDoor } from "./support/world";

for (const firmware of ["old", "new"] as const) {
  test.serial(`upgrade: the house of version 0.1 goes on with this cloud, its doors with the ${firmware} firmware`, async (t) => {
    const { world, former, door } = await upgradedHouse(t);
    const { codes, people } = former;
    t.is(world.cloud.site, former.site);
    t.like(await world.get(`/api/audit/verification?head=${former.audit.head}`), { holds: true, found: true });

    // Before any door is there: what was pending still is, and the old sessions and tokens are known.
    const pending = await world.get(`/api/revocations/${former.revocation}`);
    t.deepEqual(pending.doors.map(({ state }: { state: string }) => state).sort(), ["acknowledged", "acknowledged", "pending"]);
    const ada = new Client(world);
    ada.cookie = former.sessions.ada;
    t.is((await ada.get("/account/places")).places.length, 1);
    t.is((await new Client(world, former.sessions.program).get(`/doors?property=${former.property}`)).items.length, 3);

    const doors = [door(0, firmware), door(1, firmware), door(2, firmware)];
    const [front, , cellar] = doors;
    const opens = (at: WorldDoor, ...who: (keyof typeof codes)[]): boolean[] => who.map((each) => at.types(codes[each]));
    const opened = (at: WorldDoor, ...who: string[]): boolean[] => who.map((each) => former.opens[at.id][each]);
    t.deepEqual(doors.map(({ id }) => id), former.doors.map(({ id }) => id));
    cellar.pullPlug();
    t.deepEqual(opens(cellar, "ada", "eve", "dan"), opened(cellar, "ada", "eve", "dan"), "without a network the cellar opens as before: it has not heard of Eve's end");
    cellar.plugIn();
    await world.until("all doors are back", async () => (await world.get("/api/doors")).items.every((each: { online: boolean; upToDate: boolean }) => each.online && each.upToDate));

    t.true((await world.get(`/api/revocations/${former.revocation}`)).complete, "the cellar has walked the keysets that it had missed, and acknowledged");
    for (const each of doors) t.deepEqual(opens(each, "carol", "eve", "dan"), [true, false, false], `door ${each.id}`);
    t.deepEqual([...opens(front, "bob", "once", "once"), front.lastDecision], [true, true, false, "denied: used-up"], "once was once");
    t.true(doors[1].takesCard(former.card, codes.cleo));
    await world.until("the front door has told what the old cloud has not heard", async () => (await world.events(front)).length > former.events[front.id] + 1);
    const bob = (await world.events(front)).find(({ sequence }) => sequence >= former.events[front.id]);
    t.truthy(bob);

    // And what is new from now on reaches them: somebody comes, Ada goes, the keys are renewed.
    const eva = await world.addPerson({ name: "Eva" });
    await world.upToDate();
    t.true(front.types(eva.pin));
    const { id } = await world.post(`/api/leases/${people.ada}/end`, {}, 200);
    await world.upToDate();
    t.true((await world.get(`/api/removals/${id}`)).complete);
    t.deepEqual(doors.map((each) => [each.types(codes.ada), each.lastDecision]), doors.map(() => [false, "denied: unknown-credential"]));
    await world.post("/api/keysets", { newEpoch: true }, 201);
    await world.upToDate();
    t.deepEqual(doors.map((each) => each.types(eva.pin)), [true, true, true]);
    t.true((await world.get("/api/audit/verification")).holds);
  });
}
