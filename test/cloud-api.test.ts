import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import Libsql from "libsql";
import { startCloud, type Cloud } from "../cloud/cloud";
import { createKeystore, loadKeystore } from "../cloud/keys/keystore";
import { readSettings } from "../cloud/settings";
import { StartupError } from "../cloud/startup-error";
import { MIGRATIONS } from "../cloud/store/migrations/migrations";
import { openStore } from "../cloud/store/open-store";
import { CloudRig, NOON, type Json } from "./support/cloud-rig";
import { newDatabaseUrl, testOfSqlite } from "./support/test-database";

let rig: CloudRig;
let property: string;
let otherProperty: string;
let doorA: string;
let doorB: string;
let foreignDoor: string;

const claim = (digit: string) => `latchkey:1:${digit.repeat(16)}:${"0".repeat(32)}`;
const TOMORROW = new Date((NOON + 86_400) * 1_000).toISOString();
const YESTERDAY = new Date((NOON - 86_400) * 1_000).toISOString();

test.before(async () => {
  rig = await CloudRig.start();
  property = (await rig.post("/properties", { name: "Rue des Lilas 7" })).id;
  otherProperty = (await rig.post("/properties", { name: "Elsewhere", timeZone: "America/New_York" })).id;
  doorA = (await rig.post("/doors", { property, name: "Front", claim: claim("a") })).id;
  doorB = (await rig.post("/doors", { property, name: "Garage", claim: claim("b") })).id;
  foreignDoor = (await rig.post("/doors", { property: otherProperty, name: "Theirs", claim: claim("c") })).id;
});
test.after.always(() => rig.stop());

/** All rows of all tables, to see that a refused request changed nothing. */
async function countRows(): Promise<string> {
  await rig.cloud.settled();
  const events = await rig.get("/events");
  const people = await rig.get("/people");
  const doors = await rig.get("/doors");
  const properties = await rig.get("/properties");
  return JSON.stringify([events, people, doors, properties]);
}

const grant = (changes: object) => ({ property, name: "Ana", class: "guest", pins: [{ grants: [{ doors: [doorA], ...changes }] }] });
const window = (changes: object) => grant({ windows: [{ days: ["monday"], start: "08:00", end: "18:00", ...changes }] });
const card = (changes: object) => ({ property, name: "Ana", class: "guest", cards: [{ number: "010203", grants: [{ doors: [doorA] }], ...changes }] });
const nobody = "0".repeat(16);

