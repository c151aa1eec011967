import test from "ava";
import { nativeHashes } from "../cloud/keys/native-hashes";
import { keyAfter } from "../cloud/sharing/key-state";
import { lookUp } from "../protocol/access-list";
import { fromHex } from "../protocol/bytes";
import { CredentialKind, credentialTag } from "../protocol/credential";
import { CloudRig, NOON, type ApiAnswer, type Json } from "./support/cloud-rig";
import { Building, lastToken, managerOf } from "./support/household";
import { signInManager } from "./support/managers";
import { ProtocolDoor } from "./support/protocol-door";
import { Client, messagesTo, signIn, siteClient } from "./support/sign-in";
import { World, type WorldDoor } from "./support/world";

const code = ({ body }: ApiAnswer): string => body.code;
const tokenOf = (link: Json): string => link.url.split("#")[1];
const version = (key: Json): string => `"${key.version}"`;

/** Gives a key, to all doors of the world where it names none. */
function give(by: Client, world: World, key: object): Promise<Json> {
  return by.post("/keys", { property: world.property, kind: "pin", name: "A key", user: { name: "Ana" }, doors: world.doors.map((door) => door.id), ...key });
}

async function knows(world: World, door: WorldDoor): Promise<void> {
  await world.until("the door is up to date", async () => (await world.get(`/api/doors/${door.id}`)).upToDate);
}

const listVersion = async (world: World, door: WorldDoor): Promise<number> => (await world.get(`/api/doors/${door.id}`)).issued.version;

test.serial("S1, S3, S4, N2, N10: an app key is listed at once, is in no list until it is accepted, and is its first phone's", async (t) => {
  const world = await World.begin(t, { doors: 2 });
  const [one, two] = world.doors;
  const manager = await managerOf(world, world.property, "manager@example.com");
  const before = await listVersion(world, one);
  const given = await give(manager, world, { kind: "app", name: "Office", user: { name: "Somebody new" } });
  t.like(given, { state: "pending", kind: "app", accepted: false, profile: null, user: { name: "Somebody new" }, can: ["see", "edit", "send", "remove"] });
  t.is(given.link.qr, given.link.url, "the QR code holds the link");
  t.deepEqual((await manager.get(`/keys?property=${world.property}`)).items.map(({ id, state }: Json) => [id, state]), [[given.id, "pending"]], "N10");
  t.deepEqual(given.doors.map(({ upToDate }: Json) => upToDate), [null, null]);
  await world.upToDate();
  t.is(await listVersion(world, one), before, "no door has another list");
  t.deepEqual((await world.get(`/api/people/${given.user.person}/access`)).phones, [], "there is no credential");

  const nobody = new Client(world);
  const token = tokenOf(given.link);
  t.like(await nobody.post("/keys/look", { token }, 200), { name: "Office", giver: null, doors: ["door 0", "door 1"], admin: false });
  t.is((await nobody.send("POST", "/keys/accept", { token })).status, 401);
  const ana = await signIn(world, "ana@example.com", { name: "Ana Silva" });
  const bo = await signIn(world, "bo@example.com", { name: "Bo" });
  const accepted = await ana.post("/keys/accept", { token }, 200);
  t.like(accepted, { id: given.id, state: "active", accepted: true, user: { name: "Ana Silva" }, can: ["see"] });
  t.is((await ana.post("/keys/accept", { token }, 200)).version, accepted.version, "again is the same acceptance");
  const second = await bo.send("POST", "/keys/accept", { token });
  t.deepEqual([second.status, code(second)], [409, "invitation-used"], "the second is told");
  t.is(code(await nobody.send("POST", "/keys/look", { token })), "invitation-used");
  t.is((await bo.send("GET", `/keys/${given.id}`)).status, 404);
  await world.upToDate();
  const known = await world.get(`/api/doors/${two.id}/why/${given.user.person}`);
  t.like(known.people, [{ name: "Ana Silva", verdict: "granted", credential: { kind: "phone" } }], "its row is at the door: test/phones.test.ts opens it");
  t.true((await ana.get(`/keys/${given.id}`)).doors.every(({ upToDate }: Json) => upToDate));

  // One user: a second key of theirs is not another account's.
  const more = await give(manager, world, { kind: "app", user: { person: given.user.person } });
  t.is(code(await bo.send("POST", "/keys/accept", { token: tokenOf(more.link) })), "another-account");
  await ana.post("/keys/accept", { token: tokenOf(more.link) }, 200);
  t.is((await manager.get(`/keys?person=${given.user.person}&state=active`)).items.length, 2, "S1: a user may have several");

  const refused: [object, string][] = [
    [{ kind: "fingerprint" }, "kind-without-reader"],
    [{ kind: "smart" }, "invalid-request"],
    [{ kind: "smart", fob: "latchkey-fob:1:00:11" }, "invalid-request"],
    [{ kind: "retina" }, "invalid-request"],
    [{ kind: "card" }, "invalid-request"],
    [{ kind: "pin", number: "010203" }, "invalid-request"],
    [{ user: {} }, "one-identifier"],
    [{ user: { person: "f".repeat(16) } }, "not-found"],
    [{ profile: "f".repeat(16) }, "not-found"],
    [{ doors: ["f".repeat(16)] }, "not-found"],
    [{ notAfter: "2025-01-01T00:00:00Z" }, "end-not-in-future"],
    [{ uses: 2 }, "uses-need-one-door"],
    [{ windows: [{ days: ["monday"], start: "08:00", end: "12:00" }, { days: ["monday"], start: "11:00", end: "13:00" }] }, "windows-overlap"],
  ];
  for (const [key, expected] of refused) {
    const answer = await manager.send("POST", "/keys", { property: world.property, kind: "pin", name: "x", user: { name: "x" }, doors: [one.id], ...key, ...("uses" in key && { doors: [one.id, two.id] }) });
    t.is(code(answer), expected, JSON.stringify(key));
  }
});

