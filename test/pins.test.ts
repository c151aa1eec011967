import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import fc from "fast-check";
import { drawPin, isTriedFirst } from "../cloud/access/pin";
import { DataKeys } from "../cloud/keys/data-keys";
import { Sealing } from "../cloud/keys/sealing";
import { planCodes } from "../cloud/pins/plan-codes";
import type { Code } from "../cloud/pins/codes";
import { NO_END } from "../protocol/profile";
import { Building } from "./support/household";
import { authenticateAgain, messagesTo, signIn, siteClient, type Client } from "./support/sign-in";
import { openTestStore } from "./support/test-database";
import { World, type Json, type WorldDoor } from "./support/world";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** A flat whose doors are all of the world's, with Ada as its leaseholder, signed in. */
interface Flat {
  site: Client;
  ada: Client;
  adaPerson: string;
  unit: string;
  household: string;
}

async function moveIn(world: World, rules: object = {}): Promise<Flat> {
  const site = siteClient(world);
  if (Object.keys(rules).length > 0) await setRules(site, world.property, rules);
  const unit = await site.post(`/properties/${world.property}/units`, { name: "3 left", doors: world.doors.map((door) => door.id) });
  const ada = await signIn(world, "ada@example.org", { name: "Ada" });
  const lease = await site.post("/leases", { unit: unit.id, leaseholders: [{ name: "Ada", email: "ada@example.org" }] });
  await world.upToDate();
  return { site, ada, adaPerson: lease.leases[0].person, unit: unit.id, household: lease.household };
}

async function setRules(site: Client, property: string, rules: object): Promise<void> {
  const now = await site.send("GET", `/properties/${property}/rules`);
  await site.expect(200, "PUT", `/properties/${property}/rules`, { ...now.body, ...rules }, { "if-match": now.headers.get("etag")! });
}

/** A member with a name alone, and the codes that Ada is answered with. */
async function addNamed(world: World, { ada, household }: Flat, member: object): Promise<Json> {
  const added = await ada.post(`/households/${household}/members`, { role: "resident", name: "Rosa", ...member });
  await world.upToDate();
  return added;
}

async function onlyCode(reader: Client, person: string): Promise<Json> {
  const current = (await reader.get(`/members/${person}/pins`)).items.filter((code: Json) => code.replacedAt === null);
  if (current.length !== 1) throw new Error(`${current.length} codes instead of one`);
  return current[0];
}

/** The digits of somebody's only code, as its reader looks them up. */
async function digitsOf(reader: Client, person: string): Promise<string> {
  const code = await onlyCode(reader, person);
  return (await reader.get(`/members/${person}/pins/${code.id}`)).pin;
}

async function refusal(client: Client, method: string, path: string, body?: unknown): Promise<string> {
  const answer = await client.send(method, path, body);
  return answer.status < 400 ? `answered ${answer.status}` : answer.body.code;
}

const has = (door: WorldDoor, pin: string): boolean => door.types(pin);

test("envelope encryption: only the owner's key opens, and nothing does once it is destroyed", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-keys-"));
  const store = await openTestStore(folder);
  t.teardown(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const keys = new DataKeys(new Sealing(new Uint8Array(32).fill(7)));
  const secret = Uint8Array.of(1, 2, 3);
  await store.database.transaction().execute(async (unit) => {
    const sealed = await keys.seal(unit, "household/a", "credential/c/1", secret, 1);
    t.deepEqual(await keys.open(unit, "household/a", "credential/c/1", sealed), secret);
    t.notDeepEqual(await keys.seal(unit, "household/a", "credential/c/1", secret, 1), sealed, "never the same bytes twice");
    await keys.seal(unit, "household/b", "credential/c/1", secret, 1);
    await t.throwsAsync(keys.open(unit, "household/b", "credential/c/1", sealed), undefined, "another household");
    await t.throwsAsync(keys.open(unit, "household/a", "credential/d/1", sealed), undefined, "another credential");
    await t.throwsAsync(keys.open(unit, "household/a", "credential/c/2", sealed), undefined, "another version");
    await t.throwsAsync(keys.open(unit, "household/a", "credential/c/1", sealed.map((byte, index) => (index === 15 ? byte ^ 1 : byte))), undefined, "an altered byte");
    await t.throwsAsync(new DataKeys(new Sealing(new Uint8Array(32).fill(8))).open(unit, "household/a", "credential/c/1", sealed), undefined, "another master key");
    await keys.destroy(unit, "household/a", 2);
    await keys.destroy(unit, "household/a", 3);
    t.is(await keys.open(unit, "household/a", "credential/c/1", sealed), undefined);
    await t.throwsAsync(keys.seal(unit, "household/a", "credential/c/1", secret, 4), undefined, "and nothing new is encrypted for it");
    const row = await unit.selectFrom("data_keys").selectAll().where("owner", "=", "household/a").executeTakeFirstOrThrow();
    t.is(row.wrapped, null);
    t.is(row.destroyed_at, 2);
  });
});