const refused: [title: string, method: string, path: string, body: () => unknown, status: number, code: string][] = [
  ["a property without a name", "POST", "/properties", () => ({}), 400, "invalid-request"],
  ["a property with an empty name", "POST", "/properties", () => ({ name: "  " }), 400, "invalid-request"],
  ["a name with a control character", "POST", "/properties", () => ({ name: "a\u0000b" }), 400, "invalid-request"],
  ["a name with half a surrogate", "POST", "/properties", () => ({ name: "a\ud800b" }), 400, "invalid-request"],
  ["an unknown field", "POST", "/properties", () => ({ name: "x", admin: true }), 400, "invalid-request"],
  ["a time zone that does not exist", "POST", "/properties", () => ({ name: "x", timeZone: "Europe/Atlantis" }), 422, "unknown-time-zone"],
  ["an offset as a time zone", "POST", "/properties", () => ({ name: "x", timeZone: "+02:00" }), 422, "unknown-time-zone"],
  ["a holiday that does not exist", "POST", "/properties", () => ({ name: "x", holidays: ["2026-02-30"] }), 400, "invalid-request"],
  ["guests without news for longer than a day", "POST", "/properties", () => ({ name: "x", staleness: { guestSeconds: 86_401, staffSeconds: 86_400, residentSeconds: null } }), 400, "invalid-request"],
  ["a lock that stays open for an hour", "PATCH", `/properties/PROPERTY`, () => ({ unlockSeconds: 3_600 }), 400, "invalid-request"],
  ["a change of a property that does not exist", "PATCH", `/properties/${nobody}`, () => ({ name: "x" }), 404, "not-found"],
  ["a door with a mistyped claim text", "POST", "/doors", () => ({ property, name: "x", claim: "latchkey:1:12:34" }), 400, "invalid-request"],
  ["a door of a property that does not exist", "POST", "/doors", () => ({ property: nobody, name: "x", claim: claim("d") }), 404, "not-found"],
  ["a door that is registered with another secret", "POST", "/doors", () => ({ property, name: "Front", claim: claim("a").replace(/0$/, "1") }), 409, "already-registered"],
  ["a door that is registered elsewhere", "POST", "/doors", () => ({ property: otherProperty, name: "Front", claim: claim("a") }), 409, "already-registered"],
  ["a person of an unknown class", "POST", "/people", () => ({ property, name: "Ana", class: "king" }), 400, "invalid-request"],
  ["a person of a property that does not exist", "POST", "/people", () => ({ property: nobody, name: "Ana", class: "guest" }), 404, "not-found"],
  ["a PIN without grants", "POST", "/people", () => ({ property, name: "Ana", class: "guest", pins: [{ grants: [] }] }), 400, "invalid-request"],
  ["a grant without doors", "POST", "/people", () => grant({ doors: [] }), 400, "invalid-request"],
  ["a grant for a door that does not exist", "POST", "/people", () => grant({ doors: [doorA, nobody] }), 404, "not-found"],
  ["a grant for another property's door", "POST", "/people", () => grant({ doors: [doorA, foreignDoor] }), 409, "door-of-another-property"],
  ["an end in the past", "POST", "/people", () => grant({ notAfter: YESTERDAY }), 422, "end-not-in-future"],
  ["an end before the start", "POST", "/people", () => grant({ notBefore: "2027-01-02T00:00:00Z", notAfter: "2027-01-01T00:00:00Z" }), 422, "end-before-start"],
  ["an end in 80 years", "POST", "/people", () => grant({ notAfter: "2105-01-01T00:00:00Z" }), 422, "end-too-far"],
  ["an end that no door can tell", "POST", "/people", () => grant({ notAfter: "2190-01-01T00:00:00Z" }), 400, "invalid-request"],
  ["an end without a zone", "POST", "/people", () => grant({ notAfter: "2027-01-01T00:00:00" }), 400, "invalid-request"],
  ["an end on the 30th of February", "POST", "/people", () => grant({ notAfter: "2027-02-30T00:00:00Z" }), 400, "invalid-request"],
  ["once, at two doors", "POST", "/people", () => grant({ doors: [doorA, doorB], uses: 1 }), 422, "uses-need-one-door"],
  ["no uses", "POST", "/people", () => grant({ uses: 0 }), 400, "invalid-request"],
  ["half a use", "POST", "/people", () => grant({ uses: 1.5 }), 400, "invalid-request"],
  ["a window on no day", "POST", "/people", () => window({ days: [] }), 400, "invalid-request"],
  ["a window on a day that does not exist", "POST", "/people", () => window({ days: ["funday"] }), 400, "invalid-request"],
  ["a window that starts at 24:00", "POST", "/people", () => window({ start: "24:00" }), 400, "invalid-request"],
  ["a window of no length", "POST", "/people", () => window({ start: "08:00", end: "08:00" }), 400, "invalid-request"],
  ["N9: windows that overlap", "POST", "/people", () => grant({ windows: [{ days: ["monday"], start: "22:00", end: "06:00" }, { days: ["wednesday"], start: "10:00", end: "11:00" }, { days: ["tuesday"], start: "05:00", end: "07:00" }] }), 422, "windows-overlap"],
  ["a card of two bytes", "POST", "/people", () => card({ number: "0102" }), 400, "invalid-request"],
  ["a card of half a byte", "POST", "/people", () => card({ number: "0102030" }), 400, "invalid-request"],
  ["X12: a duress PIN for a card that opens alone", "POST", "/people", () => card({ duressPin: true }), 422, "duress-needs-pin"],
  ["X12: a duress PIN with uses of its own", "POST", "/people", () => ({ ...grant({}), pins: [{ grants: [{ doors: [doorA], uses: 1 }], duressPin: true }] }), 422, "uses-with-duress"],
  ["a card twice", "POST", "/people", () => ({ ...card({}), cards: [...card({}).cards, ...card({}).cards] }), 409, "card-taken"],
  ["an output that no door has", "POST", "/people", () => grant({ outputs: [4] }), 400, "invalid-request"],
  ["no outputs", "POST", "/people", () => grant({ outputs: [] }), 400, "invalid-request"],
  ["a unit number of letters", "POST", "/people", () => ({ ...grant({}), unit: "12a" }), 400, "invalid-request"],
  ["a suspension of nobody", "PUT", `/people/${nobody}/suspension`, () => ({ suspended: true }), 404, "not-found"],
  ["X12: a lock state that there is not", "PUT", "/doors/DOOR/lock-state", () => ({ state: "ajar" }), 400, "invalid-request"],
  ["X12: a lock-down of no door", "PUT", `/doors/${nobody}/lock-state`, () => ({ state: "lock-down" }), 404, "not-found"],
  ["X8: a keypad reset of no door", "POST", `/doors/${nobody}/keypad-reset`, () => ({}), 404, "not-found"],
  ["N16: hours that overlap", "PUT", "/doors/DOOR/hours", () => ({ windows: [{ days: ["monday"], start: "08:00", end: "12:00" }, { days: ["monday"], start: "11:00", end: "18:00" }] }), 422, "windows-overlap"],
  ["N16: first-in of no class", "PUT", "/doors/DOOR/hours", () => ({ windows: [], firstIn: [] }), 400, "invalid-request"],
  ["N16: hours of no door", "PUT", `/doors/${nobody}/hours`, () => ({ windows: [] }), 404, "not-found"],
  ["five outputs", "PUT", "/doors/DOOR/outputs", () => ({ outputs: Array.from({ length: 5 }, () => ({ name: "x" })) }), 400, "invalid-request"],
  ["an output that stays open for an hour", "PUT", "/doors/DOOR/outputs", () => ({ outputs: [{ name: "x", seconds: 3_600 }] }), 400, "invalid-request"],
  ["a release of a door that nobody holds", "POST", "/doors/DOOR/release", () => ({ released: true }), 409, "not-claimed"],
  ["a keyset with a number of one's own", "POST", "/keysets", () => ({ number: 9 }), 400, "invalid-request"],
  ["a revocation of nobody", "POST", "/revocations", () => ({}), 400, "invalid-request"],
  ["a revocation of two things", "POST", "/revocations", () => ({ person: nobody, grant: nobody }), 400, "invalid-request"],
  ["a revocation of a person who does not exist", "POST", "/revocations", () => ({ person: nobody }), 404, "not-found"],
  ["a revocation of a grant that does not exist", "POST", "/revocations", () => ({ grant: nobody }), 404, "not-found"],
  ["a PIN for a person who does not exist", "POST", `/people/${nobody}/pins`, () => ({ grants: [{ doors: [doorA] }] }), 404, "not-found"],
  ["an id that is none", "POST", "/people/../../etc/pins", () => ({ grants: [{ doors: [doorA] }] }), 404, "not-found"],
  ["an address that does not exist", "POST", "/nothing", () => ({}), 404, "not-found"],
  ["a method that an address does not take", "PUT", "/people", () => ({}), 405, "method-not-allowed"],
  ["an array instead of an object", "POST", "/people", () => [], 400, "invalid-request"],
  ["null instead of an object", "POST", "/people", () => null, 400, "invalid-request"],
  ["a prototype as a class", "POST", "/people", () => ({ property, name: "Ana", class: "__proto__" }), 400, "invalid-request"],
];

