import test from "ava";
import fc from "fast-check";
import { CloudRig, NOON, type Json } from "./support/cloud-rig";
import { lastLinkToken, signInManager } from "./support/managers";
import { addIdentifier, authenticateAgain, Client, messagesTo, signIn, siteClient } from "./support/sign-in";
import { World } from "./support/world";

const claim = (number: number) => `latchkey:1:${number.toString(16).padStart(16, "0")}:${"0".repeat(32)}`;
const days = (count: number, from = NOON) => new Date((from + count * 86_400) * 1_000).toISOString();

/** A property with doors that nobody has claimed, for what needs no door. */
async function newProperty(site: Client, doors: number, first: number): Promise<{ id: string; doors: string[] }> {
  const { id } = await site.post("/properties", { name: `Property ${first}` });
  const added: string[] = [];
  for (let index = 0; index < doors; index++) added.push((await site.post("/doors", { property: id, name: `Door ${index}`, claim: claim(first + index) })).id);
  return { id, doors: added };
}

let rig: CloudRig;
let site: Client;
test.before(async () => {
  rig = await CloudRig.start();
  site = siteClient(rig);
});
test.after.always(() => rig.stop());

test.serial("P1: a template gives a lease its doors; who gains and loses is shown before, and is so at the doors after", async (t) => {
  const world = await World.begin(t, { doors: 3 });
  const [stairs, garage, flat] = world.doors;
  const manager = await signInManager(world, world.property, "manager@example.org");
  const at = `/properties/${world.property}`;
  const template = await manager.post(`${at}/templates`, { name: "Two rooms", doors: [stairs.id] });
  const unit = await manager.post(`${at}/units`, { name: "2nd left", template: template.id, doors: [flat.id] });
  t.deepEqual(unit.allDoors, [stairs.id, flat.id].sort());
  const { leases } = await manager.post("/leases", { unit: unit.id, leaseholders: [{ name: "Ana" }] });
  const { pin } = leases[0].codes[0];
  await world.upToDate();
  t.deepEqual([stairs, garage, flat].map((door) => door.types(pin)), [true, false, true]);

  const wanted = { doors: [garage.id] };
  const { effect } = await manager.post(`${at}/templates/${template.id}/preview`, wanted, 200);
  t.like(effect[0], { person: leases[0].person, name: "Ana", role: "administrator", unit: unit.id, gains: [garage.id], loses: [stairs.id] });
  await world.upToDate();
  t.true(stairs.types(pin), "a preview changes nothing");

  t.is((await manager.send("PATCH", `${at}/templates/${template.id}`, wanted)).body.code, "version-needed");
  t.is((await manager.send("PATCH", `${at}/templates/${template.id}`, wanted, { "if-match": '"7"' })).body.code, "changed-meanwhile");
  const changed = await manager.patch(`${at}/templates/${template.id}`, wanted, '"1"');
  t.deepEqual(changed.effect, effect);
  t.is((await manager.send("PATCH", `${at}/templates/${template.id}`, wanted, { "if-match": '"1"' })).body.code, "changed-meanwhile", "two managers at once");
  await world.upToDate();
  t.deepEqual([stairs, garage, flat].map((door) => door.types(pin)), [false, true, true]);

  // A flat of its own kind, and one whose own door goes.
  const own = { template: null, doors: [stairs.id, flat.id] };
  const foretold = await manager.post(`${at}/units/${unit.id}/preview`, own, 200);
  t.like(foretold.effect[0], { person: leases[0].person, unit: unit.id, gains: [stairs.id], loses: [garage.id] });
  t.deepEqual((await manager.post(`${at}/units/${unit.id}/preview`, {}, 200)).effect, []);
  t.is((await manager.send("POST", `${at}/units/${unit.id}/preview`, { template: "f".repeat(16) })).body.code, "not-found");
  await world.upToDate();
  t.true(garage.types(pin), "a preview changes nothing");
  t.deepEqual((await manager.patch(`${at}/units/${unit.id}`, own, '"1"')).effect, foretold.effect);
  await world.upToDate();
  t.deepEqual([stairs, garage, flat].map((door) => door.types(pin)), [true, false, true]);
  t.is((await manager.send("DELETE", `${at}/units/${unit.id}`, undefined, { "if-match": '"2"' })).body.code, "in-use");
});