test("X9: patterns that people try first are left out, and what is left out is no help to whoever guesses", (t) => {
  for (const pin of ["000000", "123456", "654321", "901234", "777777"]) t.true(isTriedFirst(pin), pin);
  const draws = [111_111, 123_456, 42];
  t.is(drawPin(6, () => draws.shift()!), "000042", "leading zeros are kept");
  let left = 0;
  for (let pin = 0; pin < 1_000_000; pin++) if (isTriedFirst(String(pin).padStart(6, "0"))) left += 1;
  t.true(left < 100, `${left} of a million are never drawn`);
});

test("O14: renewing takes over every door on the same terms, whatever codes there were before", (t) => {
  const terms = fc.record({ notBefore: fc.constantFrom(0, 1_000), notAfter: fc.constantFrom(NO_END, 9_000), windows: fc.constant([]), maxUses: fc.constant(0) });
  const grant = fc.record({ id: fc.constant("g"), doors: fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"), { minLength: 1 }), terms, outputs: fc.constantFrom(1, 3), useCounter: fc.constant(0) });
  const codes = fc.array(fc.record({ id: fc.constant("c"), digits: fc.constant(6), createdAt: fc.constant(0), supersededAt: fc.constant(undefined), companions: fc.constant([]), grants: fc.array(grant, { minLength: 1, maxLength: 4 }) }), { maxLength: 4 });
  const rights = (grants: readonly { doors: readonly string[]; terms: object; outputs: number }[]) => [...new Set(grants.flatMap(({ doors, terms: of, outputs }) => doors.map((door) => JSON.stringify([door, of, outputs]))))].sort();
  fc.assert(
    fc.property(codes as fc.Arbitrary<unknown> as fc.Arbitrary<Code[]>, fc.constantFrom("one-for-all" as const, "one-per-door" as const, "as-they-are" as const), fc.constantFrom(undefined, "a"), (old: Code[], shape, without) => {
      const { wanted } = planCodes(old, shape, without);
      const expected = rights(old.flatMap(({ grants }) => grants)).filter((right) => (JSON.parse(right) as string[])[0] !== without);
      t.deepEqual(rights(wanted.flatMap(({ grants }) => grants)), expected);
      for (const code of wanted) t.true(code.grants.length >= 1 && code.grants.length <= 4 && code.grants.every(({ doors }) => doors.length > 0));
      if (shape === "one-per-door") for (const code of wanted) t.is(new Set(code.grants.flatMap(({ doors }) => doors)).size, 1);
    }),
  );
});

test.serial("O9: a member with a name alone gets a code at once, for exactly their doors", async (t) => {
  const world = await World.begin(t, { doors: 2 });
  const [front, garage] = world.doors;
  const flat = await moveIn(world);
  const rosa = await addNamed(world, flat, { doors: [front.id] });
  t.is(rosa.codes.length, 1);
  const [{ pin }] = rosa.codes;
  t.regex(pin, /^[0-9]{6}$/);
  t.true(has(front, pin));
  t.false(has(garage, pin));
  const grace = await addNamed(world, flat, { name: "Grace" });
  t.not(grace.codes[0].pin, pin);
  t.true(has(front, grace.codes[0].pin));
  t.true(has(garage, grace.codes[0].pin));
});

test.serial("O10: a code is seen again by its holder and by the administrator, freshly proved, uncached and audited; by nobody else", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const flat = await moveIn(world);
  const { site, ada, adaPerson, household } = flat;
  const bob = await signIn(world, "bob@example.org", { name: "Bob" });
  const lease = await site.post("/leases", { unit: flat.unit, household, leaseholders: [{ name: "Bob", email: "bob@example.org" }] });
  const bobPerson = lease.leases[0].person;
  const rosa = await addNamed(world, flat, {});
  const [{ id, pin }] = rosa.codes;

  const listed = await ada.send("GET", `/members/${rosa.person}/pins`);
  t.is(listed.body.items[0].mask, "••••••");
  t.false(JSON.stringify(listed.body).includes(pin), "a list has no digits");
  const seen = await ada.send("GET", `/members/${rosa.person}/pins/${id}`);
  t.is(seen.body.pin, pin);
  t.is(seen.headers.get("cache-control"), "no-store");
  const own = await digitsOf(ada, adaPerson);
  await world.upToDate();
  t.true(has(door, own), "her own, which nobody has passed on to her");

  t.is(await refusal(ada, "GET", `/members/${bobPerson}/pins/${(await onlyCode(bob, bobPerson)).id}`), "not-allowed", "a co-administrator's stays hidden");
  t.is(await refusal(ada, "GET", `/members/${bobPerson}/pins`), "not-allowed");
  t.is(await refusal(ada, "POST", `/members/${bobPerson}/pins/renew`, {}), "not-allowed", "O6: nor is it reset");
  t.is(await refusal(site, "GET", `/members/${rosa.person}/pins/${id}`), "not-allowed", "no manager reads codes (O4)");
  const { token } = await site.post("/tokens", { property: world.property, name: "a program" });
  const program = Object.assign(siteClient(world), { token });
  t.is(await refusal(program, "GET", `/members/${rosa.person}/pins/${id}`), "not-allowed");
  t.is(await refusal(program, "GET", `/people/${rosa.person}/pins/${id}`), "member-of-household", "nor in a roundabout way");
  const stranger = await signIn(world, "eve@example.org");
  t.is(await refusal(stranger, "GET", `/members/${rosa.person}/pins/${id}`), "not-found");

  await world.pass(11 * MINUTE_MS);
  t.is(await refusal(ada, "GET", `/members/${rosa.person}/pins/${id}`), "authenticate-again");
  await authenticateAgain(ada);
  t.is((await ada.get(`/members/${rosa.person}/pins/${id}`)).pin, pin);

  const entries = (await site.get(`/audit?property=${world.property}`)).items;
  const views = entries.filter((entry: Json) => entry.action === "pin.view" && entry.subject === `person/${rosa.person}`);
  t.is(views.length, 2);
  t.true(views.every((entry: Json) => entry.actor === `account/${ada.account}`));
  t.false(JSON.stringify(entries).includes(pin), "the audit holds no digits");
});

test.serial("O10: neither the cloud's disk nor the door's flash has a code in clear", async (t) => {
  const world = await World.begin(t);
  // Twelve digits, because six may well stand in a database by chance.
  const flat = await moveIn(world, { pinDigitsMin: 12 });
  const { codes } = await addNamed(world, flat, {});
  const digits = Buffer.from(codes[0].pin as string, "ascii");
  for (const file of readdirSync(world.folder)) t.false(readFileSync(join(world.folder, file)).includes(digits), file);
  const memory = JSON.stringify(world.doors[0].board.snapshot(), (_, value: unknown) => (ArrayBuffer.isView(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("latin1") : value));
  t.true(memory.length > 100_000);
  t.false(memory.includes(codes[0].pin));
});

test.serial("O14: a new code opens beside the old one until the stated end, which the door keeps by itself; a door that was offline goes on with the old one", async (t) => {
  const world = await World.begin(t, { doors: 2 });
  const [front, garage] = world.doors;
  const flat = await moveIn(world, { pinOverlapDays: 2 });
  const rosa = await addNamed(world, flat, {});
  const old = rosa.codes[0].pin;
  garage.pullPlug();
  const renewed = await flat.ada.post(`/members/${rosa.person}/pins/renew`, {}, 200);
  t.is(Date.parse(renewed.oldUntil), Math.floor(world.clock.unixMs / 1_000) * 1_000 + 2 * DAY_MS);
  t.is(renewed.told, "household");
  t.false("pin" in renewed.codes[0], "it is looked up by whoever may see it");
  await world.until("the front door has both", async () => (await world.get(`/api/doors/${front.id}`)).upToDate);
  const fresh = await digitsOf(flat.ada, rosa.person);
  t.not(fresh, old);
  const codes = (await flat.ada.get(`/members/${rosa.person}/pins`)).items;
  const before = codes.find((code: Json) => code.replacedAt !== null);
  t.deepEqual(
    before.doors.map(({ name, acknowledged }: Json) => [name, acknowledged]),
    [
      ["door 0", true],
      ["door 1", false],
    ],
    "the list says which door has not heard of it",
  );
  t.true(has(front, old));
  t.true(has(front, fresh));
  t.true(has(garage, old), "nobody is locked out of a door that has not heard of it");
  t.false(has(garage, fresh));
  front.pullPlug();
  world.clock.advance(Date.parse(renewed.oldUntil) + 2_000 - world.clock.unixMs);
  t.false(has(front, old), "offline too");
  t.is(front.lastDecision, "denied: expired");
  t.true(has(front, fresh));
  t.true(has(garage, old));
  await world.reconnect(garage);
  t.false(has(garage, old));
  t.true(has(garage, fresh));
  await world.reconnect(front);
  await world.pass(2 * HOUR_MS);
  t.is((await flat.ada.get(`/members/${rosa.person}/pins`)).items.length, 1);
  await authenticateAgain(flat.ada);
  t.is(await refusal(flat.ada, "GET", `/members/${rosa.person}/pins/${rosa.codes[0].id}`), "pin-gone");
});

test.serial("O14: codes renew by the manager's period, and whoever must pass a new one on is told, without its digits", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const flat = await moveIn(world, { pinRenewalDays: 1, pinOverlapDays: 1 });
  const rosa = await addNamed(world, flat, {});
  const old = rosa.codes[0].pin;
  t.is(Date.parse((await onlyCode(flat.ada, rosa.person)).renewsAt) - Date.parse((await onlyCode(flat.ada, rosa.person)).createdAt), DAY_MS);
  await world.pass(26 * HOUR_MS);
  await world.until("the code is renewed", async () => (await flat.ada.get(`/members/${rosa.person}/pins`)).items.length === 2);
  await world.upToDate();
  await authenticateAgain(flat.ada);
  const fresh = await digitsOf(flat.ada, rosa.person);
  t.true(has(door, old));
  t.true(has(door, fresh));
  const told = (await messagesTo(world, "ada@example.org")).filter((message: Json) => message.kind === "pin-renewed");
  t.is(told.length, 2, "of her own, and of Rosa's");
  t.true(told.some((message: Json) => message.text.includes("Rosa")));
  t.true(told.every((message: Json) => !message.text.includes(fresh) && !message.text.includes(old)));
  await world.pass(25 * HOUR_MS);
  await world.upToDate();
  t.false(has(door, old));
});

test.serial("O14: one code for each door, where the manager wants it so, also when codes renew", async (t) => {
  const world = await World.begin(t, { doors: 2 });
  const [front, garage] = world.doors;
  const flat = await moveIn(world, { pinPerDoor: true });
  const rosa = await addNamed(world, flat, {});
  t.is(rosa.codes.length, 2);
  for (const { pin, doors } of rosa.codes) for (const door of world.doors) t.is(has(door, pin), doors[0] === door.id);
  await setRules(flat.site, world.property, { pinPerDoor: false });
  const renewed = await flat.ada.post(`/members/${rosa.person}/pins/renew`, { overlapDays: 0 }, 200);
  t.is(renewed.codes.length, 1);
  t.is(renewed.oldUntil, null);
  await world.upToDate();
  const pin = await digitsOf(flat.ada, rosa.person);
  t.true(has(front, pin));
  t.true(has(garage, pin));
  for (const old of rosa.codes) t.false(has(front, old.pin) || has(garage, old.pin));
});

test.serial("O7: a court order renews at once every code that its subject has seen, and no other", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const flat = await moveIn(world);
  const { site, ada, household } = flat;
  const bob = await signIn(world, "bob@example.org", { name: "Bob" });
  const lease = await site.post("/leases", { unit: flat.unit, household, leaseholders: [{ name: "Bob", email: "bob@example.org" }] });
  const [{ person: bobPerson }] = lease.leases;
  const shown = await addNamed(world, flat, { name: "Rosa" });
  const passedOnByBob = await bob.post(`/households/${household}/members`, { role: "resident", name: "Sam" });
  const unseen = await addNamed(world, flat, { name: "Tom" });
  const seenLater = (await bob.get(`/members/${shown.person}/pins/${shown.codes[0].id}`)).pin;
  await world.upToDate();
  t.is(seenLater, shown.codes[0].pin);
  t.true(has(door, passedOnByBob.codes[0].pin));
  const bobs = await digitsOf(bob, bobPerson);

  const removal = await site.post(`/leases/${bobPerson}/court-order`, { document: "TGI 26/1042" }, 200);
  t.deepEqual(removal.renewed.map((each: Json) => each.name).sort(), ["Rosa", "Sam"]);
  await world.upToDate();
  t.false(has(door, bobs));
  t.false(has(door, shown.codes[0].pin));
  t.false(has(door, passedOnByBob.codes[0].pin));
  t.true(has(door, unseen.codes[0].pin));
  for (const { person } of [shown, passedOnByBob]) t.true(has(door, await digitsOf(ada, person)), "a new one opens at once");
});

