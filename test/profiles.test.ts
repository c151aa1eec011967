import test from "ava";
import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { rowsOfDoor } from "../cloud/access/door-row";
import type { GrantTerms } from "../cloud/access/grant";
import { findOverlap, type Window } from "../cloud/access/window";
import { readIssuedState } from "../cloud/doors/issued-state";
import type { DoorOrders } from "../cloud/issuing/door-orders";
import { packRows } from "../cloud/issuing/list-rows";
import { planList } from "../cloud/issuing/plan-list";
import { surroundingsOf } from "../cloud/issuing/property-surroundings";
import { nativeHashes } from "../cloud/keys/native-hashes";
import { changeGrant } from "../cloud/people/change-grant";
import { revokeGrant } from "../cloud/people/revoke";
import { addProfile, changeProfile } from "../cloud/profiles/edit-profile";
import { readProfile } from "../cloud/profiles/profile";
import { countUses } from "../cloud/sharing/counted-uses";
import { giveKey } from "../cloud/sharing/give-key";
import { keyReach } from "../cloud/sharing/key-reach";
import { matchKey } from "../cloud/sharing/match-key";
import { forgetJournal, noteUse } from "../cloud/sharing/note-use";
import { readKey } from "../cloud/sharing/read-key";
import type { Giver } from "../cloud/rules/find-giver";
import type { Unit } from "../cloud/store/store";
import { readUsesTruth } from "../cloud/truth/uses-truth";
import { truthOfGrants } from "../cloud/truth/revocation-truth";
import { decideAccess } from "../firmware/decide-access";
import { openAccessList, type AccessList } from "../protocol/access-list";
import { CredentialKind } from "../protocol/credential";
import { decodeDelta } from "../protocol/delta";
import { DEFAULT_POLICY } from "../protocol/door-policy";
import { decodeManifest } from "../protocol/manifest";
import { HolderClass, NO_END } from "../protocol/profile";
import { IssuingRig } from "./support/issuing-rig";

const DAY = 86_400;
/** A manager gives cards: what they open with needs no drawing. */
const MANAGER: Giver = { as: "manager", actor: "site", account: null, share: undefined, mayGiveAdmin: false };
type Terms = Partial<Parameters<typeof giveKey>[3]>;

function giveCard(unit: Unit, rig: IssuingRig, property: string, number: number, doors: readonly string[], terms: Terms = {}) {
  const parts = { ...partsOf(rig), channels: { email: "outbox", sms: "outbox" } as const, publicUrl: () => "https://doors.example" };
  const user = { name: `Holder ${number}`, email: undefined, phone: undefined, holderClass: undefined, unit: undefined };
  const always = { role: "user" as const, blocked: false, profile: undefined, windows: undefined, start: undefined, end: undefined, uses: 0, usesTogether: false };
  return giveKey(unit, parts, MANAGER, { property, kind: "card", name: "Card", user, doors, card: Uint8Array.of(number >> 16, number >> 8, number), language: "en", ...always, ...terms }, NOW);
}

/** Another key like that one, for somebody else with another card: a thousand of them are there sooner than they are given. */
async function copyKey(unit: Unit, key: string, copy: number): Promise<void> {
  const idOf = (id: string) => `${copy.toString(16).padStart(4, "0")}${id.slice(4)}`;
  const bytesOf = (bytes: Uint8Array) => Uint8Array.of(copy >> 8, copy, ...bytes.slice(2));
  const row = await unit.selectFrom("keys").selectAll().where("id", "=", key).executeTakeFirstOrThrow();
  const credential = row.credential_id!;
  const person = await unit.selectFrom("people").selectAll().where("id", "=", row.person_id).executeTakeFirstOrThrow();
  const card = await unit.selectFrom("credentials").selectAll().where("id", "=", credential).executeTakeFirstOrThrow();
  const grant = await unit.selectFrom("grants").selectAll().where("credential_id", "=", credential).executeTakeFirstOrThrow();
  await unit.insertInto("people").values({ ...person, id: idOf(person.id) }).execute();
  await unit.insertInto("keys").values({ ...row, id: idOf(key), person_id: idOf(person.id), credential_id: null, state: "pending" }).execute();
  await unit.insertInto("credentials").values({ ...card, id: idOf(credential), person_id: idOf(person.id), key_id: idOf(key) }).execute();
  await unit.updateTable("keys").set({ credential_id: idOf(credential), state: "active" }).where("id", "=", idOf(key)).execute();
  await unit.insertInto("grants").values({ ...grant, id: idOf(grant.id), credential_id: idOf(credential) }).execute();
  for (const { door_id, fingerprint, tag, ...at } of await unit.selectFrom("door_credentials").selectAll().where("credential_id", "=", credential).execute()) {
    await unit.insertInto("door_credentials").values({ ...at, door_id, credential_id: idOf(credential), fingerprint: bytesOf(fingerprint), tag: bytesOf(tag!) }).execute();
    await unit.insertInto("key_doors").values({ key_id: idOf(key), door_id }).execute();
    await unit.insertInto("grant_doors").values({ grant_id: idOf(grant.id), door_id, added_version: null, removed_version: null, acknowledged_at: null }).execute();
  }
}