test.serial("P1: whatever is changed, preview and change agree, and so does what everybody then has", async (t) => {
  const property = await newProperty(site, 5, 0x100);
  const at = `/properties/${property.id}`;
  const some = fc.subarray(property.doors);
  const members: string[] = [];
  const templates: { id: string; doors: string[] }[] = [];
  for (let index = 0; index < 2; index++) templates.push(await site.post(`${at}/templates`, { name: `Kind ${index}`, doors: property.doors.slice(index, index + 2) }));
  for (let index = 0; index < 3; index++) {
    const unit = await site.post(`${at}/units`, { name: `Flat ${index}`, template: templates[index % 2].id, doors: [property.doors[4]] });
    const { household, leases } = await site.post("/leases", { unit: unit.id, leaseholders: [{ name: `Holder ${index}` }], ...(index === 2 && { start: days(3), end: days(30) }) });
    const all = unit.allDoors as string[];
    const resident = await site.post(`/households/${household}/members`, { role: "resident", name: "Child" });
    const guest = await site.post(`/households/${household}/members`, { role: "guest", name: "Nanny", doors: [all[0]], end: days(20) });
    // Invited, and so without any access yet.
    const invited = await site.post(`/households/${household}/members`, { role: "resident", email: `invited${index}@example.org` });
    members.push(leases[0].person, resident.person, guest.person, invited.person);
  }
  const held = async () => new Map(await Promise.all(members.map(async (person) => [person, await doorsOf(person)] as const)));
  const doorsOf = async (person: string): Promise<string[]> => {
    const { pins } = await site.get(`/people/${person}/access`);
    const grants = pins.flatMap((pin: Json) => pin.grants).filter((grant: Json) => grant.revokedAt === null);
    return [...new Set<string>(grants.flatMap((grant: Json) => grant.doors))].sort();
  };
  let reached = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(1), some, async (which, doors) => {
      const path = `${at}/templates/${templates[which].id}`;
      const before = await held();
      const { effect } = await site.post(`${path}/preview`, { doors }, 200);
      t.deepEqual(await held(), before);
      const { version } = await site.get(path);
      const changed = await site.patch(path, { doors }, `"${version}"`);
      t.deepEqual(changed.effect, effect);
      const after = await held();
      for (const person of members) {
        const { gains, loses } = effect.find((each: Json) => each.person === person) ?? { gains: [], loses: [] };
        const expected = before.get(person)!.filter((door) => !loses.includes(door)).concat(gains);
        t.deepEqual(after.get(person), [...expected].sort());
        reached += gains.length + loses.length;
      }
    }),
    { seed: 4, numRuns: 8 },
  );
  t.true(reached > 10, "the changes did something");
  const invited = members.filter((_, index) => index % 4 === 3);
  for (const person of invited) t.deepEqual(await doorsOf(person), [], "S4: pending places have nothing");
});