test.serial("P4: a stolen door: every code that it knew ends everywhere, and it is said who must get a new one", async (t) => {
  const world = await World.begin(t, { doors: 3 });
  const [front, garage, cellar] = world.doors;
  const flat = await moveIn(world);
  const { site, ada, adaPerson } = flat;
  const rosa = await addNamed(world, flat, { doors: [front.id, garage.id] });
  const frontOnly = await addNamed(world, flat, { name: "Tom", doors: [front.id] });
  const cleaner = await world.add({ name: "Cleaner", class: "staff", pins: [{ grants: [{ doors: [front.id, garage.id] }] }] });
  const parcel = await world.add({ name: "Parcel", class: "guest", pins: [{ grants: [{ doors: [garage.id] }] }] });
  const carded = await world.add({ name: "Carl", cards: [{ number: "00c0ffee42", grants: [{ doors: [front.id, garage.id] }] }] });
  const counted = await world.add({ name: "Courier", class: "guest", pins: [{ grants: [{ doors: [garage.id] }, { doors: [front.id], uses: 3 }] }] });
  const adas = await digitsOf(ada, adaPerson);
  t.true(has(cellar, adas));
  t.deepEqual(await site.get(`/doors/${garage.id}/stolen`), { door: garage.id, stolenAt: null, items: [] });

  const report = await site.post(`/doors/${garage.id}/stolen`, {}, 200);
  const named = new Map<string, Json>(report.renewed.map((each: Json) => [each.name, each]));
  t.deepEqual([...named.keys()].sort(), ["Ada", "Cleaner", "Courier", "Parcel", "Rosa"]);
  t.is(named.get("Ada").told, "holder");
  t.is(named.get("Rosa").told, "household");
  t.false("pin" in named.get("Rosa").codes[0]);
  t.is(named.get("Parcel").codes.length, 0, "the stolen door was all that it opened");
  t.deepEqual(named.get("Courier").endedLimited, [{ code: counted.pins[0].id, key: null, uses: 3, doors: [front.id] }], "uses are counted by the code: a new one would open anew");
  t.deepEqual(named.get("Rosa").endedLimited, []);
  t.deepEqual(
    report.cards.map((card: Json) => [card.name, card.ended]),
    [["Carl", false]],
  );
  t.deepEqual((await messagesTo(world, "ada@example.org")).filter((message: Json) => message.kind === "pin-renewed").length, 2);
  await world.upToDate();

  for (const pin of [adas, rosa.codes[0].pin, cleaner.pins[0].pin]) {
    t.false(has(front, pin));
    t.is(front.lastDecision, "denied: unknown-credential");
    t.false(has(cellar, pin));
  }
  t.true(has(front, frontOnly.codes[0].pin), "what the stolen door never knew stays");
  t.true(has(front, await digitsOf(ada, adaPerson)));
  t.true(has(cellar, await digitsOf(ada, adaPerson)));
  t.true(has(front, await digitsOf(ada, rosa.person)));
  t.true(has(front, named.get("Cleaner").codes[0].pin));
  t.true(front.takesCard("00c0ffee42"));
  const [card] = (await site.get(`/people/${carded.id}/access`)).cards;
  t.is(card.revokedAt, null);
  t.deepEqual(
    card.grants.filter((grant: Json) => grant.revokedAt === null).map((grant: Json) => grant.doors),
    [[front.id]],
  );
  t.truthy((await site.get(`/people/${parcel.id}/access`)).pins[0].revokedAt);

  t.false((await world.get(`/api/doors/${garage.id}`)).online, "its connection has ended");
  await world.pass(5 * MINUTE_MS);
  t.false((await world.get(`/api/doors/${garage.id}`)).online, "and it cannot log in again");
  t.false((await site.get(`/properties/${world.property}/units/${flat.unit}`)).doors.includes(garage.id));
  const again = await site.post(`/doors/${garage.id}/stolen`, {}, 200);
  t.deepEqual(again.renewed, [], "there is nothing more to renew");

  // Nobody waits for a door that is in strange hands.
  t.is((await world.get(`/api/doors/${garage.id}`)).state, "stolen");
  const states = (document: Json) => Object.fromEntries(document.doors.map((door: Json) => [door.door, door.state]));
  const { revocation } = (await site.get(`/people/${rosa.person}/access`)).pins.flatMap((pin: Json) => pin.grants).find((grant: Json) => grant.revocation !== null);
  const truth = await site.get(`/revocations/${revocation}`);
  t.deepEqual(states(truth), { [front.id]: "acknowledged", [garage.id]: "stolen" });
  t.true(truth.complete);
  t.deepEqual([states(await site.get(`/people/${cleaner.id}/truth`))[garage.id], (await site.get(`/people/${cleaner.id}/truth`)).complete], ["stolen", true]);
  const atDoor = await site.get(`/doors/${garage.id}/truth`);
  t.true(atDoor.complete && atDoor.people.length > 4 && atDoor.people.every((each: Json) => each.state === "stolen" && each.mayOpenUntil === null));

  // The card that it knew may be copied; once its holder has another one it ends by one act.
  const listed = await site.get(`/doors/${garage.id}/stolen`);
  t.truthy(listed.stolenAt);
  t.deepEqual(listed.items, [{ person: carded.id, name: "Carl", card: card.id, ended: false }]);
  t.true(front.takesCard("00c0ffee42"));
  t.deepEqual((await site.post(`/doors/${garage.id}/stolen`, { endCards: true }, 200)).cards, [{ person: carded.id, name: "Carl", card: card.id, ended: true }]);
  await world.upToDate();
  t.false(front.takesCard("00c0ffee42"));
  t.deepEqual((await site.get(`/doors/${garage.id}/stolen`)).items, []);
});