const partsOf = ({ keystore, secrets }: IssuingRig) => ({ keystore, secrets });
const NOW = Date.UTC(2026, 5, 1, 12) / 1_000;

// Of every kind that there is: none, half an hour, three quarters, in Ramadan, changed by law within the years.
const ZONES = ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham", "America/St_Johns", "Africa/Casablanca", "Africa/Cairo", "Asia/Jerusalem", "America/Santiago", "Asia/Kathmandu"];

const aWindow: fc.Arbitrary<Window> = fc
  .record({ days: fc.integer({ min: 1, max: 127 }), start: fc.integer({ min: 0, max: 1_439 }), length: fc.integer({ min: 1, max: 1_440 }), onHolidays: fc.boolean() })
  .map(({ length, ...window }) => ({ ...window, end: window.start + length }));
/** As the API takes them: those that collide are left out. */
const aSchedule = fc.array(aWindow, { minLength: 1, maxLength: 4 }).map((windows) => windows.reduce<Window[]>((kept, each) => (findOverlap([...kept, each]) === undefined ? [...kept, each] : kept), []));

/** The changes of a zone's clocks within ten years, or where there are none some instants. */
function changesOf(timeZone: string): number[] {
  let at = Temporal.Instant.fromEpochMilliseconds(Date.UTC(2026, 0, 1)).toZonedDateTimeISO(timeZone);
  const changes: number[] = [];
  for (;;) {
    const next = at.getTimeZoneTransition("next");
    if (next === null || next.epochMilliseconds >= Date.UTC(2036, 0, 1)) break;
    changes.push(next.epochMilliseconds / 1_000);
    at = next;
  }
  return changes.length > 0 ? changes : [2026, 2031, 2035].map((year) => Date.UTC(year, 2, 28) / 1_000);
}

/** What a calendar says: the wall clock stands in the window of a day that is in its set, and no holiday cancels it. */
function evaluate({ notBefore, notAfter, windows }: GrantTerms, timeZone: string, holidays: readonly string[], at: number): string {
  if (at < notBefore) return "not-yet-valid";
  if (at >= notAfter && notAfter !== NO_END) return "expired";
  if (windows.length === 0) return "granted";
  const clock = Temporal.Instant.fromEpochMilliseconds(at * 1_000).toZonedDateTimeISO(timeZone).toPlainDateTime();
  let cancelled = false;
  for (const { days, start, end, onHolidays } of windows) {
    for (const day of [clock.toPlainDate(), clock.toPlainDate().subtract({ days: 1 })]) {
      if (((days >> (day.dayOfWeek - 1)) & 1) === 0) continue;
      const midnight = day.toPlainDateTime();
      if (Temporal.PlainDateTime.compare(midnight.add({ minutes: start }), clock) > 0 || Temporal.PlainDateTime.compare(clock, midnight.add({ minutes: end })) >= 0) continue;
      if (onHolidays || !holidays.includes(day.toString())) return "granted";
      cancelled = true;
    }
  }
  return cancelled ? "holiday" : "outside-schedule";
}

const ORDERS: DoorOrders = { policy: { ...DEFAULT_POLICY, hours: [] }, lockState: 0, throttleReset: 0, released: false };
const tagOf = (index: number) => Uint8Array.of(index, 2, 3, 4, 5);