test.serial("P1, O14: with a code for each door, a door that is new brings one; its holder is told, or else whoever made the change is given it", async (t) => {
  const property = await newProperty(site, 3, 0x500);
  const at = `/properties/${property.id}`;
  const manager = await signInManager(rig, property.id, "codes@example.org");
  const rules = await manager.send("GET", `${at}/rules`);
  await manager.expect(200, "PUT", `${at}/rules`, { ...rules.body, pinPerDoor: true }, { "if-match": rules.headers.get("etag")! });
  const template = await manager.post(`${at}/templates`, { name: "Kind", doors: [property.doors[0]] });
  const unit = await manager.post(`${at}/units`, { name: "1", template: template.id });
  const eve = await signIn(rig, "eve@example.org", { name: "Eve" });
  await addIdentifier(eve, "+33612345699");
  const { household, leases } = await manager.post("/leases", { unit: unit.id, leaseholders: [{ name: "Eve", email: "eve@example.org", phone: "+33612345699" }, { name: "Old Tom" }] });
  await eve.post(`/households/${household}/members`, { role: "resident", name: "Child" });
  const changed = await manager.patch(`${at}/templates/${template.id}`, { doors: property.doors.slice(0, 2) }, '"1"');
  t.is(changed.effect.length, 3);
  t.deepEqual(changed.codes.map(({ person, codes }: Json) => ({ person, doors: codes.map((code: Json) => code.doors) })), [{ person: leases[1].person, doors: [[property.doors[1]]] }], "P2: he has nobody else to tell him");
  t.not(changed.codes[0].codes[0].pin, leases[1].codes[0].pin);
  const told = (await messagesTo(rig, "eve@example.org")).filter((message: Json) => message.kind === "pin-added").map((message: Json) => message.text as string);
  t.is(told.length, 2, "her own, and the child's to pass on");
  t.true(told.some((text) => text.includes("Child")));
  t.false(JSON.stringify(told).includes(changed.codes[0].codes[0].pin));
  const unitChanged = await manager.patch(`${at}/units/${unit.id}`, { doors: [property.doors[2]] }, '"1"');
  t.deepEqual(unitChanged.codes.map(({ person }: Json) => person), [leases[1].person]);
});

test.serial("O5: the manager's rules and caps hold on the server and in what is offered; who is there stays", async (t) => {
  const property = await newProperty(site, 2, 0x200);
  const at = `/properties/${property.id}`;
  const manager = await signInManager(rig, property.id, "o5@example.org");
  const unit = await manager.post(`${at}/units`, { name: "1", doors: property.doors });
  const ana = await signIn(rig, "ana.o5@example.org");
  await addIdentifier(ana, "+33612345601");
  const { household } = await manager.post("/leases", { unit: unit.id, leaseholders: [{ name: "Ana", email: "ana.o5@example.org", phone: "+33612345601" }] });
  const can = async (): Promise<string[]> => (await ana.get(`/households/${household}`)).can;
  const add = (role: string, name: string) => ana.send("POST", `/households/${household}/members`, { role, name, ...(role === "guest" && { doors: [property.doors[0]], end: days(5) }) });
  t.deepEqual(await can(), ["see-household", "add-resident", "add-guest", "give-share"]);

  const { headers, body: rules } = await manager.send("GET", `${at}/rules`);
  const setRules = async (changes: object) => {
    const tag = (await manager.send("GET", `${at}/rules`)).headers.get("etag")!;
    return manager.expect(200, "PUT", `${at}/rules`, { ...rules, ...changes }, { "if-match": tag });
  };
  t.is((await add("resident", "Child")).status, 201);
  t.is((await add("guest", "Nanny")).status, 201);
  const there = await ana.get(`/households/${household}`);

  await setRules({ residentsMax: 1, guestsMax: 1 });
  t.is((await manager.send("PUT", `${at}/rules`, rules, { "if-match": headers.get("etag")! })).body.code, "changed-meanwhile");
  t.deepEqual(await can(), ["see-household", "give-share"]);
  t.is((await add("resident", "Another")).body.code, "cap-reached");
  t.is((await add("guest", "Another")).body.code, "cap-reached");
  t.like(await ana.get(`/households/${household}`), { cannot: [{ verb: "add-resident", because: "cap-reached" }, { verb: "add-guest", because: "cap-reached" }], limits: { residentsMax: 1, guestsMax: 1, guestDaysMax: rules.guestDaysMax } });
  await setRules({ mayAddResidents: false, mayAddGuests: false });
  t.deepEqual(await can(), ["see-household", "give-share"]);
  t.is((await add("resident", "Another")).body.code, "forbidden-by-rules");
  t.is((await add("guest", "Another")).body.code, "forbidden-by-rules");
  const still = await ana.get(`/households/${household}`);
  t.deepEqual(still.cannot.map(({ because }: { because: string }) => because), ["forbidden-by-rules", "forbidden-by-rules"]);
  t.deepEqual(still.members, there.members, "members who are there stay, with all that may be done for them");

  await setRules({ guestDaysMax: 3, shareDaysMax: 2 });
  t.is((await add("guest", "Another")).body.code, "end-too-far");
  const share = (end: string) => ana.send("POST", `/households/${household}/shares`, { name: "Plumber", doors: [property.doors[0]], end });
  t.is((await share(days(3))).body.code, "end-too-far");
  t.is((await share(days(1))).status, 201);
  for (const wrong of [{ residentsMax: 51 }, { shareDaysMax: null }, { shareDaysMax: 0 }, { pinPerDoor: "yes" }, { more: 1 }]) {
    t.is((await manager.send("PUT", `${at}/rules`, { ...rules, ...wrong }, { "if-match": "*" })).status, 400, JSON.stringify(wrong));
  }
});