test.serial("bad input is refused with a problem that says what is wrong, and changes nothing", async (t) => {
  const before = await countRows();
  for (const [title, method, path, body, status, code] of refused) {
    const answer = await rig.send(method, path.replace("PROPERTY", property).replace("DOOR", doorA), body());
    t.is(answer.body.code, code, `${title}: ${JSON.stringify(answer.body)}`);
    t.is(answer.status, status, title);
    t.is(answer.body.status, status, title);
    t.is(answer.type, "application/problem+json", title);
    t.true(answer.body.detail.length > 0 && answer.body.title.length > 0 && answer.body.type.endsWith(code), title);
  }
  t.is(await countRows(), before);
});

test.serial("what is no JSON, too large or of another type is refused", async (t) => {
  const before = await countRows();
  const json = { "content-type": "application/json" };
  const send = async (body: string, headers: Record<string, string>) => (await rig.request("POST", "/api/people", { body, headers })).body.code;
  t.is(await send("{", json), "malformed-json");
  t.is(await send("", json), "malformed-json");
  t.is(await send("name=Ana", { "content-type": "application/x-www-form-urlencoded" }), "unsupported-media-type");
  t.is(await send(JSON.stringify({ name: "x".repeat(70_000) }), json), "too-large");
  t.is((await rig.request("DELETE", "/api/people")).headers.get("allow"), "GET, HEAD, POST");
  t.is(await countRows(), before);
});