/** What a door has of some rights: the bytes that would be signed for it, and those of an edit in which each right has the terms of the next. */
function compile(rights: readonly GrantTerms[], timeZone: string, holidays: readonly string[], issuedAt: number): { list: AccessList; edited: AccessList } {
  const rowsWith = (shift: number) =>
    packRows(rowsOfDoor(rights.map((_, index) => ({ grant: `${index}`, tag: tagOf(index), kind: CredentialKind.pin, holderClass: HolderClass.resident, terms: rights[(index + shift) % rights.length], useCounter: 0 }))));
  const surroundings = surroundingsOf({ time_zone: timeZone, holidays: JSON.stringify(holidays) }, issuedAt);
  const order = { hashes: nativeHashes, surroundings, doorState: ORDERS, stamp: { door: new Uint8Array(8), epoch: 1, version: 7, issuedAt } };
  const base = planList({ ...order, bases: [], rows: rowsWith(0) }).base!;
  const [{ delta }] = planList({ ...order, stamp: { ...order.stamp, version: 8 }, bases: [{ ...base, version: 7, epoch: 1, state: "current" }], rows: rowsWith(1) }).deltas;
  const reader = { read: (offset: number, length: number) => base.body.subarray(offset, offset + length), isSound: () => true };
  const manifest = decodeManifest(base.manifest);
  return { list: openAccessList(manifest, undefined, reader), edited: openAccessList(manifest, decodeDelta(delta.payload), reader) };
}

const decide = (list: AccessList, index: number, wallTime: number) => {
  const decision = decideAccess({ list, kind: CredentialKind.pin, tag: tagOf(index), outputs: 1, wallTime, timeFloor: 0, lease: undefined, usesOf: () => 0, usesFull: false });
  return decision.granted ? "granted" : decision.reason;
};

test("N6, N9: around every change of clocks of ten years a door decides as a calendar says, by the bytes that the cloud compiled", (t) => {
  const told = new Map<string, number>();
  for (const timeZone of ZONES) {
    for (const change of changesOf(timeZone)) {
      const around = fc.oneof(fc.integer({ min: -2 * DAY, max: 2 * DAY }), fc.integer({ min: -7_300, max: 7_300 }));
      const terms = fc.record({ notBefore: fc.oneof(fc.constant(0), around.map((offset) => change + offset)), length: fc.oneof(fc.constant(NO_END), fc.integer({ min: 1, max: 3 * DAY })), windows: fc.oneof({ weight: 6, arbitrary: aSchedule }, { weight: 1, arbitrary: fc.constant([]) }) });
      const rights = fc.array(terms.map(({ notBefore, length, windows }): GrantTerms => ({ notBefore, notAfter: length === NO_END ? NO_END : notBefore + length, windows, maxUses: 0 })), { minLength: 2, maxLength: 4 });
      // The list may be most of two years old: that is how far a door's table of offsets reaches.
      const age = fc.integer({ min: 3 * DAY, max: 360 * DAY });
      const days = fc.array(fc.integer({ min: -2, max: 2 }), { maxLength: 2 }).map((offsets) => [...new Set(offsets)].map((offset) => Temporal.Instant.fromEpochMilliseconds((change + offset * DAY) * 1_000).toZonedDateTimeISO(timeZone).toPlainDate().toString()).sort());
      fc.assert(
        fc.property(rights, age, days, fc.array(around, { minLength: 6, maxLength: 6 }), (given, old, holidays, offsets) => {
          const { list, edited } = compile(given, timeZone, holidays, change - old);
          // The very second of the change, and the one before, are always looked at; and when rights begin and end.
          const instants = [...new Set([-1, 0, ...offsets].map((offset) => change + offset).concat(given.flatMap(({ notBefore, notAfter }) => (notBefore === 0 || notAfter === NO_END ? [] : [notBefore, notAfter - 1, notAfter]))))];
          for (const at of instants) {
            given.forEach((right, index) => {
              const expected = evaluate(right, timeZone, holidays, at);
              told.set(expected, (told.get(expected) ?? 0) + 1);
              if (decide(list, index, at) !== expected) throw new Error(`${timeZone} at ${at}: ${decide(list, index, at)} instead of ${expected}`);
              const other = (index + given.length - 1) % given.length;
              if (decide(edited, other, at) !== expected) throw new Error(`${timeZone} at ${at}, edited: ${decide(edited, other, at)} instead of ${expected}`);
            });
          }
        }),
        { numRuns: 3, seed: change },
      );
    }
  }
  for (const verdict of ["granted", "outside-schedule", "holiday", "not-yet-valid", "expired"]) t.true((told.get(verdict) ?? 0) > 100, `${verdict}: ${told.get(verdict)} times`);
});