test.serial("P3: what staff may is changed: hours and dates in place, doors with the same code, and two managers at once do not undo each other", async (t) => {
  const start = Date.UTC(2026, 0, 5, 9); // a Monday, 10:00 in Paris
  const world = await World.begin(t, { doors: 2, start });
  const [front, cellar] = world.doors;
  const manager = await signInManager(world, world.property, "manager@example.org");
  const at = `/properties/${world.property}/staff`;
  const windows = [{ days: ["monday"], start: "14:00", end: "18:00" }];
  const { id, pin, version } = await manager.post(at, { name: "Cleaner", doors: [front.id], windows, notAfter: "2026-01-13T00:00:00Z" });
  await world.upToDate();
  t.false(front.types(pin), "not in the morning");
  const one = `${at}/${id}`;
  t.is((await manager.send("PATCH", one, { name: "x" })).body.code, "version-needed");
  const { headers } = await manager.send("GET", one);
  t.is(headers.get("etag"), `"${version}"`);

  const morning = [{ days: ["monday"], start: "08:00", end: "12:00" }];
  const [was] = (await manager.get(one)).grants;
  const changed = await manager.patch(one, { name: "The cleaner", windows: morning }, headers.get("etag")!);
  t.like(changed, { name: "The cleaner", version: version + 1, codes: [] });
  t.like(changed.grants, [{ id: was.id, doors: [front.id], windows: [{ ...morning[0], onHolidays: false }], notAfter: "2026-01-13T00:00:00Z" }], "the same right");
  t.is((await manager.send("PATCH", one, { windows }, { "if-match": headers.get("etag")! })).body.code, "changed-meanwhile");
  await world.upToDate();
  t.true(front.types(pin));

  // Another door, and one less: the code is the same, and the door that goes tells when it has forgotten it.
  await manager.patch(one, { doors: [front.id, cellar.id] }, "*");
  await world.upToDate();
  t.true(front.types(pin) && cellar.types(pin));
  await manager.patch(one, { doors: [cellar.id], notAfter: null }, "*");
  await world.upToDate();
  t.false(front.types(pin));
  t.true(cellar.types(pin));
  t.like((await manager.get(one)).grants, [{ doors: [cellar.id] }]);
  t.false("notAfter" in (await manager.get(one)).grants[0]);
  t.is((await manager.get(`/people/${id}/truth`)).doors.find((door: Json) => door.door === front.id).state, "acknowledged");

  // An end holds at a door without a network, and one that has come can be moved again.
  await manager.patch(one, { notAfter: "2026-01-05T10:30:00Z" }, "*");
  await world.upToDate();
  cellar.pullPlug();
  world.goTo("2026-01-05T10:20:00Z");
  t.true(cellar.types(pin));
  world.goTo("2026-01-05T10:31:00Z");
  t.false(cellar.types(pin));
  await world.reconnect(cellar);
  t.is((await manager.send("PATCH", one, { notAfter: "2026-01-05T09:00:00Z" }, { "if-match": "*" })).body.code, "end-not-in-future");
  t.is((await manager.send("PATCH", one, { windows: [...morning, ...morning] }, { "if-match": "*" })).body.code, "windows-overlap");
  t.is((await manager.send("PATCH", one, { doors: ["f".repeat(16)] }, { "if-match": "*" })).body.code, "not-found");
  await manager.patch(one, { notAfter: "2026-02-01T00:00:00Z" }, "*");
  await world.upToDate();
  t.true(cellar.types(pin));

  // A code that would be too short, or somebody else's, at a door that is new: there is another one for it. A card has no other.
  const { id: porter } = await manager.post(at, { name: "Porter", doors: [cellar.id], card: "00c0ffee42" });
  const { id: twin } = await manager.post(at, { name: "Same number", doors: [front.id], card: "00c0ffee42" });
  t.is((await manager.send("PATCH", `${at}/${porter}`, { doors: [front.id] }, { "if-match": "*" })).body.code, "card-taken");
  await manager.expect(200, "DELETE", `${at}/${twin}`);
  for (let index = 0; index < 2; index++) await world.add({ name: "Many", pins: Array.from({ length: 26 }, () => ({ grants: [{ doors: [front.id] }] })) });
  const { codes, grants } = await manager.patch(one, { doors: [front.id, cellar.id] }, "*");
  t.is(codes.length, 1);
  t.true(codes[0].pin.length > pin.length);
  t.deepEqual(grants.map((grant: Json) => grant.doors).sort(), [[cellar.id], [front.id]].sort());
  await world.upToDate();
  t.deepEqual([front.types(pin), front.types(codes[0].pin), cellar.types(pin)], [false, true, true]);
  await manager.expect(200, "DELETE", one);
  t.is((await manager.send("PATCH", one, { name: "x" }, { "if-match": "*" })).body.code, "person-revoked");
});