test.serial("P4: where the manager wants it, what a stolen door knew still opens the others for some hours beside the new codes", async (t) => {
  const world = await World.begin(t, { doors: 2 });
  const [front, garage] = world.doors;
  const flat = await moveIn(world);
  const rosa = await addNamed(world, flat, {});
  const old = rosa.codes[0].pin;
  const report = await flat.site.post(`/doors/${garage.id}/stolen`, { overlapHours: 2 }, 200);
  await world.until("the front door has both", async () => (await world.get(`/api/doors/${front.id}`)).upToDate);
  const fresh = await digitsOf(flat.ada, rosa.person);
  t.true(has(front, old));
  t.true(has(front, fresh));
  front.pullPlug();
  world.clock.advance(Date.parse(report.oldUntil) + 2_000 - world.clock.unixMs);
  t.false(has(front, old));
  t.true(has(front, fresh));
});

test.serial("X9: a code is as long as its manager wants it at least", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const flat = await moveIn(world);
  const before = await addNamed(world, flat, {});
  await setRules(flat.site, world.property, { pinDigitsMin: 9 });
  const after = await addNamed(world, flat, { name: "Grace" });
  t.is(before.codes[0].pin.length, 6);
  t.is(after.codes[0].pin.length, 9);
  await world.pass(MINUTE_MS);
  t.true(has(door, before.codes[0].pin), "codes that are there stay");
  t.true(has(door, after.codes[0].pin));
});

