import { request } from "node:http";
import fc from "fast-check";
import test, { type ExecutionContext } from "ava";
import { formatMoment, formatWindows, parseMoment, parseWindows } from "../cloud/building-file/cell-formats";
import { HEADER } from "../cloud/building-file/columns";
import { harmless, readCsv } from "../cloud/building-file/read-csv";
import { findOverlap, sortWindows, type Window } from "../cloud/access/window";
import { IMPORT_BYTES_MAX, IMPORT_ROWS_MAX } from "../cloud/limits";
import { DEFAULT_RULES } from "../cloud/properties/household-rules";
import { CloudRig, type ApiAnswer, type Json } from "./support/cloud-rig";
import { signInManager } from "./support/managers";
import { messagesTo, siteClient, signIn, type Client, type Site } from "./support/sign-in";
import { testOfSqlite } from "./support/test-database";
import { World } from "./support/world";

/** Sends a file as it is. */
async function load(client: Client, property: string, file: string | Uint8Array, { dryRun = false, type = "text/csv" } = {}): Promise<ApiAnswer> {
  const response = await fetch(`${client.site.cloud.url}/api/properties/${property}/import${dryRun ? "?dryRun=true" : ""}`, { method: "POST", headers: { ...client.credentials, "content-type": type }, body: file as NonNullable<RequestInit["body"]> });
  return { status: response.status, type: response.headers.get("content-type"), headers: response.headers, body: JSON.parse(await response.text()) };
}

async function loaded(t: ExecutionContext, client: Client, property: string, file: string): Promise<Json> {
  const { status, body } = await load(client, property, file);
  t.is(status, 200, JSON.stringify(body));
  return body;
}

async function save(client: Client, property: string): Promise<string> {
  const response = await fetch(`${client.site.cloud.url}/api/properties/${property}/export`, { headers: client.credentials });
  return Buffer.from(await response.arrayBuffer()).toString("utf8"); // with its mark
}

/** What is said of a body of that length before any of it is sent. */
function statusOfLength(client: Client, property: string, length: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(`${client.site.cloud.url}/api/properties/${property}/import`, { method: "POST", agent: false, headers: { ...client.credentials, "content-type": "text/csv", "content-length": String(length) } }, (response) => {
      resolve(response.statusCode!);
      sent.destroy();
    });
    sent.on("error", reject);
    sent.flushHeaders();
  });
}

const faultsOf = ({ body }: ApiAnswer): string[] => body.faults.map(({ line, column, code }: Json) => `${line} ${column ?? "-"} ${code}`);
const withoutIds = (file: string): string => file.replace(/^([a-z]+),[0-9a-f]{16},/gm, "$1,,");
/** … nor what depends on when it was made. */
const alike = (file: string): string => withoutIds(file).replace(/,2026-0[56]-\d\dT[^,]*/g, ",").replace(/,[0-9a-f]{16},/g, ",household,");

/** Registered, and claimed by nobody: enough for lists of rights. */
async function addDoor(site: Site, property: string, name: string, number: number): Promise<string> {
  return (await siteClient(site).post("/doors", { property, name, claim: `latchkey:1:${String(number).padStart(16, "0")}:${"1".repeat(32)}` })).id;
}