test.serial("without the administrator's token there is no answer, and errors never echo it", async (t) => {
  for (const authorization of ["", "Bearer", "Bearer wrong", `Basic ${rig.cloud.adminToken.token}`, `Bearer ${rig.cloud.adminToken.token}x`]) {
    for (const path of ["/api/people", "/api/nothing", "/api/doors/1/2/3"]) {
      const answer = await rig.request("GET", path, { headers: { authorization } });
      t.is(answer.status, 401);
      t.is(answer.body.code, "unauthorized");
      t.false(JSON.stringify(answer.body).includes(rig.cloud.adminToken.token));
    }
  }
  t.is((await rig.request("GET", "/api/health", { headers: { authorization: "" } })).status, 200);
});

test.serial("windows name the two that collide; touching ones and nights are accepted", async (t) => {
  const windows = [{ days: ["monday"], start: "22:00", end: "06:00" }, { days: ["wednesday"], start: "10:00", end: "11:00" }, { days: ["tuesday"], start: "05:00", end: "07:00" }];
  t.deepEqual((await rig.send("POST", "/people", grant({ windows }))).body.windows, [0, 2]);
  windows[2].start = "06:00";
  const person = await rig.post("/people", grant({ windows }));
  const { pins } = await rig.get(`/people/${person.id}/access`);
  t.deepEqual(pins[0].grants[0].windows.map((shown: { start: string; end: string }) => `${shown.start}-${shown.end}`), ["06:00-07:00", "10:00-11:00", "22:00-06:00"]);
});

test.serial("O9, O10: a PIN is given at once, seen again without being stored, and gone once revoked", async (t) => {
  const created = await rig.send("POST", "/people", grant({ notAfter: TOMORROW }));
  t.is(created.headers.get("cache-control"), "no-store");
  const { id, pins } = created.body;
  t.regex(pins[0].pin, /^[0-9]{6}$/);
  const seen = await rig.request("GET", `/api/people/${id}/pins/${pins[0].id}`);
  t.is(seen.body.pin, pins[0].pin);
  t.is(seen.headers.get("cache-control"), "no-store");
  t.is((await rig.send("GET", `/people/${id}`, undefined)).body.pin, undefined);
  const { items } = await rig.get("/audit");
  t.true(items.some((entry: Json) => entry.action === "pin.view" && entry.subject === `person/${id}`));
  t.false(JSON.stringify(items).includes(pins[0].pin));
  await rig.post("/revocations", { person: id });
  t.is((await rig.request("GET", `/api/people/${id}/pins/${pins[0].id}`)).body.code, "pin-gone");
  t.is((await rig.send("POST", `/people/${id}/pins`, { grants: [{ doors: [doorA] }] })).body.code, "person-revoked");
  t.is((await rig.request("GET", `/api/people/${id}/pins/${nobody}`)).status, 404);
});