test.serial("S3: of twenty people who open one link a hundred times at once, one has the key and all others are told", async (t) => {
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop());
  const site = siteClient(rig);
  const property = (await site.post("/properties", { name: "Rue des Lilas 7" })).id;
  const manager = await signInManager(rig, property, "manager@example.org");
  const front = new ProtocolDoor(rig);
  t.teardown(() => front.disconnect());
  const door = (await site.post("/doors", { property, name: "Front", claim: front.claimText })).id;
  const given = await manager.post("/keys", { property, kind: "app", name: "x", user: { name: "x" }, doors: [door] });
  const token = tokenOf(given.link);
  const people: Client[] = [];
  for (let number = 0; number < 20; number++) people.push(await signIn(rig, `p${number}@example.org`));
  const answers = await Promise.all(Array.from({ length: 100 }, async (_, number) => ({ who: number % 20, answer: await people[number % 20].send("POST", "/keys/accept", { token }) })));
  const winners = new Set(answers.filter(({ answer }) => answer.status === 200).map(({ who }) => who));
  t.is(winners.size, 1);
  t.deepEqual(new Set(answers.filter(({ who }) => !winners.has(who)).map(({ answer }) => code(answer))), new Set(["invitation-used"]));
  t.is(answers.filter(({ answer }) => answer.status === 200).length, 5, "and to the winner each of theirs is the same acceptance");
  t.is((await site.get(`/people/${given.user.person}/access`)).phones.length, 1);

  // Whoever declines and whoever accepts at once: one of the two.
  const other = await manager.post("/keys", { property, kind: "app", name: "x", user: { name: "x" }, doors: [door] });
  const both = await Promise.all(["accept", "decline"].map((what, index) => people[index].send("POST", `/keys/${what}`, { token: tokenOf(other.link) })));
  const [first, second] = [...both].sort((a, b) => a.status - b.status);
  t.is(first.status, 200);
  // The link was used, or has gone with the key that was declined.
  t.true(["invitation-used", "invitation-gone"].includes(code(second)), code(second));
  // Whoever accepts and whoever removes at once: it has ended, and whatever it opened with.
  const third = await manager.post("/keys", { property, kind: "app", name: "x", user: { name: "x" }, doors: [door] });
  const [, gone] = await Promise.all([people[2].send("POST", "/keys/accept", { token: tokenOf(third.link) }), manager.send("DELETE", `/keys/${third.id}`)]);
  t.is(gone.status, 200);
  t.is((await manager.get(`/keys/${third.id}`)).state, "ended");
  t.true((await site.get(`/people/${third.user.person}/access`)).phones.every(({ revokedAt }: Json) => revokedAt !== null));
  // Two who edit one key at once.
  const edits = await Promise.all(["a", "b"].map((name) => manager.send("PATCH", `/keys/${given.id}`, { name }, { "if-match": '"2"' })));
  t.deepEqual(edits.map(({ status }) => status).sort(), [200, 412]);

  const { items } = await manager.get(`/audit?property=${property}`);
  const acts = items.filter(({ subject }: Json) => subject === `key/${given.id}`).map(({ action, actor }: Json) => [action, actor]);
  t.deepEqual(acts, [["key.give", `account/${manager.account}`], ["key.activate", `account/${people[[...winners][0]].account}`], ["key.change", `account/${manager.account}`]]);
  t.false(JSON.stringify(items).includes(token), "no token is in the audit");
  t.false(rig.log.includes(token), "nor in the log");

  // A door that is claimed only now knows the phone, by the credential's id (SPEC 5.1), and nothing else.
  await front.claim();
  await front.connect();
  await front.until(() => front.version > 0);
  const [phone] = (await site.get(`/people/${given.user.person}/access`)).phones;
  t.is(lookUp(front.list!, credentialTag(nativeHashes, front.keys.tag, CredentialKind.phone, fromHex(phone.id)!), CredentialKind.phone).length, 1);
  t.is(front.list!.manifest.rows, both[0].status === 200 ? 2 : 1, "what is declined, removed or pending is in no list (S4)");
});