test.serial("P3: staff are of their own class, keep their hours and their end at a door, and go at once", async (t) => {
  const start = Date.UTC(2026, 0, 5, 9); // a Monday, 10:00 in Paris
  const world = await World.begin(t, { start });
  const [door] = world.doors;
  const manager = await signInManager(world, world.property, "manager@example.org");
  const at = `/properties/${world.property}/staff`;
  const windows = [{ days: ["monday"], start: "08:00", end: "12:00" }];
  const cleaner = await manager.post(at, { name: "Cleaner", doors: [door.id], windows, notAfter: "2026-01-13T00:00:00Z" });
  t.regex(cleaner.pin, /^[0-9]{6,8}$/);
  t.is((await manager.get(`/people/${cleaner.id}`)).class, "staff");
  await world.upToDate();
  t.true(door.types(cleaner.pin));
  const { items } = await manager.get(at);
  t.like(items[0], { id: cleaner.id, name: "Cleaner", grants: [{ doors: [door.id], windows: [{ ...windows[0], onHolidays: false }], notAfter: "2026-01-13T00:00:00Z" }] });
  t.false(JSON.stringify(items).includes(cleaner.pin), "a PIN is shown once");
  t.is((await manager.send("GET", `/people/${cleaner.id}/pins/${(await manager.get(`/people/${cleaner.id}/access`)).pins[0].id}`)).body.code, "not-allowed");

  world.goTo("2026-01-05T11:30:00Z");
  t.false(door.types(cleaner.pin), "past noon");
  t.is(door.lastDecision, "denied: outside-schedule");
  const plumber = await manager.post(at, { name: "Plumber", doors: [door.id], notAfter: "2026-01-06T00:00:00Z" });
  await world.upToDate();
  t.true(door.types(plumber.pin));
  const { revocation } = await manager.expect(200, "DELETE", `${at}/${plumber.id}`);
  t.is((await manager.expect(200, "DELETE", `${at}/${plumber.id}`)).revocation, revocation, "again is the same");
  await world.upToDate();
  t.false(door.types(plumber.pin));
  t.true((await manager.get(`/revocations/${revocation}`)).complete);
  t.is((await manager.send("POST", at, { name: "x", doors: [door.id], notAfter: "2025-01-01T00:00:00Z" })).body.code, "end-not-in-future");

  const painter = await manager.post(at, { name: "Painter", doors: [door.id], notAfter: "2026-01-06T18:00:00Z" });
  await world.upToDate();
  door.pullPlug();
  world.goTo("2026-01-06T17:59:00Z");
  t.true(door.types(painter.pin));
  world.goTo("2026-01-06T18:00:10Z");
  t.false(door.types(painter.pin), "the end holds where no network tells of it");
  t.is(door.lastDecision, "denied: expired");
});