test.serial("O10, O4: who may look at whose code: one's own, what one gave, and an administrator those of residents and guests", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("3 left"), "ada");
  const rosa = await building.invited(ada, "rosa", { role: "resident" });
  const gus = await building.invited(ada, "gus", { role: "guest", doors: [door.id], end: new Date(world.clock.unixMs + 30 * DAY_MS).toISOString() });
  const share = await rosa.client.post(`/households/${rosa.household}/shares`, { name: "A friend", doors: [door.id], end: new Date(world.clock.unixMs + DAY_MS).toISOString() });
  await world.upToDate();
  const people = { ada: ada.person, rosa: rosa.person, gus: gus.person, share: share.person };
  const codes: Record<string, string> = {};
  for (const [name, person] of Object.entries(people)) codes[name] = (await onlyCode(siteClient(world), person)).id;
  const expected = {
    ada: { ada: "seen", rosa: "seen", gus: "seen", share: "not-allowed" },
    rosa: { ada: "not-found", rosa: "seen", gus: "not-found", share: "seen" },
    gus: { ada: "not-found", rosa: "not-found", gus: "seen", share: "not-found" },
    manager: { ada: "not-allowed", rosa: "not-allowed", gus: "not-allowed", share: "not-allowed" },
  };
  const viewers = { ada: ada.client, rosa: rosa.client, gus: gus.client, manager: building.manager };
  for (const [viewer, cells] of Object.entries(expected)) {
    for (const [whose, verdict] of Object.entries(cells) as [keyof typeof people, string][]) {
      const answer = await viewers[viewer as keyof typeof viewers].send("GET", `/members/${people[whose]}/pins/${codes[whose]}`);
      t.is(answer.status === 200 ? "seen" : answer.body.code, verdict, `${viewer} looks at ${whose}'s`);
      if (answer.status === 200) t.true(has(door, answer.body.pin), `${whose}'s opens`);
    }
  }
});