test.serial("S5: a new link replaces the one before, which is dead like that of a removed key; after acceptance there is none", async (t) => {
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop());
  const site = siteClient(rig);
  const property = (await site.post("/properties", { name: "Rue des Lilas 7" })).id;
  const manager = await signInManager(rig, property, "manager@example.org");
  const door = (await site.post("/doors", { property, name: "Front", claim: `latchkey:1:${"0".repeat(15)}1:${"1".repeat(32)}` })).id;
  const ana = await signIn(rig, "ana@example.org", { name: "Ana" });
  const add = (key: object = {}) => manager.post("/keys", { property, kind: "app", name: "x", user: { email: "ana@example.org" }, doors: [door], ...key });
  const look = (token: string) => new Client(rig).send("POST", "/keys/look", { token });
  const linkOf = (key: Json) => manager.send("POST", `/keys/${key.id}/link`, {});

  const key = await add();
  const first = tokenOf(key.link);
  t.is(await lastTokenTo(rig, "ana@example.org"), first, "it is sent as well");
  const second = tokenOf((await linkOf(key)).body);
  t.not(second, first);
  t.is(await lastTokenTo(rig, "ana@example.org"), second);
  t.is(code(await look(first)), "invitation-gone");
  t.is(code(await ana.send("POST", "/keys/accept", { token: first })), "invitation-gone");
  t.like(await manager.get(`/keys/${key.id}`), { state: "pending", link: { state: "pending" }, sentTo: "a…@example.org" });
  await ana.post("/keys/accept", { token: second }, 200);
  t.is(code(await linkOf(key)), "not-pending");
  t.is(code(await manager.send("POST", `/keys/${key.id}/text`, {})), "not-pending");

  const removed = await add();
  t.like(await manager.expect(200, "DELETE", `/keys/${removed.id}`), { state: "ended", link: { state: "withdrawn" }, truth: [] });
  t.is((await manager.expect(200, "DELETE", `/keys/${removed.id}`)).version, 2, "again is the same removal");
  t.is(code(await ana.send("POST", "/keys/accept", { token: tokenOf(removed.link) })), "invitation-gone");
  t.is(code(await linkOf(removed)), "not-pending");
  t.is(code(await manager.send("PATCH", `/keys/${removed.id}`, { name: "y" }, { "if-match": '"2"' })), "key-ended");

  const declined = await add();
  await new Client(rig).post("/keys/decline", { token: tokenOf(declined.link) }, 200);
  t.like(await manager.get(`/keys/${declined.id}`), { state: "ended", link: { state: "declined" } });
  t.is(code(await ana.send("POST", "/keys/accept", { token: tokenOf(declined.link) })), "invitation-gone");

  // An address that is given up takes its links along (A2).
  const left = await add({ user: { email: "old@example.org" } });
  await addAndRemove(rig, ana, "old@example.org");
  t.is(code(await look(tokenOf(left.link))), "invitation-gone");
  t.is((await linkOf(left)).status, 200, "the key waits for another link");

  // Links and keys whose time is over.
  const short = await add({ notAfter: new Date((NOON + 3_600) * 1_000).toISOString() });
  const waiting = await add({ user: { name: "Never comes" } });
  const more = Array.from({ length: 31 }, () => add({ user: { person: waiting.user.person } }));
  t.is(new Set((await Promise.all(more)).map(({ user }) => user.person)).size, 1);
  t.is(code(await manager.send("POST", "/keys", { property, kind: "app", name: "x", user: { person: waiting.user.person }, doors: [door] })), "too-many-keys");
  t.is(short.link.expiresAt, new Date((NOON + 3_600) * 1_000).toISOString().replace(".000", ""), "no link outlives its key");
  rig.clock.advance(3_700);
  t.is(code(await look(tokenOf(short.link))), "invitation-gone");
  await ended(rig, manager, short);
  rig.clock.advance(15 * 86_400);
  t.is(code(await look(tokenOf(waiting.link))), "invitation-gone");
  t.like(await manager.get(`/keys/${waiting.id}`), { state: "pending", link: { state: "expired" } });
  t.is((await linkOf(waiting)).status, 200, "and can be had anew");
  for (let day = 0; day < 92; day += 23) rig.clock.advance(23 * 86_400);
  await ended(rig, site, waiting); // nobody asked for it for ninety days
  t.is((await site.get(`/keys/${key.id}`)).state, "active");
});