test.serial("O4: managers come by a link that works once, manage their own property only, and are no managers once removed", async (t) => {
  const property = await newProperty(site, 1, 0x300);
  const other = await newProperty(site, 1, 0x310);
  const at = `/properties/${property.id}`;
  const invite = (email: string) => site.post(`${at}/managers`, { email });
  await invite("Maria@Example.ORG ");
  const first = await lastLinkToken(rig, "maria@example.org");
  await invite("maria@example.org");
  const second = await lastLinkToken(rig, "maria@example.org");
  t.not(first, second);
  const maria = await signIn(rig, "maria@example.org", { name: "Maria" });
  t.is((await maria.send("GET", at)).status, 404, "nothing before acceptance");
  t.is((await maria.send("POST", "/managers/accept", { token: first })).body.code, "invitation-used", "a newer link is the only one");
  t.is((await site.send("POST", "/managers/accept", { token: second })).body.code, "not-allowed");
  t.deepEqual(await maria.post("/managers/accept", { token: second }, 200), { property: property.id });
  const thief = await signIn(rig, "thief@example.org");
  t.is((await thief.send("POST", "/managers/accept", { token: second })).body.code, "invitation-used");
  t.deepEqual((await maria.get("/properties")).items.map((each: Json) => each.id), [property.id]);
  t.deepEqual((await maria.get(at)).can, ["see-property", "run-property", "register-doors", "read-audit", "appoint-managers", "issue-tokens"]);
  t.is((await maria.send("GET", `/properties/${other.id}`)).status, 404);
  t.is((await maria.send("POST", "/properties", { name: "Mine" })).body.code, "not-allowed");
  t.deepEqual((await maria.get(`${at}/managers`)).items.map(({ name, emails }: Json) => ({ name, emails })), [{ name: "Maria", emails: ["maria@example.org"] }]);

  // Of two at once, one.
  await maria.post(`${at}/managers`, { email: "paul@example.org" });
  const token = await lastLinkToken(rig, "paul@example.org");
  const clients = await Promise.all([signIn(rig, "paul@example.org"), signIn(rig, "pauline@example.org")]);
  const answers = await Promise.all(clients.map((client) => client.send("POST", "/managers/accept", { token })));
  t.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);

  const late = await maria.post(`${at}/managers`, { email: "late@example.org", language: "fr" });
  const lateToken = await lastLinkToken(rig, "late@example.org");
  t.regex((await messagesTo(rig, "late@example.org"))[0].text, /[éèà]/);
  await maria.delete(`${at}/manager-invitations/${late.id}`);
  t.is((await thief.send("POST", "/managers/accept", { token: lateToken })).body.code, "invitation-used");
  await maria.post(`${at}/managers`, { email: "late@example.org" });
  const stale = await lastLinkToken(rig, "late@example.org");
  rig.clock.advance(7 * 86_400);
  t.is((await thief.send("POST", "/managers/accept", { token: stale })).body.code, "invitation-used");

  // Programs act as managers, but people decide who else does.
  t.is((await maria.send("POST", `${at}/managers`, { email: "robot@example.org" })).body.code, "authenticate-again", "a session that was left open appoints nobody");
  await authenticateAgain(maria);
  const { token: machineToken } = await maria.post("/tokens", { property: property.id, name: "sync" });
  const machine = new Client(rig, machineToken);
  t.is((await machine.get(at)).id, property.id);
  t.is((await machine.send("POST", `${at}/managers`, { email: "robot@example.org" })).body.code, "not-allowed");
  t.is((await machine.send("GET", `/properties/${other.id}`)).status, 404);

  await site.delete(`${at}/managers/${maria.account}`);
  t.is((await maria.send("GET", at)).status, 404, "the session lives, the rights do not");
  t.false(rig.log.includes(second) || rig.log.includes(token));
  t.false(JSON.stringify((await site.get("/audit")).items).includes(second));
});

