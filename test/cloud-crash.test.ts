import test from "ava";
import type { Json } from "./support/cloud-rig";
import { CloudProcess } from "./support/cloud-process";
import { ProtocolDoor } from "./support/protocol-door";

const CHANGES = 100;
const KILLS_AFTER = [23, 51, 78]; // confirmed changes
const AT_ONCE = 6;

test("the cloud is killed with -9 in the middle of a hundred changes: all that it confirmed is there, and every door converges", async (t) => {
  t.timeout(290_000);
  const cloud = await CloudProcess.begin(t);
  const property = (await cloud.send("POST", "/properties", { name: "Crash" })).id as string;
  const doors: ProtocolDoor[] = [];
  for (const name of ["one", "two", "three"]) doors.push(await ProtocolDoor.claimed(cloud.rig, property, name));
  for (const door of doors) await door.connect();
  const ids = doors.map((door) => door.hex);

  const added = new Map<string, string>(); // person → PIN
  const revoked = new Set<string>();
  const unsure = new Set<string>(); // revocations without an answer
  let confirmed = 0;
  let next = 0;
  let kills = 0;
  let restarting: Promise<void> | undefined;

  const change = async (number: number): Promise<void> => {
    const victim = number % 3 === 2 ? [...added.keys()].find((id) => !revoked.has(id) && !unsure.has(id)) : undefined;
    if (victim !== undefined) {
      unsure.add(victim);
      if ((await cloud.send("POST", "/revocations", { person: victim })) === undefined) return;
      unsure.delete(victim);
      revoked.add(victim);
    } else {
      const person = await cloud.send("POST", "/people", { property, name: `P${number}`, class: "resident", pins: [{ grants: [{ doors: ids }] }] });
      if (person === undefined) return;
      added.set(person.id, person.pins[0].pin);
    }
    confirmed += 1;
  };
  const worker = async (): Promise<void> => {
    while (next < CHANGES) {
      await restarting;
      await change(next++);
      if (kills === KILLS_AFTER.length || confirmed < KILLS_AFTER[kills]) continue;
      kills += 1;
      // In the midst of what the others have under way.
      restarting = cloud.kill("SIGKILL").then(() => cloud.start());
    }
    await restarting;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  t.is(kills, KILLS_AFTER.length);
  t.true(confirmed > CHANGES / 2, `${confirmed} confirmed`);

  const people: { id: string; revokedAt: string | null }[] = [];
  for (let after: string | null = ""; after !== null; ) {
    const page: { items: typeof people; next: string | null } = await cloud.send("GET", `/people?limit=200${after && `&after=${after}`}`);
    people.push(...page.items);
    after = page.next;
  }
  const known = new Map(people.map((person) => [person.id, person]));
  for (const id of added.keys()) t.truthy(known.get(id), "a confirmed person is there");
  for (const id of revoked) t.truthy(known.get(id)!.revokedAt, "a confirmed revocation is there");
  for (const [id] of added) if (!revoked.has(id) && !unsure.has(id)) t.is(known.get(id)!.revokedAt, null);

  const live = people.filter((person) => person.revokedAt === null).length;
  for (const door of doors) {
    await door.disconnect().catch(() => undefined);
    Object.assign(door, { rig: cloud.rig });
    door.login.brokerPort = cloud.mqttPort;
    await door.connect();
    const { issued } = await cloud.send("GET", `/doors/${door.hex}`);
    await door.until(() => door.version >= issued.version);
    // What was committed just before the last kill may still be on its way.
    await door.until(() => [...added].every(([id, pin]) => door.knows(pin) === (known.get(id)!.revokedAt === null)));
    const rows = () => door.list!.manifest.rows - (door.list!.delta?.tombstones.length ?? 0) + (door.list!.delta?.added.length ?? 0) / 8;
    await door.until(() => rows() === live);
    await door.disconnect();
  }
});

const MOVE_DOORS = 40;
const MOVE_HOUSEHOLDS = 4; // one to measure, the others are killed on the way
const MOVE_RESIDENTS = 2;

test("M9: the cloud is killed with -9 in the middle of a move-out with 40 doors: nothing of it is done or all of it, and every door converges", async (t) => {
  t.timeout(290_000);
  const cloud = await CloudProcess.begin(t);
  const property = (await cloud.send("POST", "/properties", { name: "Crash" })).id as string;
  const doors: ProtocolDoor[] = [];
  for (let number = 0; number < MOVE_DOORS; number++) doors.push(await ProtocolDoor.claimed(cloud.rig, property, `door ${number}`));
  const { id: flat } = await cloud.send("POST", `/properties/${property}/units`, { name: "The flat", doors: doors.map((door) => door.hex) });

  interface Mover {
    household: string;
    lease: string;
    people: string[];
    pins: string[];
  }
  const movers: Mover[] = [];
  for (let number = 0; number < MOVE_HOUSEHOLDS; number++) {
    const { household, leases } = await cloud.send("POST", "/leases", { unit: flat, leaseholders: [{ name: `Leaseholder ${number}` }] });
    const mover: Mover = { household, lease: leases[0].person, people: [leases[0].person], pins: [leases[0].codes[0].pin] };
    for (let resident = 0; resident < MOVE_RESIDENTS; resident++) {
      const { person, codes } = await cloud.send("POST", `/households/${household}/members`, { role: "resident", name: `Resident ${resident}` });
      mover.people.push(person);
      mover.pins.push(codes[0].pin);
    }
    movers.push(mover);
  }
  for (const door of doors) await door.connect();
  const current = async (): Promise<Map<string, number>> => new Map((await cloud.send("GET", `/doors?property=${property}`)).items.map((door: Json) => [door.id, door.issued.version]));
  const everyone = movers.flatMap(({ pins }) => pins);
  let versions = await current();
  for (const door of doors) {
    await door.until(() => door.version >= versions.get(door.hex)!);
    t.true(everyone.every((pin) => door.knows(pin)));
  }

  const [first, ...others] = movers;
  const began = performance.now();
  await cloud.send("POST", `/leases/${first.lease}/end`, {});
  const duration = performance.now() - began;
  const gone = new Set([first]);
  for (const [index, mover] of others.entries()) {
    const answer = cloud.send("POST", `/leases/${mover.lease}/end`, {});
    await new Promise((resolve) => setTimeout(resolve, (duration * index) / others.length)); // the first at once: nothing of it is done then
    await cloud.kill("SIGKILL");
    const confirmed = await answer;
    await cloud.start();
    const states = await Promise.all(mover.people.map(async (person) => (await cloud.send("GET", `/members/${person}`)).state));
    t.is(new Set(states).size, 1, `all of them or none: ${states.join()}`);
    const ended = states[0] === "ended";
    t.is((await cloud.send("GET", `/households/${mover.household}`)).endedAt !== null, ended);
    if (confirmed !== undefined) t.true(ended, "what was confirmed is done");
    if (ended) gone.add(mover);
    for (const person of mover.people) {
      const { pins, revoked } = await cloud.send("GET", `/people/${person}/access`);
      t.true(pins.every((pin: Json) => (pin.revokedAt !== null) === ended));
      t.is(revoked.length, ended ? MOVE_DOORS : 0, "every door, or none");
    }
  }
  t.true(gone.size < movers.length, "a kill came before the commit");

  versions = await current();
  for (const door of doors) {
    await door.disconnect().catch(() => undefined);
    Object.assign(door, { rig: cloud.rig });
    door.login.brokerPort = cloud.mqttPort;
    await door.connect();
  }
  for (const door of doors) {
    await door.until(() => door.version >= versions.get(door.hex)!);
    // What was committed just before the last kill may still be on its way.
    await door.until(() => movers.every((mover) => mover.pins.every((pin) => door.knows(pin) === !gone.has(mover))));
  }
  // Whoever was not sure asks again, and then it is done everywhere.
  for (const { lease } of movers) await cloud.send("POST", `/leases/${lease}/end`, {});
  for (const mover of movers) {
    for (;;) {
      const { id } = await cloud.send("POST", `/leases/${mover.lease}/end`, {});
      if ((await cloud.send("GET", `/removals/${id}`)).complete) break;
    }
  }
  for (const door of doors) {
    t.true(everyone.every((pin) => !door.knows(pin)));
    await door.disconnect();
  }
});