test.serial("S9, S11: what is edited holds with the next list, under the same key and the same code; uses count on", async (t) => {
  const world = await World.begin(t, { doors: 2, start: Date.UTC(2026, 5, 1, 8) }); // a Monday, 10:00 in Paris
  const [one, two] = world.doors;
  const manager = await managerOf(world, world.property, "manager@example.com");
  const given = await give(manager, world, { doors: [one.id] });
  const [{ pin }] = given.codes;
  t.is(given.state, "active");
  await world.upToDate();
  t.true(one.types(pin));
  t.false(two.types(pin));

  const morning = [{ days: ["tuesday"], start: "08:00", end: "12:00" }];
  t.is(code(await manager.send("PATCH", `/keys/${given.id}`, { name: "x" })), "version-needed");
  let key = await manager.patch(`/keys/${given.id}`, { name: "Tuesdays", doors: [one.id, two.id], windows: morning }, version(given));
  t.like(key, { id: given.id, name: "Tuesdays", codes: [], windows: [{ days: ["tuesday"] }] });
  t.is(code(await manager.send("PATCH", `/keys/${given.id}`, { name: "y" }, { "if-match": version(given) })), "changed-meanwhile");
  await world.upToDate();
  t.false(one.types(pin));
  t.is(one.lastDecision, "denied: outside-schedule");
  t.false(two.types(pin));
  t.is(two.lastDecision, "denied: outside-schedule", "the code was taken along");
  t.true((await manager.get(`/keys/${given.id}`)).doors.every(({ upToDate }: Json) => upToDate));

  // A profile instead of its own windows; a door without a network does not know, and it says so.
  const profile = await manager.post("/profiles", { property: world.property, name: "Mondays", windows: [{ days: ["monday"], start: "00:00", end: "24:00" }] });
  two.pullPlug();
  t.is(code(await manager.send("PATCH", `/keys/${given.id}`, { profile: profile.id, windows: morning }, { "if-match": version(key) })), "invalid-request");
  key = await manager.patch(`/keys/${given.id}`, { profile: profile.id }, version(key));
  t.like(key, { profile: profile.id, ownProfile: profile.id, windows: [] });
  await knows(world, one);
  t.true(one.types(pin));
  t.false(two.types(pin));
  const at = new Map((await manager.get(`/keys/${given.id}`)).doors.map(({ door, upToDate }: Json) => [door, upToDate]));
  t.deepEqual([at.get(one.id), at.get(two.id)], [true, false]);
  await world.reconnect(two);
  t.true(two.types(pin));

  // Blocked, and what it was before comes back.
  key = await manager.patch(`/keys/${given.id}`, { profile: "blocked" }, version(key));
  t.like(key, { profile: "blocked", ownProfile: profile.id, state: "active" });
  await world.upToDate();
  t.false(one.types(pin));
  t.is(one.lastDecision, "denied: suspended");
  key = await manager.patch(`/keys/${given.id}`, { blocked: false }, version(key));
  t.is(key.profile, profile.id);
  await world.upToDate();
  t.true(one.types(pin));

  // One door less: the truth is by door.
  one.pullPlug();
  key = await manager.patch(`/keys/${given.id}`, { doors: [two.id] }, version(key));
  await knows(world, two);
  t.true(two.types(pin));
  t.true(one.types(pin), "it has not heard");
  t.like(await manager.get(`/keys/${given.id}`), { state: "active", truth: [{ door: one.id, state: "pending" }], doors: [{ door: two.id, upToDate: true }] });
  await world.reconnect(one);
  t.false(one.types(pin));
  t.like((await manager.get(`/keys/${given.id}`)).truth, [{ door: one.id, state: "acknowledged" }]);

  // Uses count on whatever else is edited.
  const twice = await give(manager, world, { doors: [one.id], uses: 2 });
  await world.upToDate();
  t.true(one.types(twice.codes[0].pin));
  const longer = await manager.patch(`/keys/${twice.id}`, { name: "Twice", notAfter: "2026-07-01T00:00:00Z" }, version(twice));
  await world.upToDate();
  t.true(one.types(twice.codes[0].pin));
  t.false(one.types(twice.codes[0].pin));
  t.is(one.lastDecision, "denied: used-up");
  await manager.patch(`/keys/${twice.id}`, { uses: 3 }, version(longer));
  await world.upToDate();
  t.true(one.types(twice.codes[0].pin), "one more than the two that it had");
  t.false(one.types(twice.codes[0].pin));
});