test.serial("O11: revoking again is the same revocation; a door that never had the access says so", async (t) => {
  const person = await rig.post("/people", grant({ doors: [doorA, doorB] }));
  const first = await rig.post("/revocations", { person: person.id });
  await rig.cloud.settled();
  const second = await rig.post("/revocations", { person: person.id });
  t.is(second.id, first.id);
  t.deepEqual(second.doors.map((door: { state: string }) => door.state), ["never-delivered", "never-delivered"]);
  t.true((await rig.get(`/revocations/${first.id}`)).complete);
});

test.serial("X9: no two PINs of a door are alike, and they grow with the door", async (t) => {
  const hall = (await rig.post("/doors", { property, name: "Hall", claim: claim("e") })).id;
  const pins = new Set<string>();
  for (let n = 0; n < 52; n++) {
    const { pins: given } = await rig.post("/people", grant({ doors: [hall] }));
    t.is(given[0].pin.length, n < 50 ? 6 : 7);
    pins.add(given[0].pin);
  }
  t.is(pins.size, 52);
});

test.serial("X12, X9: cards and what hangs on them are given at once, refused to others, seen again, and gone with their right", async (t) => {
  const codes = async (person: string, id: string) => (await rig.get(`/people/${person}/pins/${id}`)).pin as string;
  const ada = await rig.post("/people", { ...card({ secondPin: true, duressPin: true }), pins: [{ grants: [{ doors: [doorA] }], duressPin: true }] });
  const [mine] = ada.cards;
  t.regex(mine.secondPin.pin, /^[0-9]{6}$/);
  t.not(mine.secondPin.pin, mine.duressPin.pin);
  t.not(ada.pins[0].pin, ada.pins[0].duressPin.pin);
  t.is(await codes(ada.id, mine.secondPin.id), mine.secondPin.pin);
  t.is((await rig.request("GET", `/api/people/${ada.id}/pins/${mine.id}`)).body.code, "not-found", "a card has no digits to see");
  t.is((await rig.send("POST", "/people", card({}))).body.code, "card-taken");
  const access = await rig.get(`/people/${ada.id}/access`);
  t.deepEqual(access.cards.map(({ kind }: Json) => kind), ["card"]);
  t.deepEqual(access.pins.map(({ kind }: Json) => kind).sort(), ["duress-pin", "duress-second-pin", "pin", "second-pin"]);
  await rig.post("/revocations", { grant: mine.grants[0] });
  await rig.cloud.settled();
  t.is((await rig.request("GET", `/api/people/${ada.id}/pins/${mine.secondPin.id}`)).body.code, "pin-gone");
  t.is(await codes(ada.id, ada.pins[0].duressPin.id), ada.pins[0].duressPin.pin, "the PIN's stays");
  await rig.post("/people", card({}));
  const audited = JSON.stringify(await rig.get("/audit"));
  for (const secret of [mine.secondPin.pin, mine.duressPin.pin, ada.pins[0].pin]) t.false(audited.includes(`"${secret}"`));
});

test.serial("orders to a door are kept, said back, audited, and given once", async (t) => {
  const put = async (what: string, body: object) => (await rig.send("PUT", `/doors/${doorB}/${what}`, body)).body.orders;
  t.is((await put("lock-state", { state: "lock-down" })).lockState, "lock-down");
  await put("lock-state", { state: "lock-down" });
  const windows = [{ days: ["monday"], start: "22:00", end: "06:00", onHolidays: true }];
  t.deepEqual((await put("hours", { windows, firstIn: ["staff", "resident"] })).hours, { windows, firstIn: ["resident", "staff"] });
  t.deepEqual((await put("outputs", { outputs: [{ name: "door" }, { name: "gate", seconds: 30 }] })).outputs, [{ name: "door", seconds: null }, { name: "gate", seconds: 30 }]);
  t.true((await put("keypad", { unitNumbers: true })).unitNumbers);
  t.false((await put("keypad", { unitNumbers: false })).unitNumbers);
  await rig.post(`/doors/${doorB}/keypad-reset`, {}, 200);
  t.is((await rig.post(`/doors/${doorB}/keypad-reset`, {}, 200)).orders.keypadResets, 2);
  const { items } = await rig.get("/audit");
  const actions = items.filter(({ subject }: Json) => subject === `door/${doorB}`).map(({ action }: Json) => action);
  t.deepEqual(actions, ["door.register", "door.lock-state", "door.hours", "door.outputs", "door.unit-numbers", "door.unit-numbers", "door.keypad-reset", "door.keypad-reset"]);
});