test("X6: at a door that has heard all, a key opens as often as is left; nothing that is told gives anything back", (t) => {
  const aDoor = fc.record({ used: fc.integer({ min: 0, max: 5 }), before: fc.integer({ min: 0, max: 5 }) });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.array(aDoor, { maxLength: 4 }), (uses, doors) => {
      const told = doors.map(({ used, before }, index) => ({ door: `${index}`, used, usedBefore: Math.min(used, before) }));
      const { left, limits } = countUses(uses, told);
      const used = told.reduce((sum, each) => sum + each.used, 0);
      return left === Math.max(0, uses - used) && told.every((each) => limits.get(each.door)! - (each.used - each.usedBefore) === left);
    }),
  );
  t.pass();
});

test("S2: editing a profile of a thousand keys replaces the profile in each door's list, and rewrites none of their rows", async (t) => {
  const rig = await IssuingRig.open(NOW);
  t.teardown(() => rig.close());
  const property = await rig.property(NOW);
  const doors = ["00000000000000a1", "00000000000000a2", "00000000000000a3"];
  await rig.unit(async (unit) => {
    for (const door of doors) await rig.claimedDoor(unit, property, door, NOW);
  });
  const party = { property, account: undefined, runs: true };
  const parts = partsOf(rig);
  const mornings: Window[] = [{ days: 31, start: 480, end: 720, onHolidays: false }];
  const profile = await rig.unit((unit) => addProfile(unit, party, { name: "Mornings", windows: mornings, start: 0, end: null, outputs: 1 }, "site", NOW));
  await rig.unit(async (unit) => {
    const { key } = await giveCard(unit, rig, property, 1, doors.slice(0, 2), { profile });
    for (let copy = 1; copy < 1_000; copy++) await copyKey(unit, key, copy);
  });
  const evenings = await rig.unit((unit) => addProfile(unit, party, { name: "Evenings", windows: [{ days: 31, start: 1_080, end: 1_200, onHolidays: false }], start: 0, end: null, outputs: 1 }, "site", NOW));
  await rig.unit((unit) => giveCard(unit, rig, property, 2_000, [doors[2]], { profile: evenings }));
  await rig.issueNoted(NOW);
  for (const door of doors) await rig.acknowledge(door, NOW);

  const before = await rig.unit((unit) => unit.selectFrom("doors").select(["id", "version"]).orderBy("id").execute());
  const wanted: Window[] = [{ days: 31, start: 480, end: 690, onHolidays: false }, { days: 32, start: 600, end: 660, onHolidays: true }];
  await rig.unit(async (unit) => changeProfile(unit, parts, await readProfile(unit, { property }, profile), { windows: wanted }, "site", NOW + 60));
  t.deepEqual(await rig.issueNoted(NOW + 60), doors.slice(0, 2), "exactly the doors at which somebody's rights change");
  const after = await rig.unit((unit) => unit.selectFrom("doors").select(["id", "version"]).orderBy("id").execute());
  t.deepEqual(after.map(({ version }, index) => version > before[index].version), [true, true, false]);
  for (const { id, version } of after.slice(0, 2)) {
    const { deltas, bases } = await rig.unit((unit) => readIssuedState(unit, id, version));
    t.is(bases.length, 1, "no new base");
    const [{ payload, signedDelta }] = deltas;
    const delta = decodeDelta(payload);
    t.is(delta.added.length + delta.tombstones.length, 0, "no row");
    t.is(delta.profiles.length, 14, "one profile");
    t.is(delta.rules.length, 2 * 10, "two windows");
    t.true(signedDelta.length < 200, `${signedDelta.length} bytes for a thousand holders`);
  }

  // Again, and back: what differs from the base is what counts.
  await rig.unit(async (unit) => changeProfile(unit, parts, await readProfile(unit, { property }, profile), { windows: mornings, name: "Early" }, "site", NOW + 120));
  await rig.issueNoted(NOW + 120);
  const [first] = await rig.unit((unit) => unit.selectFrom("doors").select(["id", "version"]).orderBy("id").execute());
  const back = decodeDelta((await rig.unit((unit) => readIssuedState(unit, first.id, first.version))).deltas[0].payload);
  t.is(back.added.length + back.tombstones.length + back.profiles.length, 0, "as before it says nothing");
  await rig.unit(async (unit) => changeProfile(unit, parts, await readProfile(unit, { property }, profile), { name: "Earlier" }, "site", NOW + 180));
  t.deepEqual(await rig.issueNoted(NOW + 180), [], "another name is nothing to a door");
});