test.serial("S9, X9: a code that cannot be used at a new door gives way to another one; a card that is taken there is refused", async (t) => {
  const world = await World.begin(t, { doors: 2 });
  const [one, two] = world.doors;
  const manager = await managerOf(world, world.property, "manager@example.com");
  const grants = [{ doors: [two.id] }];
  // So many codes that the door asks for seven digits.
  for (const name of ["Crowd", "More"]) await world.add({ name, pins: Array.from({ length: 26 }, () => ({ grants })), ...(name === "More" && { cards: [{ number: "0a0b0c0d0e", grants }] }) });
  const given = await give(manager, world, { doors: [one.id] });
  const [{ pin }] = given.codes;
  t.is(pin.length, 6);
  const card = await give(manager, world, { kind: "card", number: "0a0b0c0d0e", doors: [one.id] });
  t.like(card, { state: "active", codes: [] });
  await world.upToDate();
  t.true(one.types(pin));
  t.true(one.takesCard("0a0b0c0d0e"), "a card opens as soon as the door knows");
  t.is(code(await manager.send("PATCH", `/keys/${card.id}`, { doors: [one.id, two.id] }, { "if-match": version(card) })), "card-taken");
  t.is(code(await manager.send("POST", "/keys", { property: world.property, kind: "card", number: "0a0b0c0d0e", name: "x", user: { name: "x" }, doors: [one.id] })), "card-taken");
  const twice = await give(manager, world, { doors: [one.id], uses: 2 });
  t.is(code(await manager.send("PATCH", `/keys/${twice.id}`, { doors: [two.id] }, { "if-match": version(twice) })), "code-taken", "nobody's uses begin anew");

  const changed = await manager.patch(`/keys/${given.id}`, { doors: [one.id, two.id] }, version(given));
  t.is(changed.codes.length, 1);
  const [{ pin: other }] = changed.codes;
  t.is(other.length, 7);
  await world.upToDate();
  t.false(one.types(pin));
  t.true(one.types(other));
  t.true(two.types(other));
  t.true((await manager.get(`/keys/${given.id}`)).doors.every(({ upToDate }: Json) => upToDate));
});