test.serial("registering a door again with the same secret is the same registration", async (t) => {
  await rig.post("/doors", { property, name: "Front", claim: claim("a") }, 200);
  t.is((await rig.get(`/doors/${doorA}`)).state, "registered");
});

test.serial("lists come in pages", async (t) => {
  const seen: string[] = [];
  let next: string | null = "";
  while (next !== null) {
    const page: { items: { id: string }[]; next: string | null } = await rig.get(`/people?limit=7&property=${property}${next === "" ? "" : `&after=${next}`}`);
    seen.push(...page.items.map((person) => person.id));
    next = page.next;
  }
  t.is(new Set(seen).size, seen.length);
  t.true(seen.length > 50);
  t.is((await rig.request("GET", "/api/people?limit=0")).body.code, "invalid-request");
  t.is((await rig.request("GET", "/api/people?limit=201")).body.code, "invalid-request");
});

test.serial("the API describes itself: every route, its refusals, and nothing that is not there", async (t) => {
  const { body: description } = await rig.request("GET", "/api/openapi.json", { headers: { authorization: "" } });
  t.true(description.openapi.startsWith("3.1"));
  const operations = Object.entries<Json>(description.paths).flatMap(([path, methods]) => Object.entries<Json>(methods).map(([method, operation]) => ({ path, method, operation })));
  t.true(operations.length >= 15);
  for (const { path, method, operation } of operations) {
    t.truthy(operation.responses.default.content["application/problem+json"], path);
    const concrete = path.replace(/\{[a-z]+\}/g, nobody);
    const answer = await rig.request(method.toUpperCase(), concrete, method === "get" ? {} : { body: "{}", headers: { "content-type": "application/json" } });
    t.not(answer.status, 405, path);
    t.not(answer.body.detail, "There is nothing at this address.", `${method} ${path}`);
    t.true(answer.status < 500, path);
    for (const { name } of operation.parameters ?? []) t.is(typeof name, "string");
  }
  const references = [...JSON.stringify(description).matchAll(/"#\/components\/schemas\/([A-Za-z]+)"/g)].map((match) => match[1]);
  for (const name of references) t.truthy(description.components.schemas[name], name);
});

test.serial("state survives a restart", async (t) => {
  const before = await countRows();
  await rig.restart();
  t.is(await countRows(), before);
});

test("settings: what is wrong is named, and its value is not", (t) => {
  const complaint = (variables: Record<string, string>) => t.throws(() => readSettings(variables), { instanceOf: StartupError }).message;
  t.regex(complaint({ LATCHKEY_HTTP_PORT: "http" }), /LATCHKEY_HTTP_PORT/);
  t.regex(complaint({ LATCHKEY_MQTT_PORT: "70000" }), /LATCHKEY_MQTT_PORT/);
  t.regex(complaint({ LATCHKEY_TIME_ZONE: "Mars/Base" }), /LATCHKEY_TIME_ZONE/);
  t.regex(complaint({ LATCHKEY_ADMIN_TOKE: "x" }), /LATCHKEY_ADMIN_TOKE is not a setting/);
  t.false(complaint({ LATCHKEY_ADMIN_TOKEN: "s3cret" }).includes("s3cret"));
  t.is(readSettings({}).httpPort, 8_080);
  t.is(readSettings({ LATCHKEY_HTTP_PORT: "" }).httpPort, 8_080);
});