test("X13: files are read as spreadsheets write them", (t) => {
  const rows = (bytes: Uint8Array) => readCsv(bytes).rows.map(({ line, kind, cells }) => [line, kind, cells.name, cells.doors]);
  const expected = [[2, "unit", "Étage, 1", "A | B"], [4, "unit", 'Flat "2"', ""]];
  const text = (separator: string, end: string) => [["kind", " Name ", "DOORS"], ["unit", '"Étage, 1"', "A | B"], ["", "", ""], ["unit", '"Flat ""2"""', ""]].map((cells) => cells.join(separator)).join(end) + end;
  for (const separator of [",", ";", "\t"]) {
    for (const end of ["\n", "\r\n", "\r"]) t.deepEqual(rows(Buffer.from(text(separator, end))), expected, JSON.stringify([separator, end]));
  }
  t.deepEqual(rows(Buffer.from(`\ufeff${text(";", "\r\n")}`)), expected, "with the mark of UTF-8");
  t.deepEqual(rows(Buffer.from(`\ufeff${text("\t", "\r\n")}`, "utf16le")), expected, "UTF-16, as Excel's Unicode text is");
  t.deepEqual(rows(Buffer.from(`sep=;\n${text(";", "\n")}`)).map(([line]) => line), [3, 5]);
  t.deepEqual(rows(Buffer.from("kind,,name,,\nunit,,a,,\n")).map(([line]) => line), [2], "columns that a spreadsheet has left behind");
  t.deepEqual(rows(Buffer.from('kind,name\nunit,"two\nlines"\nunit,x\n')).map(([line]) => line), [2, 4]);

  const faults = (text: string | Uint8Array) => readCsv(Buffer.from(text as string)).faults.map(({ line, column, code }) => `${line} ${column ?? "-"} ${code}`);
  t.deepEqual(faults(""), ["1 - empty-file"]);
  t.deepEqual(faults(Buffer.from("kind,name\nunit,a\nunit,É\n", "latin1")), ["3 - not-utf-8"]);
  t.deepEqual(faults("name,colour,name\n"), ["1 colour unknown-column", "1 name column-twice", "1 kind missing-column"]);
  t.deepEqual(faults('kind,name\nunit,a\nunit,"b\nunit,c\n'), ["3 - bad-csv"]);
  t.deepEqual(faults("kind,name\nunit,a,b\nhouse,c\n,d\nunit,e\n"), ["2 - too-many-cells", "3 kind unknown-kind", "4 kind needed"]);
  t.deepEqual(faults(`kind,name\n${"unit,a\n".repeat(IMPORT_ROWS_MAX + 1)}`), ["1 - too-many-lines"]);
  t.notThrows(() => fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void readCsv(bytes)), { seed: 5, numRuns: 500 }), "whatever the bytes are");
});

test("X13: no cell that is written is a formula, and each is read as it was", (t) => {
  const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
  for (const risky of ["=1+1", "＝1+1", "+33612345678", "-1", "@SUM(A1)", "'=x", "'", "''"]) {
    t.regex(harmless(risky), /^'/);
    t.is(readCsv(Buffer.from(`kind,name\nunit,${quoted(harmless(risky))}\n`)).rows[0].cells.name, risky);
  }
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }).filter((name) => name.trim() === name && !/[\u0000\r\n]/.test(name)), (name) => {
      t.notRegex(harmless(name), /^[=+\-@\t\r＝＋－＠]/);
      t.is(readCsv(Buffer.from(`kind,name\nunit,${quoted(harmless(name))}\n`)).rows[0].cells.name, name);
    }),
    { seed: 7 },
  );
});