test.serial("S10: all keys are listed and any can be removed, a pending one too; the last administrator stays", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const manager = await managerOf(world, world.property, "manager@example.com");
  const give1 = (key: object) => give(manager, world, key);
  const pin = await give1({ name: "PIN" });
  const card = await give1({ name: "Card", kind: "card", number: "0a0b0c0d0e" });
  const pending = await give1({ name: "App", kind: "app" });
  await world.upToDate();
  const { items } = await manager.get(`/keys?property=${world.property}`);
  t.deepEqual(items.map(({ name, state }: Json) => [name, state]).sort(), [["App", "pending"], ["Card", "active"], ["PIN", "active"]]);
  t.deepEqual((await manager.get(`/keys?property=${world.property}&limit=2`)).items.length, 2);
  const found = async (query: string) => (await manager.get(`/keys?property=${world.property}&${query}`)).items.map(({ name }: Json) => name).sort();
  t.deepEqual(await found("search=AR"), ["Card"], "part of its name");
  t.deepEqual(await found(`search=${encodeURIComponent(card.user.name.slice(1).toUpperCase())}`), ["App", "Card", "PIN"], "or of its user's");
  t.deepEqual(await found("mine=true"), []);
  t.deepEqual(await found("mine=false&state=active"), ["Card", "PIN"]);
  t.like(items[0], { mine: false, propertyName: "Rue des Lilas 7", timeZone: "Europe/Paris" });
  t.true(door.types(pin.codes[0].pin));
  t.true(door.takesCard("0a0b0c0d0e"));
  door.pullPlug();
  const removed = await manager.expect(200, "DELETE", `/keys/${pin.id}`);
  t.like(removed, { state: "ended", can: ["see"], truth: [{ door: door.id, state: "pending" }] });
  t.true(door.types(pin.codes[0].pin), "it has not heard");
  await world.reconnect(door);
  t.false(door.types(pin.codes[0].pin));
  t.like((await manager.get(`/keys/${pin.id}`)).truth, [{ door: door.id, state: "acknowledged" }]);
  for (const { id } of [card, pending]) t.is((await manager.expect(200, "DELETE", `/keys/${id}`)).state, "ended");
  await world.upToDate();
  t.false(door.takesCard("0a0b0c0d0e"));

  // Whatever ends a person ends their keys.
  const gone = await give1({ name: "Gone" });
  await world.revoke({ id: gone.user.person });
  t.is((await manager.get(`/keys/${gone.id}`)).state, "ended");
  t.is(code(await manager.send("POST", "/keys", { property: world.property, kind: "app", name: "x", user: { person: gone.user.person }, doors: [door.id] })), "person-revoked");
  await manager.expect(204, "DELETE", `/people/${gone.user.person}`);
  t.like(await manager.get(`/keys/${gone.id}`), { name: "", user: { name: "" } });
  t.is(code(await manager.send("POST", "/keys", { property: world.property, kind: "app", name: "x", user: { person: gone.user.person }, doors: [door.id] })), "not-found", "and nobody is known any more");

  // Administrators: times do not bind them, and one is left.
  const ana = await signIn(world, "ana@example.com", { name: "Ana" });
  const admin = await give1({ kind: "app", profile: "admin" });
  t.is((await manager.expect(200, "DELETE", `/keys/${(await give1({ kind: "app", profile: "admin" })).id}`)).state, "ended", "one that is pending administers nothing");
  let key = await ana.post("/keys/accept", { token: tokenOf(admin.link) }, 200);
  t.like(key, { profile: "admin", state: "active" });
  t.is(code(await manager.send("DELETE", `/keys/${admin.id}`)), "last-administrator");
  for (const profile of [null, "blocked"]) t.is(code(await manager.send("PATCH", `/keys/${admin.id}`, { profile }, { "if-match": version(key) })), "last-administrator");
  const bo = await signIn(world, "bo@example.com", { name: "Bo" });
  const second = await give1({ kind: "app", profile: "admin" });
  await bo.post("/keys/accept", { token: tokenOf(second.link) }, 200);
  t.is(code(await bo.send("DELETE", `/keys/${admin.id}`)), "not-allowed", "an admin does not remove another");
  key = await manager.patch(`/keys/${admin.id}`, { profile: null }, version(key));
  t.is(key.profile, null);
  t.is(code(await manager.send("DELETE", `/keys/${second.id}`)), "last-administrator");
  await manager.expect(200, "DELETE", `/keys/${admin.id}`);
});