test("a keystore that others can read, that is broken or missing stops the start", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "keystore.json");
  createKeystore(path);
  t.is(statSync(path).mode & 0o777, 0o600);
  t.notThrows(() => loadKeystore(path));
  const complaint = () => t.throws(() => loadKeystore(path), { instanceOf: StartupError }).message;
  chmodSync(path, 0o640);
  t.regex(complaint(), /can be read by other users/);
  chmodSync(path, 0o600);
  const whole = readFileSync(path, "utf8");
  const secret = (JSON.parse(whole) as { listKey: string }).listKey;
  writeFileSync(path, whole.replace('"threshold": 1', '"threshold": 2'));
  t.regex(complaint(), /more root signatures/);
  writeFileSync(path, whole.replace(secret, secret.slice(1)));
  t.regex(complaint(), /broken at "listKey"/);
  t.false(complaint().includes(secret.slice(1)));
  writeFileSync(path, whole.slice(0, -20));
  t.regex(complaint(), /not JSON/);
  rmSync(path);
  t.regex(complaint(), /Cannot read/);

  const settings = { ...rig.settings, dataFolder: join(folder, "data"), databaseUrl: await newDatabaseUrl(), mqttPort: 0 };
  await (await startCloud(settings, { clock: rig.clock })).stop();
  const keys = join(settings.dataFolder, "keystore.json");
  copyFileSync(keys, join(folder, "kept.json"));
  rmSync(keys);
  await t.throwsAsync(startCloud(settings, { clock: rig.clock }), { instanceOf: StartupError, message: /keystore .* is missing/ });
  createKeystore(keys);
  await t.throwsAsync(startCloud(settings, { clock: rig.clock }), { instanceOf: StartupError, message: /different sites/ });
});

test("new keys count with the commit that keeps them, and the keystore stays as it was", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const settings = { ...rig.settings, dataFolder: join(folder, "data"), databaseUrl: await newDatabaseUrl(), mqttPort: 0 };
  const path = join(settings.dataFolder, "keystore.json");
  const starts = async (work: (cloud: Cloud) => Promise<void> = () => Promise.resolve()): Promise<void> => {
    const cloud = await startCloud(settings, { clock: rig.clock });
    await work(cloud).finally(() => cloud.stop());
  };
  await starts();
  const text = readFileSync(path, "utf8");
  const file = JSON.parse(text) as { listKey: string; leaseKey: string };
  const [stranger, { listKey, leaseKey }] = [{ listKey: "1".repeat(64), leaseKey: "2".repeat(64) }, file];
  // What version 0.1 left of a rotation that was cut short, whichever way it went.
  for (const left of [{ ...file, next: stranger }, { ...file, ...stranger, next: { listKey, leaseKey } }]) {
    writeFileSync(path, JSON.stringify(left));
    await starts();
  }
  writeFileSync(path, JSON.stringify({ ...file, ...stranger }));
  await t.throwsAsync(starts(), { instanceOf: StartupError, message: /keys of keyset 1 are neither/ });
  writeFileSync(path, text, { mode: 0o600 });
  await starts(async (cloud) => {
    const answer = await fetch(`${cloud.url}/api/keysets`, { method: "POST", body: "{}", headers: { authorization: `Bearer ${cloud.adminToken.token}`, "content-type": "application/json" } });
    t.is(answer.status, 201);
  });
  t.is(readFileSync(path, "utf8"), text);
  // The first ones of the file are of no more use, so these are not what it starts with.
  writeFileSync(path, JSON.stringify({ ...file, ...stranger }));
  await starts();
});