test("X1: until a door has acknowledged another end, the latest that it was ever told is what it may open until", async (t) => {
  const rig = await IssuingRig.open(NOW);
  t.teardown(() => rig.close());
  const property = await rig.property(NOW);
  const door = "00000000000000b1";
  await rig.unit((unit) => rig.claimedDoor(unit, property, door, NOW));
  await rig.unit((unit) => giveCard(unit, rig, property, 1, [door], { end: NOW + 20 * DAY }));
  await rig.issueNoted(NOW);
  await rig.acknowledge(door, NOW);
  const grant = (await rig.unit((unit) => unit.selectFrom("grants").selectAll().executeTakeFirstOrThrow())).id;
  // A lease for as long as there are any, so that only the right's own end is in question.
  await rig.unit((unit) => unit.insertInto("lease_ends").values({ door_id: door, epoch: 1, version: 1, guest: NOW + 90 * DAY, staff: 0, resident: 0 }).execute());
  const end = async (at: number) => {
    const [{ state, latest }] = await rig.unit((unit) => truthOfGrants(unit, [grant], at));
    return [state, latest && Math.round((latest.end - NOW) / DAY)];
  };
  const move = (days: number, at: number) => rig.unit((unit) => changeGrant(unit, grant, { terms: { notBefore: 0, notAfter: NOW + days * DAY, windows: [], maxUses: 0 } }, at));
  t.deepEqual(await end(NOW), ["pending", 20]);
  t.true(await move(2, NOW + 1));
  await rig.issueNoted(NOW + 1);
  t.true(await move(5, NOW + 2));
  t.deepEqual(await end(NOW), ["pending", 20], "two edits, and the door has heard of neither");
  await rig.issueNoted(NOW + 2);
  t.deepEqual(await end(NOW), ["pending", 20]);
  await rig.acknowledge(door, NOW + 3);
  t.deepEqual(await end(NOW), ["pending", 5]);
  t.true(await move(30, NOW + 4));
  t.deepEqual(await end(NOW), ["pending", 30], "a later one counts at once");
  t.true(await move(1, NOW + 5));
  await rig.unit((unit) => revokeGrant(unit, grant, "site", NOW + 6));
  t.deepEqual(await end(NOW + 7), ["pending", 30], "at most: also by what was made and overtaken");
  t.false(await move(9, NOW + 8), "what has ended is not changed");
});