test.serial("P2, O14: the code of a leaseholder with a name alone is shown to the manager once, when it is drawn, and its renewal too", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const building = await Building.of(world);
  const unit = await building.flat("3 left");
  const { leases } = await building.manager.post("/leases", { unit, leaseholders: [{ name: "Old Mr Li" }] });
  const [{ person, codes }] = leases;
  await world.upToDate();
  t.true(has(door, codes[0].pin));
  t.is(await refusal(building.manager, "GET", `/members/${person}/pins/${codes[0].id}`), "not-allowed");
  const renewed = await building.manager.post(`/members/${person}/pins/renew`, { overlapDays: 0 }, 200);
  t.is(renewed.told, "nobody");
  await world.upToDate();
  t.false(has(door, codes[0].pin));
  t.true(has(door, renewed.codes[0].pin));
  t.is(await refusal(building.manager, "GET", `/members/${person}/pins/${renewed.codes[0].id}`), "not-allowed", "it is not shown again");
});

test.serial("X9, O9: what a door may still hold is given to nobody, so renewals wait for one that hears nothing", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const flat = await moveIn(world);
  const rosa = await addNamed(world, flat, {});
  const pins = [rosa.codes[0].pin];
  // The cable is out, and the cloud goes on sending to a connection that it takes to be there.
  door.pullPlug();
  for (;;) {
    const answer = await flat.ada.send("POST", `/members/${rosa.person}/pins/renew`, { overlapDays: 0 });
    if (answer.status !== 200) {
      t.is(answer.body.code, "too-many-pins");
      break;
    }
    pins.push(await digitsOf(flat.ada, rosa.person));
    await world.cloud.settled();
    if (pins.length > 20) return t.fail("no end of renewals");
  }
  t.is(pins.length, 9);
  t.is(new Set(pins).size, pins.length);
  t.true(has(door, pins[0]));
  await world.reconnect(door);
  t.false(has(door, pins[0]));
  t.true(has(door, pins[8]));
  await flat.ada.post(`/members/${rosa.person}/pins/renew`, { overlapDays: 0 }, 200);
});