testOfSqlite("a database of the first version is brought forward with all that it holds", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "store.sqlite");
  const old = new Libsql(path);
  old.exec(`BEGIN; ${MIGRATIONS[0].sqlite}; PRAGMA application_id = ${0x4c4b6579}; PRAGMA user_version = 1; COMMIT`);
  old.exec("INSERT INTO properties VALUES ('p', 'P', 'UTC', '[]', 5, 1, 1, NULL, 1)");
  old.exec("INSERT INTO doors VALUES ('d', 'p', 'D', 1, 2, NULL, NULL, NULL, x'01', x'02', 1, 1, 9, 9, 1, 8, 3, 4, NULL, 5, 6, 7, 8, 9, 10, 11, 12, NULL)");
  old.exec("INSERT INTO people VALUES ('a', 'p', 'Ada', 'guest', 1, NULL)");
  old.exec("INSERT INTO credentials VALUES ('c', 'a', 'pin', x'03', 6, 1, 1, NULL)");
  old.exec("INSERT INTO door_credentials VALUES ('d', 'c', x'04', x'05', NULL)");
  old.exec("INSERT INTO grants VALUES ('g', 'c', 0, 9, '[]', 0, 0, 1, 'test', NULL, NULL)");
  old.exec("INSERT INTO grant_doors VALUES ('g', 'd', 9, NULL, 0, NULL)");
  old.close();
  const { database, close } = await openStore(path);
  const door = await database.selectFrom("doors").selectAll().executeTakeFirstOrThrow();
  t.like(door, { id: "d", claimed_at: 2, version: 9, acknowledged_version: 8, next_event: 12, lock_state: "normal", throttle_reset: 0, released_at: null, hours: "[]", first_in: 0, outputs: "[]", unit_numbers: 0 });
  t.like(await database.selectFrom("credentials").selectAll().executeTakeFirstOrThrow(), { id: "c", kind: "pin", parent_id: null, digits: 6 });
  t.like(await database.selectFrom("grants").selectAll().executeTakeFirstOrThrow(), { id: "g", outputs: 1 });
  t.like(await database.selectFrom("people").selectAll().executeTakeFirstOrThrow(), { id: "a", unit: null, suspended_at: null });
  await t.throwsAsync(database.deleteFrom("doors").execute(), { message: /FOREIGN KEY/ }, "what belongs to it still does");
  await close();
});

testOfSqlite("a database that is foreign, newer, damaged or in use stops the start with one line", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const complaint = async (path: string) => {
    const { message } = await t.throwsAsync(openStore(path), { instanceOf: StartupError });
    t.false(message.includes("\n"));
    return message;
  };
  const at = (name: string) => join(folder, name);
  writeFileSync(at("text"), "not a database, but a text of some length that goes on");
  t.regex(await complaint(at("text")), /is not a database/);

  const foreign = new Libsql(at("foreign"));
  foreign.exec("CREATE TABLE recipes (id INTEGER)");
  foreign.close();
  t.regex(await complaint(at("foreign")), /another program/);

  await (await openStore(at("newer"))).close();
  const newer = new Libsql(at("newer"));
  newer.exec("PRAGMA user_version = 99");
  newer.close();
  t.regex(await complaint(at("newer")), /later version/);

  await (await openStore(at("damaged"))).close();
  const bytes = readFileSync(at("damaged"));
  writeFileSync(at("damaged"), Buffer.concat([bytes.subarray(0, 4_096), Buffer.alloc(4_096, 0xee), bytes.subarray(8_192)]));
  t.regex(await complaint(at("damaged")), /damaged|malformed|Cannot open/);

  t.regex(await complaint(at("no/such/folder")), /Cannot open/);
  const first = await openStore(at("shared"));
  t.regex(await complaint(at("shared")), /in use by another process/);
  await first.close();
  await (await openStore(at("shared"))).close();
});

test("a port in use stops the start, and lets go of all that was taken", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const settings = { ...rig.settings, dataFolder: folder, databaseUrl: await newDatabaseUrl(), mqttPort: 0 };
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  for (const [taken, name] of [["mqttPort", "MQTT"], ["httpPort", "HTTP"]]) {
    await t.throwsAsync(startCloud({ ...settings, [taken]: port }, { clock: rig.clock }), { instanceOf: StartupError, message: new RegExp(`Port ${port} .* in use: set LATCHKEY_${name}_PORT`) });
  }
  server.close();
  await (await startCloud(settings, { clock: rig.clock })).stop();
});

testOfSqlite("npm run cloud: a second process on the same data is one clear line and status 1", (t) => {
  const environment = { ...process.env, LATCHKEY_DATA: rig.settings.dataFolder, LATCHKEY_HTTP_PORT: "0", LATCHKEY_MQTT_PORT: "0" };
  const { status, stderr, stdout } = spawnSync(process.execPath, ["-r", "tsx/cjs", "cloud/main.ts"], { env: environment, encoding: "utf8" });
  t.is(status, 1);
  t.is(stdout, "");
  t.regex(stderr, /^The database .* is in use by another process: one Latchkey at a time\.\n$/);
});