test.serial("O6, O7: no way around the household: a leaseholder is not revoked, suspended or given codes by other routes", async (t) => {
  const property = await newProperty(site, 1, 0x400);
  const manager = await signInManager(rig, property.id, "around@example.org");
  const unit = await manager.post(`/properties/${property.id}/units`, { name: "1", doors: property.doors });
  const { household, leases } = await manager.post("/leases", { unit: unit.id, leaseholders: [{ name: "Ana" }, { name: "Bob" }] });
  const [{ person }] = leases;
  const child = await manager.post(`/households/${household}/members`, { role: "resident", name: "Child" });
  const { pins } = await manager.get(`/people/${person}/access`);
  const refused = async (client: Client) => [
    (await client.send("POST", "/revocations", { person })).body.code,
    (await client.send("POST", "/revocations", { grant: pins[0].grants[0].id })).body.code,
    (await client.send("PUT", `/people/${person}/suspension`, { suspended: true })).body.code,
    (await client.send("POST", `/people/${person}/pins`, { grants: [{ doors: property.doors }] })).body.code,
    (await client.send("POST", `/people/${person}/cards`, { number: "0a0b0c", grants: [{ doors: property.doors }] })).body.code,
    (await client.send("GET", `/people/${person}/pins/${pins[0].id}`)).body.code,
  ];
  const codes = ["member-of-household", "member-of-household", "not-allowed", "member-of-household", "member-of-household", "member-of-household"];
  t.deepEqual(await refused(manager), codes);
  t.deepEqual(await refused(site), codes, "not even the site");
  t.deepEqual(await refused(await signInManager(rig, (await newProperty(site, 0, 0x410)).id, "elsewhere@example.org")), codes.map(() => "not-found"));
  t.like(await manager.get(`/people/${person}`), { revokedAt: null, suspended: false });
  t.true((await manager.put(`/people/${child.person}/suspension`, { suspended: true })).suspended, "S11: others can be suspended");
});

test.serial("O4: a place that is over gives its holder nothing, whether or not anybody has tidied up", async (t) => {
  const property = await newProperty(site, 1, 0x600);
  const unit = await site.post(`/properties/${property.id}/units`, { name: "1", doors: property.doors });
  const zoe = await signIn(rig, "zoe@example.org", { name: "Zoe" });
  await addIdentifier(zoe, "+33612345655");
  const now = rig.clock.now();
  const { household, leases } = await site.post("/leases", { unit: unit.id, leaseholders: [{ name: "Zoe", email: "zoe@example.org", phone: "+33612345655" }], end: days(10, now) });
  t.true((await zoe.get(`/households/${household}`)).can.includes("add-resident"));
  rig.clock.advance(10 * 86_400);
  t.is((await zoe.send("GET", `/households/${household}`)).body.code, "not-found");
  t.is((await zoe.send("GET", `/members/${leases[0].person}/pins`)).body.code, "not-found");
  t.is((await zoe.send("POST", `/households/${household}/members`, { role: "resident", name: "Late" })).body.code, "not-found");
});