test("X6, N8: a key opens no more often for a door that is claimed anew, and as often as is left at one that has told of nothing", async (t) => {
  const rig = await IssuingRig.open(NOW);
  t.teardown(() => rig.close());
  const property = await rig.property(NOW);
  const doors = ["00000000000000c1", "00000000000000c2"];
  await rig.unit(async (unit) => {
    for (const door of doors) await rig.claimedDoor(unit, property, door, NOW);
  });
  const { key } = await rig.unit((unit) => giveCard(unit, rig, property, 1, doors, { uses: 3, usesTogether: true }));
  const [{ id: credential }] = await rig.unit((unit) => unit.selectFrom("credentials").select("id").execute());
  await rig.issueNoted(NOW);
  /** By door: how often its journal may count, or nothing at all. */
  const limits = async () => {
    await rig.issueNoted(NOW + 1);
    const rows = await rig.unit((unit) => unit.selectFrom("grants as grant").innerJoin("grant_doors as at", "at.grant_id", "grant.id").select(["grant.max_uses", "grant.suspended", "at.door_id"]).where("grant.revoked_at", "is", null).orderBy("at.door_id").execute());
    return rows.map(({ max_uses, suspended }) => (suspended === 1 ? 0 : max_uses));
  };
  const use = (door: string) => rig.unit((unit) => noteUse(unit, door, credential, NOW + 1));
  t.deepEqual(await limits(), [3, 3]);
  t.true(await use(doors[0]), "lists follow");
  t.deepEqual(await limits(), [3, 2]);
  await rig.unit((unit) => forgetJournal(unit, doors[0], NOW + 1));
  t.deepEqual(await limits(), [2, 2], "its journal begins anew");
  await use(doors[0]);
  await use(doors[1]);
  t.deepEqual(await limits(), [1, 1], "all that was used, and no more");
  await rig.unit((unit) => forgetJournal(unit, doors[1], NOW + 1));
  t.deepEqual(await limits(), [1, 0]);
  await rig.unit((unit) => unit.updateTable("keys").set({ max_uses: 5 }).where("id", "=", key).execute());
  await rig.unit((unit) => forgetJournal(unit, doors[1], NOW + 1));
  t.deepEqual(await limits(), [3, 2], "two more");
});

test("S2, S11: what an edited profile makes of many keys at once is what it makes of each by itself", async (t) => {
  const rig = await IssuingRig.open(NOW);
  t.teardown(() => rig.close());
  const property = await rig.property(NOW);
  const doors = ["00000000000000d1", "00000000000000d2"];
  const party = { property, account: undefined, runs: true };
  const profile = await rig.unit(async (unit) => {
    for (const door of doors) await rig.claimedDoor(unit, property, door, NOW);
    const profile = await addProfile(unit, party, { name: "Days", windows: [], start: 0, end: null, outputs: 1 }, "site", NOW);
    const kinds: Terms[] = [{}, { end: NOW + 9 * DAY }, { start: NOW + 8 * DAY }, { end: NOW + 2 * DAY }, { blocked: true }, { uses: 3, doors: [doors[0]] }, { uses: 3, usesTogether: true }];
    for (const [index, terms] of kinds.entries()) await giveCard(unit, rig, property, index, doors, { profile, ...terms });
    // An admin key keeps the profile that it had, for when it is one no more.
    const { key } = await giveCard(unit, rig, property, 100, doors, { profile });
    await unit.updateTable("keys").set({ role: "admin" }).where("id", "=", key).execute();
    return profile;
  });
  await rig.issueNoted(NOW);
  for (const door of doors) await rig.acknowledge(door, NOW);
  const rights = async (unit: Unit) => {
    const grants = await unit.selectFrom("grants as grant").innerJoin("grant_doors as at", "at.grant_id", "grant.id").select(["grant.not_before", "grant.not_after", "grant.windows", "grant.max_uses", "grant.outputs", "grant.suspended", "grant.revoked_at", "at.door_id", "at.changed_version", "at.former_end", "at.former_uses"]).orderBy("grant.id").orderBy("at.door_id").execute();
    return { grants, notes: (await unit.selectFrom("outbox").select(["door_id", "credential_id"]).orderBy("door_id").orderBy("credential_id").execute()) };
  };
  const change = { windows: [{ days: 3, start: 60, end: 90, onHolidays: false }], start: NOW + 3 * DAY, end: NOW + 10 * DAY, outputs: 3 };
  const together = await rig.apart(async (unit) => {
    await changeProfile(unit, partsOf(rig), await readProfile(unit, { property }, profile), change, "site", NOW + 1);
    return rights(unit);
  });
  const apart = await rig.apart(async (unit) => {
    await unit.updateTable("profiles").set({ windows: JSON.stringify(change.windows), starts_at: change.start, ends_at: change.end, outputs: change.outputs }).where("id", "=", profile).execute();
    for (const key of await unit.selectFrom("keys").selectAll().execute()) await matchKey(unit, partsOf(rig), key, "site", NOW + 1);
    return rights(unit);
  });
  t.deepEqual(together, apart);
  t.is(together.grants.filter(({ changed_version }) => changed_version === 0).length, together.grants.length, "all of them are others");
  t.is(new Set(together.grants.map((grant) => JSON.stringify([grant.not_before, grant.not_after, grant.suspended, grant.max_uses]))).size, 7);
});