test("X13: times and days are written as they are read, over every change of the clock", (t) => {
  const window = fc.record({ days: fc.integer({ min: 1, max: 127 }), start: fc.integer({ min: 0, max: 1_439 }), length: fc.integer({ min: 1, max: 1_439 }), onHolidays: fc.boolean() }).map(({ days, start, length, onHolidays }): Window => ({ days, start, end: start + length, onHolidays }));
  fc.assert(
    fc.property(fc.array(window, { maxLength: 4 }), (windows) => {
      t.deepEqual(parseWindows(formatWindows(windows)), sortWindows(windows));
      t.is(findOverlap(parseWindows(formatWindows(windows))!) === undefined, findOverlap(windows) === undefined);
    }),
    { seed: 11 },
  );
  const zones = fc.constantFrom("Europe/Paris", "Australia/Lord_Howe", "America/St_Johns", "UTC");
  fc.assert(fc.property(zones, fc.integer({ min: 1, max: 4_294_967_294 }), (zone, seconds) => void t.is(parseMoment(formatMoment(seconds, zone), zone, "end"), seconds)), { seed: 13 });
  for (const repeated of [1_792_890_000, 1_792_893_600]) t.is(parseMoment(formatMoment(repeated, "Europe/Paris"), "Europe/Paris", "start"), repeated, "the hour that comes twice");
  const paris = (text: string, edge: "start" | "end" = "start") => parseMoment(text, "Europe/Paris", edge);
  t.is(paris("2026-12-24"), Date.parse("2026-12-23T23:00:00Z") / 1_000);
  t.is(paris("2026-12-24", "end"), Date.parse("2026-12-24T23:00:00Z") / 1_000, "the whole day");
  t.is(paris("2026-07-14 08:30"), Date.parse("2026-07-14T06:30:00Z") / 1_000);
  t.is(paris("2026-07-14T08:30:00+00:00"), Date.parse("2026-07-14T08:30:00Z") / 1_000);
  for (const wrong of ["14.07.2026", "2026-02-30", "2026-13-01", "soon", "1969-01-01", "2200-01-01"]) t.is(paris(wrong), undefined, wrong);
  t.deepEqual(parseWindows("Sat-Mon 22:00-06:00 | wed,fri 8:00–12:00 holidays"), [{ days: 0b0010100, start: 480, end: 720, onHolidays: true }, { days: 0b1100001, start: 1_320, end: 1_800, onHolidays: false }]);
  for (const wrong of ["mon", "mo 08:00-12:00", "mon 08:00-25:00", "mon 08:00-08:00", "mon 8-12"]) t.is(parseWindows(wrong), undefined, wrong);
});

const WHOLE = `kind,name,unit,household,number,template,doors,email,phone,person,class,key,card,profile,windows,start,end,uses,outputs,groups,permissions
template,Staircase,,,,,Front door | Garage,,,,,,,,,,,,,,
unit,Flat 1,,,1,Staircase,Flat 1,,,,,,,,,,,,,,
unit,Flat 2,,,2,Staircase,,,,,,,,,,,,,,,
profile,Office hours,,,,,,,,,,,,,mon-fri 08:00-18:00 | sat 09:00-12:00 holidays,,2027-12-31,,0,,
group,Caretakers,,,,,Garage,,,,,,,Office hours,,,,,,,remote-unlock
lease,Ada Lovelace,Flat 1,,,,,ada@example.com,+33 6 12 34 56 78,,,,,,,2026-05-01,,,,,
lease,Old Bob,Flat 2,first,,,,,,,,,,,,,2027-05-31,,,,
lease,Eve,Flat 2,second,,,,eve@example.com,,,,,,,,,,,,,
resident,Rita,Flat 1,,,,,,,,,,,,daily 06:00-24:00,,,,,,
guest,Gus,Flat 1,,,,Front door,gus@example.com,,,,,,,,,2026-12-24 18:00,,,,
staff,"Cleaner, ""the good one""",,,,,,,,,,,,,,,,,,Caretakers,
person,=cmd|' /C calc'!A0,,,,,,,,,guest,,,,,,,,,,
key,Weekdays,,,,,Front door,,,"Cleaner, ""the good one""",,pin,,Office hours,,,,,,,
key,Badge,,,,,Front door | Garage,,,"Cleaner, ""the good one""",,card,04a1b2c3,,,,,,,,
key,Parcels,,,,,Front door,,,Parcel service,guest,pin,,,mon-sat 08:00-20:00,,2026-06-30,3,,,
key,Phone,,,,,Garage,zoe@example.com,,Zoe,staff,app,,blocked,,,,,,,
`;

async function begin(t: ExecutionContext): Promise<{ rig: CloudRig; manager: Client; property: string; other: string }> {
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop());
  const make = async (first: number) => {
    const property: string = (await rig.post("/properties", { name: `Number ${first}` })).id;
    for (const [index, name] of ["Front door", "Garage", "Flat 1"].entries()) await addDoor(rig, property, name, first + index);
    await siteClient(rig).send("PUT", `/properties/${property}/rules`, { ...DEFAULT_RULES, groups: true }, { "if-match": "*" });
    return property;
  };
  const [property, other] = [await make(10), await make(20)];
  return { rig, property, other, manager: await signInManager(rig, property, "manager@example.com") };
}