test.serial("S1, N1, P4: a link makes nobody somebody else; a key goes on with the code that replaces one of a stolen door", async (t) => {
  const world = await World.begin(t, { doors: 2 });
  const [one, two] = world.doors;
  const manager = await managerOf(world, world.property, "manager@example.com");
  const pia = await give(manager, world, { name: "Pia's", user: { name: "Pia" } });
  const [{ pin }] = pia.codes;
  const olga = await signIn(world, "olga@example.com", { name: "Olga" });
  const hers = await give(manager, world, { kind: "app", doors: [one.id], user: { name: "Olga" } });
  await olga.post("/keys/accept", { token: tokenOf(hers.link) }, 200);
  await manager.put(`/doors/${one.id}/owners`, { owners: [{ person: hers.user.person }] });
  const ask = (key: object) => olga.send("POST", "/keys", { property: world.property, kind: "app", name: "x", user: { person: pia.user.person }, doors: [one.id], ...key });
  t.is(code(await ask({ doors: [one.id, two.id] })), "not-found", "not both doors are hers");
  const own = (await ask({})).body;
  t.is(own.user.person, pia.user.person, "they have a door in common");
  // She opens the link herself: what Pia has from others does not become hers.
  const accepted = await olga.post("/keys/accept", { token: tokenOf(own.link) }, 200);
  t.not(accepted.user.person, pia.user.person);
  t.is((await manager.get(`/keys/${pia.id}`)).user.name, "Pia");
  t.deepEqual((await olga.get("/account/doors")).items.map(({ id, property }: Json) => [id, property.timeZone]), [[one.id, "Europe/Paris"]]);
  t.is(accepted.timeZone, "Europe/Paris");
  await world.upToDate();
  t.true(one.types(pin));
  t.true(two.types(pin));

  const report = await siteClient(world).post(`/doors/${one.id}/stolen`, { overlapHours: 2 }, 200);
  const renewed = report.renewed.find(({ name }: Json) => name === "Pia").codes[0].pin;
  await knows(world, two);
  const both = () => [two.types(pin), two.types(renewed), two.lastDecision];
  t.deepEqual(both(), [true, true, "granted"], "the old code opens beside the new one for two hours");
  let key = await manager.get(`/keys/${pia.id}`);
  t.like(key, { state: "active", doors: [{ door: two.id, upToDate: true }] });
  key = await manager.patch(`/keys/${pia.id}`, { profile: "blocked" }, version(key));
  await knows(world, two);
  t.deepEqual(both(), [false, false, "denied: suspended"]);
  key = await manager.patch(`/keys/${pia.id}`, { blocked: false }, version(key));
  await knows(world, two);
  t.deepEqual(both(), [true, true, "granted"]);
  world.clock.advance(2 * 3_600_000);
  t.deepEqual(both(), [false, true, "granted"], "whatever became of the key meanwhile, the old code lasts no longer");
  key = await manager.patch(`/keys/${pia.id}`, { windows: [{ days: ["friday"], start: "00:00", end: "24:00" }] }, version(key));
  await world.until("the door is back and up to date", async () => {
    const { online, upToDate } = await world.get(`/api/doors/${two.id}`);
    return online && upToDate;
  });
  t.deepEqual(both(), [false, false, "denied: outside-schedule"], "1 January 2026 is a Thursday");
  t.is((await manager.get(`/keys/${accepted.id}`)).state, "ended", "a key to that door alone has ended with it");
  await manager.expect(200, "DELETE", `/keys/${pia.id}`);
  await knows(world, two);
  t.false(two.types(renewed));
  t.is(two.lastDecision, "denied: unknown-credential");
});