/** How often doors may still open by a key, as is said of it. */
async function mostSaid(rig: IssuingRig, id: string): Promise<number> {
  const truth = await rig.unit(async (unit) => {
    const key = await readKey(unit, id);
    return readUsesTruth(unit, key, await keyReach(unit, key), NOW);
  });
  return truth!.atMost ?? Infinity;
}

test("X6: however uses, news and lists cross, doors never open more often than was said", async (t) => {
  const rig = await IssuingRig.open(NOW);
  t.teardown(() => rig.close());
  const property = await rig.property(NOW);
  const ids = ["00000000000000e1", "00000000000000e2", "00000000000000e3"];
  await rig.unit(async (unit) => {
    for (const door of ids) await rig.claimedDoor(unit, property, door, NOW);
  });
  let runs = 0;
  const anOp = fc.tuple(fc.constantFrom("use", "use", "tell", "issue", "take", "acknowledge", "edit"), fc.integer({ min: 0, max: 2 }), fc.integer({ min: 1, max: 5 }));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(anOp, { minLength: 5, maxLength: 25 }), async (uses, ops) => {
      let now = NOW + ++runs * 1_000;
      const { key } = await rig.unit((unit) => giveCard(unit, rig, property, runs, ids, { uses, usesTogether: true }));
      const { credential_id: credential } = await rig.unit((unit) => unit.selectFrom("keys").selectAll().where("id", "=", key).executeTakeFirstOrThrow());
      /** What a door's list says, by what was issued; the door's own list; what its journal has counted, and what it has not told of that. */
      const doors = ids.map((id) => ({ id, issued: 0, limit: 0, journal: 0, untold: 0 }));
      const issue = async () => {
        await rig.issueNoted((now += 1));
        const rows = await rig.unit((unit) => unit.selectFrom("grants as grant").innerJoin("grant_doors as at", "at.grant_id", "grant.id").select(["at.door_id", "grant.max_uses", "grant.suspended"]).where("grant.credential_id", "=", credential!).where("grant.revoked_at", "is", null).execute());
        for (const door of doors) {
          const row = rows.find(({ door_id }) => door_id === door.id)!;
          door.issued = row.suspended === 1 ? 0 : row.max_uses;
        }
      };
      await issue();
      for (const [op, which, number] of ops) {
        const door = doors[which];
        if (op === "use" && door.journal < door.limit) [door.journal, door.untold] = [door.journal + 1, door.untold + 1];
        if (op === "tell" && door.untold > 0) {
          door.untold -= 1;
          await rig.unit((unit) => noteUse(unit, door.id, credential!, now));
        }
        if (op === "issue") await issue();
        if (op === "take") door.limit = door.issued;
        if (op === "acknowledge") {
          await issue();
          door.limit = door.issued;
          await rig.acknowledge(door.id, now);
        }
        if (op === "edit") {
          await rig.unit(async (unit) => {
            await unit.updateTable("keys").set({ max_uses: number }).where("id", "=", key).execute();
            await matchKey(unit, partsOf(rig), await readKey(unit, key), "site", now);
          });
        }
        const said = await mostSaid(rig, key);
        const possible = doors.reduce((sum, each) => sum + Math.max(0, Math.max(each.limit, each.issued) - each.journal), 0);
        if (said < possible) throw new Error(`${possible} are possible, ${said} were said`);
      }
      for (const door of doors) for (; door.untold > 0; door.untold--) await rig.unit((unit) => noteUse(unit, door.id, credential!, now));
      await issue();
      for (const door of doors) await rig.acknowledge(door.id, now);
      const left = doors.reduce((sum, { issued, journal }) => sum + Math.max(0, issued - journal), 0);
      if ((await mostSaid(rig, key)) !== left) throw new Error(`when all is told there are ${left}, and ${await mostSaid(rig, key)} were said`);
    }),
    { numRuns: 25, seed: 6 },
  );
  t.pass();
});