test("X13: a file makes a building; the same file again, and what is written of it, changes nothing", async (t) => {
  const { rig, property, other, manager } = await begin(t);
  const dry = await load(manager, property, WHOLE, { dryRun: true });
  t.is(dry.status, 200);
  t.like(dry.body, { dryRun: true, made: 16, changed: 0, left: 0, faultCount: 0, codes: [] });
  t.deepEqual((await manager.get(`/properties/${property}/units`)).items, [], "a dry run changes nothing");
  t.deepEqual(await messagesTo(rig, "ada@example.com"), [], "and writes to nobody");

  const done = await loaded(t, manager, property, WHOLE);
  t.like(done, { dryRun: false, made: 16, faultCount: 0 });
  const drawn = (line: number) => done.codes.find((each: Json) => each.line === line);
  t.deepEqual(done.codes.map(({ line }: Json) => line), [8, 10, 14, 16, 17].filter((line) => drawn(line) !== undefined));
  for (const line of [8, 10, 14, 16]) t.regex(drawn(line).codes[0].pin, /^[0-9]{6}$/, `line ${line}: told once`);
  t.regex(drawn(17).link.url, /#[A-Za-z0-9_-]{22}$/);
  t.is((await messagesTo(rig, "ada@example.com"))[0].kind, "lease");
  const units = (await manager.get(`/properties/${property}/units`)).items;
  t.deepEqual(units.map(({ name, number, allDoors, households }: Json) => [name, number, allDoors.length, households.length]).sort(), [["Flat 1", "1", 3, 1], ["Flat 2", "2", 2, 2]]);

  const again = await loaded(t, manager, property, WHOLE);
  t.like(again, { made: 0, changed: 0, left: 16, lines: [], codes: [] });
  const audit = async (): Promise<Json[]> => {
    const items: Json[] = [];
    let next: string | null = "0";
    while (next !== null) {
      const page: Json = await manager.get(`/audit?property=${property}&after=${next}`);
      items.push(...page.items);
      next = page.next;
    }
    return items;
  };
  const before = (await audit()).length;
  const file = await save(manager, property);
  t.true(file.startsWith(`\ufeff${HEADER.join(",")}\r\n`));
  t.regex(file, /"'=cmd\|' \/C calc'!A0"|'=cmd\|' \/C calc'!A0/);
  t.notRegex(file, /^(?:.*,)?"?[=@]/m, "no cell is a formula");
  t.true(file.includes("'+33612345678"));
  for (const { codes, link } of done.codes) for (const secret of [...codes.map(({ pin }: Json) => pin), ...(link === null ? [] : [link.url.split("#")[1]]), "04a1b2c3"]) t.false(file.includes(secret), "no code and no card is written");
  const back = await loaded(t, manager, property, file);
  t.like(back, { made: 0, changed: 0, left: 18, lines: [], codes: [] });
  t.deepEqual((await audit()).slice(before).map(({ action }) => action), ["property.export", "property.import"]);
  t.is(await save(manager, property), file);

  // Another property of the same doors: ids are of where they were given, card numbers are not written.
  const elsewhere = withoutIds(file).replace(/^key,,Badge,.*\r\n/m, "");
  const site = siteClient(rig);
  t.like(await loaded(t, site, other, elsewhere), { made: 17, changed: 0, left: 0 });
  t.is(alike(await save(site, other)), alike(elsewhere));

  // Of two at once the one makes it, and the other finds it there.
  const twice = await Promise.all([1, 2].map(() => load(manager, property, "kind,name\nunit,Flat 3\n")));
  t.deepEqual(twice.map(({ body }) => `${body.made} ${body.left}`).sort(), ["0 1", "1 0"]);

  // Changes, each with what it names; a column that is not in the file changes nothing.
  const change = await loaded(t, manager, property, "kind,name,unit,person,key,doors,end,windows,profile\nunit,Flat 2,,,,Garage,,,\nlease,Old Bob,Flat 2,,,,2028-05-31,,\nguest,Gus,Flat 1,,,,,,\n".replace("guest,Gus,Flat 1,,,,,,\n", "") + 'key,Weekdays,,"Cleaner, ""the good one""",pin,Front door | Garage,,,\nprofile,Office hours,,,,,2027-12-31,mon-fri 07:00-19:00,\n');
  t.deepEqual(change.lines.map(({ line, act, changed }: Json) => `${line} ${act} ${changed.join()}`), ["2 change doors", "3 change end", "4 change doors,profile", "5 change windows"]);
  t.like(await loaded(t, manager, property, "kind,name,doors\nunit,Flat 2,Garage\n"), { changed: 0, left: 1 });
  const [key] = (await manager.get(`/keys?property=${property}`)).items.filter(({ name }: Json) => name === "Weekdays");
  t.is(key.doors.length, 2);
  t.false(rig.log.includes(drawn(14).codes[0].pin), "no code in the log");
  // By its id, as the export has it, a name can be another one too.
  const renamed = file.replace("Parcel service,,,,,,,,,guest", "Parcel firm,,,,,,,,,guest").split("\r\n");
  const line = renamed.find((each) => each.includes("Parcel firm"))!;
  t.deepEqual((await loaded(t, manager, property, `${renamed[0]}\r\n${line}`)).lines.map(({ act, changed }: Json) => `${act} ${changed.join()}`), ["change name"]);
  const outside = (await manager.get(`/people?property=${property}&outside=true&ended=false`)).items;
  t.true(outside.some(({ name }: Json) => name === "Parcel firm"));
  t.true(outside.every(({ household }: Json) => household === null), "nobody of a household");
  t.true((await manager.get(`/people?property=${property}&class=staff`)).items.every((person: Json) => person.class === "staff"));
  // A name that its holder has brought stays theirs (N2).
  const gus = await signIn(rig, "gus@example.com", { name: "Gustave" });
  const { invitations } = await gus.get("/account/places");
  await gus.post(`/account/invitations/${invitations[0].id}/accept`, {}, 200);
  t.like(await loaded(t, manager, property, "kind,name,unit,email\nguest,Gus,Flat 1,gus@example.com\n"), { changed: 0, left: 1 });
});

test("X13: every bad line and cell is named, and a file with one changes nothing", async (t) => {
  const { rig, property, manager } = await begin(t);
  const file = `kind,name,unit,doors,email,phone,person,key,card,profile,windows,start,end,uses,class,number
unit,Flat 1,,Front door,,,,,,,,,,,,
unit,Flat 1,,Garage,,,,,,,,,,,,
unit,,,Cellar,,,,,,,,,,,,12a
lease,Ada,Flat 9,,ada@,,,,,,,,,,,
lease,Ada,Flat 1,,,,,,,,,,2026-01-01,,,
resident,,Flat 1,,,,,,,,,,,,,
guest,Gus,Flat 1,,,,,,,,,,,,,
resident,Rita,Flat 1,,r@example.com,+33612345678,,,,,,,,,,
key,One,,Front door | Garage,,,Paul,pin,,,,,,1,,
key,Two,,Garage,,,Paul,badge,,Nights,mon 08:00-12:00 | mon 11:00-13:00,31.12.2026,,0,boss,
key,Three,,Garage,,,Paul,card,04a1b2c,,,,,,,
key,Four,,Garage,,,Paul,card,04a1b2c3,,,,,,,
key,Five,,Garage,,,Mary,card,04a1b2c3,,,,,,,
key,Six,,Garage,,,Mary,smart,,,,,,,,
staff,Sue,,Garage,,,,,,,,,,,,
key,Good,,Garage,,,Good,pin,,,,,,,,
`;
  const expected = [
    "3 name twice",
    "4 doors unknown-door",
    "4 name needed",
    "4 number bad-value",
    "5 email bad-identifier",
    "5 unit unknown-unit",
    "6 end end-not-in-future",
    "7 name needed",
    "8 doors needed",
    "8 end needed",
    "9 phone one-identifier",
    "10 uses uses-need-one-door",
    "11 class bad-value",
    "11 key bad-value",
    "11 profile unknown-profile",
    "11 start bad-value",
    "11 uses bad-value",
    "11 windows windows-overlap",
    "12 card bad-value",
    "14 card card-taken",
    "15 key bad-value",
    "16 doors not-for-this-kind",
  ];
  const order = (faults: string[]) => [...faults].sort();
  const dry = await load(manager, property, file, { dryRun: true });
  t.is(dry.status, 200);
  t.deepEqual(order(faultsOf(dry)), order(expected));
  t.is(dry.body.faultCount, expected.length);
  const refused = await load(manager, property, file);
  t.is(refused.status, 422);
  t.is(refused.body.code, "bad-file");
  t.deepEqual(faultsOf(refused), faultsOf(dry), "the dry run said so");
  t.deepEqual(refused.body.faults.filter(({ detail }: Json) => !/^[A-Z].{10}/.test(detail)), [], "in words");
  t.deepEqual([(await manager.get(`/properties/${property}/units`)).items, (await manager.get(`/people?property=${property}`)).items], [[], []], "all or nothing");
  t.false(JSON.stringify(refused.body).includes("04a1b2c3"), "no card number in a refusal");

  // Groups are off by default (N12); ids are of what is there.
  await siteClient(rig).send("PUT", `/properties/${property}/rules`, DEFAULT_RULES, { "if-match": "*" });
  t.deepEqual(faultsOf(await load(manager, property, "kind,name,id\ngroup,Friends,\nstaff,Sue,0123456789abcdef\n")), ["2 - forbidden-by-rules", "3 id unknown-id"]);

  // What was given without a key is listed, and not changed by a file.
  const [door] = (await manager.get(`/doors?property=${property}`)).items;
  await manager.post("/people", { property, name: "Guard", class: "staff", pins: [{ grants: [{ doors: [door.id] }] }] });
  const listed = await save(manager, property);
  t.like((await load(manager, property, listed)).body, { left: 2, made: 0 });
  t.like((await load(manager, property, listed.replace(/,[0-9a-f]{16},/g, ",,"))).body, { left: 2, made: 0 }, "by what it opens as well");
  t.deepEqual(faultsOf(await load(manager, property, listed.replace(/^(key,.*),(0)(,+)\r$/m, "$1,0 | 1$3\r"))), ["3 outputs fixed"]);
  // Two of one name: somebody says which.
  await manager.post("/people", { property, name: "Guard", class: "staff" });
  t.deepEqual(faultsOf(await load(manager, property, "kind,name,person,key,doors\nstaff,Guard,,,\nkey,,Guard,pin,Garage\n")), ["2 name ambiguous", "3 person ambiguous"]);
  t.like((await load(manager, property, await save(manager, property))).body, { left: 3, made: 0, changed: 0 }, "the export says it by ids");

  // Who may: whoever runs the property; as what a file is sent; how large.
  t.is((await load(manager, property, "kind\n", { type: "application/json" })).body.code, "unsupported-media-type");
  t.is(await statusOfLength(manager, property, IMPORT_BYTES_MAX + 1), 413);
  t.deepEqual(faultsOf(await load(manager, property, `kind,name\n${Array.from({ length: 15_000 }, (_, n) => `unit,${n}\n`).join("")}`)), ["1 - too-many-changes"], "larger than other bodies may be");
  const stranger = await signIn(rig, "stranger@example.com", { name: "S" });
  t.is((await load(stranger, property, "kind\n")).status, 404);
});

// A thousand keys are forty thousand statements: once is enough, and the other engine shows the rest.
testOfSqlite("X13: a thousand keys are imported onto 20 doors and opened at random", async (t) => {
  const world = await World.begin(t, { doors: 20 });
  const site = siteClient(world);
  const doorsOf = (key: number) => [...new Set([key % 20, (key * 7 + 3) % 20, (key * 3 + 1) % 20])];
  const isOpen = (key: number) => key % 5 !== 0;
  // A fifth of them is for the night before: what opens is the file's doing, cell by cell.
  const lines = Array.from({ length: 1_000 }, (_, key) => `key,Person ${key},pin,${doorsOf(key).map((door) => `door ${door}`).join(" | ")},${isOpen(key) ? "daily 00:00-24:00 holidays" : "daily 20:00-23:00"}`);
  const { codes, made } = await loaded(t, site, world.property, ["kind,person,key,doors,windows", ...lines].join("\r\n"));
  t.is(made, 1_000);
  await world.upToDate();
  const pins: string[] = codes.map((each: Json) => each.codes[0].pin);
  t.is(new Set(pins).size >= 990, true, "codes may meet at doors that have nobody in common");
  let state = 1;
  const random = (bound: number) => (state = (state * 48_271) % 2_147_483_647) % bound;
  for (let attempt = 0; attempt < 60; attempt++) {
    const key = random(1_000);
    const own = doorsOf(key);
    const door = attempt % 3 === 0 ? random(20) : own[random(own.length)];
    const shared = !own.includes(door) && pins.some((pin, other) => pin === pins[key] && doorsOf(other).includes(door));
    if (shared) continue;
    t.is(world.doors[door].types(pins[key]), own.includes(door) && isOpen(key), `key ${key} at door ${door}`);
  }

  // What a file changes is so at the doors: a profile for one key, other doors for another; a lease and a card are new.
  const file = `kind,name,unit,person,key,card,doors,profile,windows
profile,Nights,,,,,,,daily 20:00-23:00
unit,Flat 1,,,,,door 0 | door 1,,
lease,Ada,Flat 1,,,,,,
key,,,Person 1,pin,,,Nights,
key,,,Person 2,pin,,door 9,,daily 00:00-24:00 holidays
key,Badge,,Person 3,card,2c00a1b2c3,door 5,blocked,
key,Card,,Person 3,card,2c00d4e5f6,door 5,,
`.replace("key,,,Person 1,pin,,,Nights,", `key,,,Person 1,pin,,${doorsOf(1).map((door) => `door ${door}`).join(" | ")},Nights,`);
  const changed = await loaded(t, site, world.property, file);
  t.deepEqual(changed.lines.map(({ act, changed: columns }: Json) => `${act} ${columns.join()}`), ["make ", "make ", "make ", "change profile,windows", "change doors", "make ", "make "]);
  await world.upToDate();
  const lease = changed.codes[0].codes[0].pin;
  t.deepEqual([0, 1, 2].map((door) => world.doors[door].types(lease)), [true, true, false]);
  const [first] = doorsOf(1);
  t.deepEqual([world.doors[first].types(pins[1]), world.doors[first].lastDecision], [false, "denied: outside-schedule"]);
  const moved: string = changed.codes.find(({ line }: Json) => line === 6)?.codes[0].pin ?? pins[2];
  t.deepEqual([9, ...doorsOf(2).filter((door) => door !== 9)].map((door) => world.doors[door].types(moved)), [true, false, false, false].slice(0, 1 + doorsOf(2).filter((door) => door !== 9).length));
  t.deepEqual([world.doors[5].takesCard("2c00d4e5f6"), world.doors[5].takesCard("2c00a1b2c3"), world.doors[5].lastDecision], [true, false, "denied: suspended"]);
  t.like(await loaded(t, site, world.property, await save(site, world.property)), { made: 0, changed: 0 });
});