test.serial("O12, S3, S9: what a member gives as a key is within what is theirs, follows their doors, and ends", async (t) => {
  const world = await World.begin(t, { doors: 2, start: Date.UTC(2026, 0, 1, 12) });
  const [one, two] = world.doors;
  const building = await Building.of(world);
  const flat = await building.flat("Flat 1");
  const ada = await building.leaseholder(flat, "ada");
  const end = "2026-01-20T00:00:00Z";
  const add = (key: object) => ada.client.send("POST", "/keys", { property: world.property, kind: "pin", name: "Parcels", user: { name: "Parcel service" }, doors: [one.id, two.id], household: ada.household, ...key });
  t.is(code(await add({})), "end-needed");
  t.is(code(await add({ notAfter: "2026-12-01T00:00:00Z" })), "end-too-far");
  t.is(code(await add({ notAfter: end, profile: "admin" })), "not-allowed");
  const given = (await add({ notAfter: end })).body;
  t.like(given, { state: "active", household: ada.household, giver: "ada" });
  const [{ pin }] = given.codes;
  await world.upToDate();
  t.true(one.types(pin));
  t.true(two.types(pin));
  t.is((await ada.client.get(`/members/${given.user.person}`)).role, "share", "it is what the household has given");

  // By the app: the place waits with the key, and is taken with it.
  const app = (await add({ kind: "app", user: { email: "kim@example.com" }, doors: [one.id], notAfter: end })).body;
  t.is((await ada.client.get(`/members/${app.user.person}`)).state, "pending");
  const kim = await signIn(world, "kim@example.com", { name: "Kim" });
  await kim.post("/keys/accept", { token: await lastToken(world, "kim@example.com", "key-link") }, 200);
  t.like(await ada.client.get(`/members/${app.user.person}`), { state: "active", name: "Kim" });
  await world.upToDate();
  t.like((await world.get(`/api/doors/${one.id}/why/${app.user.person}`)).people, [{ credential: { kind: "phone" }, verdict: "granted" }]);

  // Edited by whoever gave it, within the same bounds, and by nobody else.
  t.is(code(await building.manager.send("PATCH", `/keys/${given.id}`, { name: "x" }, { "if-match": version(given) })), "not-allowed");
  t.is(code(await ada.client.send("PATCH", `/keys/${given.id}`, { notAfter: null }, { "if-match": version(given) })), "end-needed");
  const windows = [{ days: ["friday"], start: "08:00", end: "12:00" }];
  await ada.client.patch(`/keys/${given.id}`, { windows }, version(given));
  await world.upToDate();
  t.false(one.types(pin), "1 January 2026 is a Thursday");
  t.is(one.lastDecision, "denied: outside-schedule");
  world.goTo("2026-01-02T08:00:00Z");
  t.true(one.types(pin));

  // The household loses a door: so does what it gave.
  const { body: unit, headers } = await building.manager.send("GET", `/properties/${world.property}/units/${flat}`);
  t.truthy(unit.id);
  await building.manager.patch(`/properties/${world.property}/units/${flat}`, { doors: [one.id] }, headers.get("etag")!);
  await world.upToDate();
  t.true(one.types(pin));
  t.false(two.types(pin));
  t.is((await ada.client.get(`/keys/${given.id}`)).state, "active");

  // Ended by the manager; the other by its time, at a door without a network too.
  await building.manager.expect(200, "DELETE", `/keys/${given.id}`);
  t.like(await ada.client.get(`/members/${given.user.person}`), { state: "ended", endReason: "share-ended" });
  await world.upToDate();
  t.false(one.types(pin));
  world.goTo(end);
  await world.until("it is tidied up", async () => (await kim.get(`/keys/${app.id}`)).state === "ended");
  t.is((await ada.client.get(`/members/${app.user.person}`)).endReason, "expired");
});

test("S4, S10: a key begins once and never comes back", (t) => {
  t.deepEqual(keyAfter("pending", "activated"), { state: "active" });
  t.deepEqual(keyAfter("active", "activated"), { state: "active" });
  t.deepEqual(keyAfter("ended", "activated"), { refused: "key-ended" });
  t.deepEqual(keyAfter("active", "declined"), { refused: "not-pending" });
  for (const state of ["pending", "active", "ended"] as const) for (const event of ["removed", "expired"] as const) t.deepEqual(keyAfter(state, event), { state: "ended" });
});

/** Upkeep has ended a key: it works on its own, minute by minute once its last round is over, so both are given time. */
async function ended(rig: CloudRig, client: Client, { id }: Json): Promise<void> {
  for (let asked = 0; asked < 1_000; asked++) {
    if ((await client.get(`/keys/${id}`)).state === "ended") return;
    rig.clock.advance(10);
  }
  throw new Error("upkeep did not end the key");
}

async function lastTokenTo(rig: CloudRig, identifier: string): Promise<string | undefined> {
  const messages = await messagesTo(rig, identifier);
  return /#([A-Za-z0-9_-]{22})/.exec(messages.find(({ kind }) => kind === "key-link")?.text ?? "")?.[1];
}

/** Somebody proves an address, and gives it up again. */
async function addAndRemove(rig: CloudRig, client: Client, identifier: string): Promise<void> {
  await client.post("/account/identifiers", { identifier }, 202);
  const [{ text }] = await messagesTo(rig, identifier);
  await client.post("/account/identifiers/verify", { identifier, code: /\b[0-9]{8}\b/.exec(text)![0] }, 200);
  const { identifiers } = await client.get("/account");
  await client.expect(200, "DELETE", `/account/identifiers/${identifiers.find(({ value }: Json) => value === identifier).id}`);
}
