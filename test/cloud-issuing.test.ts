import test from "ava";
import fc from "fast-check";
import { toHex } from "../protocol/bytes";
import { DEFAULT_POLICY, NO_HOURS } from "../protocol/door-policy";
import { buildAccessList, buildBody, openAccessList, profileAt, scheduleRuleAt, type AccessList } from "../protocol/access-list";
import { signedLength, signingContext } from "../protocol/cose-sign1";
import { openSigned, sign } from "../protocol/cose";
import { CredentialKind } from "../protocol/credential";
import { checkDelta, decodeDelta, LockState } from "../protocol/delta";
import { DELTA_BYTES_MAX } from "../protocol/limits";
import { checkKeysetSuccession, decodeKeysetMessage } from "../protocol/keyset";
import { decodeManifest } from "../protocol/manifest";
import { HolderClass, NO_END } from "../protocol/profile";
import { decodeRow } from "../protocol/row";
import { encodeHolidays, evaluateSchedule } from "../protocol/schedule";
import { localTime } from "../protocol/utc-offsets";
import { verify } from "../protocol/ed25519";
import { profileKey, rowsOfDoor, type DoorRow, type GrantOnDoor } from "../cloud/access/door-row";
import { findTermsFault } from "../cloud/access/grant";
import { drawPin, isTriedFirst, pinDigitsFor } from "../cloud/access/pin";
import { findOverlap, sortWindows, windowToRule, type Window } from "../cloud/access/window";
import { FrameLimit } from "../cloud/broker/frame-limit";
import { mayPublish, maySubscribe } from "../cloud/broker/topic-access";
import { setHours, setLockState } from "../cloud/doors/give-orders";
import { issueList } from "../cloud/issuing/issue-list";
import { changesNothing, type DoorOrders } from "../cloud/issuing/door-orders";
import { changeFrom, type ListChange } from "../cloud/issuing/list-change";
import { countRows, packRows } from "../cloud/issuing/list-rows";
import { basePayload, deltaPayload } from "../cloud/issuing/list-payloads";
import { signPlan } from "../cloud/issuing/list-signing";
import { noteAgedLists } from "../cloud/issuing/list-upkeep";
import { noteChanges, noteDoors, notedDoors, readNotes } from "../cloud/issuing/outbox";
import { nextVersion, planList, type KnownBase, type ListPlan } from "../cloud/issuing/plan-list";
import { SchedulePool } from "../cloud/issuing/schedule-pool";
import { readSnapshot, snapshotOf, toContent, type Snapshot } from "../cloud/issuing/snapshot";
import { tableServes, utcOffsetTable } from "../cloud/issuing/utc-offset-table";
import { nativeHashes } from "../cloud/keys/native-hashes";
import { firstKeyset, signKeyset } from "../cloud/keys/keyset-signing";
import { signMessage } from "../cloud/keys/cose-signing";
import { Sealing } from "../cloud/keys/sealing";
import { NativeSigningKey } from "../cloud/keys/native-signing-key";
import { EXPIRED_ROWS_SECONDS } from "../cloud/limits";
import { addPerson } from "../cloud/people/add-person";
import { giveCredentials } from "../cloud/people/give-credential";
import { revokeGrant, revokePerson } from "../cloud/people/revoke";
import { setSuspended } from "../cloud/people/suspend-person";
import type { Unit } from "../cloud/store/store";
import { latestOpening } from "../cloud/truth/latest-opening";
import { IssuingRig, rightsIn } from "./support/issuing-rig";
import { testKeystore } from "./support/test-keystore";

const NOW = 1_780_000_000;
const HOUR = 3_600;

const aWindow: fc.Arbitrary<Window> = fc.record({ days: fc.integer({ min: 1, max: 127 }), start: fc.integer({ min: 0, max: 1_439 }), length: fc.integer({ min: 1, max: 1_440 }), onHolidays: fc.boolean() }).map(({ length, ...window }) => ({ ...window, end: window.start + length }));

/** Few tags, few terms: so that rows meet, alternatives happen, and profiles are shared. */
const someWindows = [[], [{ days: 31, start: 480, end: 1_080, onHolidays: false }], [{ days: 96, start: 1_320, end: 1_800, onHolidays: true }, { days: 1, start: 0, end: 60, onHolidays: false }]];
const aGrant: fc.Arbitrary<GrantOnDoor> = fc.record({
  grant: fc.uuid(),
  tag: fc.integer({ min: 0, max: 40 }).map((n) => Uint8Array.of(n, 1, 2, 3, n)),
  kind: fc.constant(CredentialKind.pin),
  holderClass: fc.constantFrom(HolderClass.resident, HolderClass.guest, HolderClass.staff),
  terms: fc.record({ notBefore: fc.constant(0), notAfter: fc.constantFrom(NO_END, NOW + 100, NOW + 200), windows: fc.constantFrom(...someWindows), maxUses: fc.constantFrom(0, 0, 0, 1, 3) }),
  useCounter: fc.integer({ min: 0, max: 3 }),
});
const someGrants = fc.array(aGrant, { maxLength: 60 });

function snapshotFrom(rows: readonly DoorRow[]): Snapshot {
  const content = snapshotOf(packRows(rows));
  return readSnapshot(buildBody(nativeHashes, content).body, { rows: countRows(content.rows), profiles: content.profiles.length, rules: content.rules.length });
}

function eachRow(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: countRows(bytes) }, (_, row) => bytes.subarray(row * 8, row * 8 + 8));
}

const signingKey = new NativeSigningKey(new Uint8Array(32).fill(9));
const door = new Uint8Array(8).fill(1);
const surroundings = { utcOffsets: utcOffsetTable("Europe/Paris", NOW), holidays: new Uint8Array(0) };
const orders: DoorOrders = { policy: { ...DEFAULT_POLICY, hours: [] }, lockState: LockState.normal, throttleReset: 0, released: false };

/** What a door makes of base and change, as text: every right with its terms. */
function asDoorSees(base: Snapshot, change: ListChange): string[] {
  const gone = new Set(change.tombstones);
  const rows = [...eachRow(base.rows).filter((_, index) => !gone.has(index)), ...eachRow(change.added)];
  const content = { rows: [], profiles: base.profiles, rules: base.rules };
  const built = buildAccessList(nativeHashes, content);
  const signed = basePayload(nativeHashes, { door, epoch: 1, version: 5, issuedAt: NOW }, packRows([]), surroundings, orders.policy);
  const manifest = { ...decodeManifest(signed.manifest), rows: 0, profiles: base.profiles.length, rules: base.rules.length };
  const delta = { ...change, tombstones: new Uint16Array(0), epoch: 1, base: 5, version: 6, manifestHash: new Uint8Array(8), lockState: 0 as const, throttleReset: 0, policy: undefined, released: false };
  checkDelta(delta, manifest);
  const list = openAccessList(manifest, delta, { read: (offset, length) => built.body.subarray(offset, offset + length), isSound: () => true });
  const pool = new SchedulePool([]);
  for (let index = 0; ; index++) {
    const rule = scheduleRuleAt(list, index);
    if (rule === undefined) break;
    pool.rules.push(rule);
  }
  return rows
    .map((bytes) => {
      const profile = profileAt(list, (bytes[5] << 8) | bytes[6])!;
      return `${bytes.subarray(0, 5).join()} ${bytes[7]} ${profileKey(toContent(profile, pool))}`;
    })
    .sort();
}

/** The rows of a snapshot as they would be asked for again. */
function rowsFrom({ rows, profiles, rules }: Snapshot): DoorRow[] {
  const pool = new SchedulePool(rules);
  return rowsOfDoor(
    eachRow(rows).map(decodeRow).map((row) => {
      const { windows, holderClass, outputs, ...terms } = toContent(profiles[row.profile], pool);
      return { ...row, grant: "", holderClass, outputs, terms: { ...terms, windows } };
    }),
  );
}

/** The naive reading of the same grants. */
function asGranted(rows: readonly DoorRow[]): string[] {
  return rows.map((row) => `${row.tag.join()} ${row.kind | (row.useCounter << 6)} ${profileKey(row.profile)}`).sort();
}

test("a delta on any base gives exactly the rights that the grants say", (t) => {
  fc.assert(
    fc.property(someGrants, someGrants, fc.integer({ min: 0, max: 60 }), (before, after, kept) => {
      const base = rowsOfDoor(before);
      const target = rowsOfDoor([...before.slice(0, kept), ...after]);
      const snapshot = snapshotFrom(base);
      const change = changeFrom(snapshot, packRows(target));
      t.deepEqual(asDoorSees(snapshot, change!), asGranted(target));
    }),
    { numRuns: 300, seed: 1 },
  );
});

test("rebase in the middle of revocations: a delta on either base reaches the same list", (t) => {
  fc.assert(
    fc.property(someGrants, fc.array(fc.integer({ min: 0, max: 59 }), { maxLength: 40 }), fc.integer({ min: 0, max: 40 }), (grants, revoked, rebaseAfter) => {
      const without = (gone: readonly number[]) => rowsOfDoor(grants.filter((_, index) => !gone.includes(index)));
      const first = snapshotFrom(without([]));
      const second = snapshotFrom(without(revoked.slice(0, rebaseAfter)));
      for (let count = rebaseAfter; count <= revoked.length; count++) {
        const target = without(revoked.slice(0, count));
        t.deepEqual(asDoorSees(first, changeFrom(first, packRows(target))!), asGranted(target));
        t.deepEqual(asDoorSees(second, changeFrom(second, packRows(target))!), asGranted(target));
      }
    }),
    { numRuns: 60, seed: 2 },
  );
});

test("a list without changes is an empty delta, and a new row that is revoked leaves the delta", (t) => {
  const grants = fc.sample(someGrants, { numRuns: 20, seed: 3 });
  for (const some of grants) {
    const base = snapshotFrom(rowsOfDoor(some));
    const change = changeFrom(base, packRows(rowsOfDoor(some)))!;
    t.is(change.tombstones.length + change.added.length + change.profiles.length + change.rules.length, 0);
  }
});

function resident(n: number, terms: Partial<GrantOnDoor["terms"]> = {}): GrantOnDoor {
  const tag = Uint8Array.of(n >> 8, n, 7, 7, 7);
  return { grant: `g${n}`, tag, kind: CredentialKind.pin, holderClass: HolderClass.resident, terms: { notBefore: 0, notAfter: NO_END, windows: [], maxUses: 0, ...terms }, useCounter: 0 };
}

test("editing a profile replaces it and does not rewrite its holders", (t) => {
  const cleaners = Array.from({ length: 300 }, (_, n) => resident(n, { windows: someWindows[1] }));
  const others = Array.from({ length: 300 }, (_, n) => resident(1_000 + n));
  const base = snapshotFrom(rowsOfDoor([...cleaners, ...others]));
  const edited = rowsOfDoor([...cleaners.map((grant) => ({ ...grant, terms: { ...grant.terms, windows: someWindows[2] } })), ...others]);
  const change = changeFrom(base, packRows(edited))!;
  t.is(change.tombstones.length, 0);
  t.is(change.added.length, 0);
  t.is(change.profiles.length, 14);
  t.deepEqual(asDoorSees(base, change), asGranted(edited));
});

test("the use counter of a grant stays its own: two one-time alternatives under one tag are two rows", (t) => {
  const once = { maxUses: 1 };
  const rows = rowsOfDoor([resident(1, once), { ...resident(1, once), grant: "other", useCounter: 2 }, { ...resident(1), grant: "always" }]);
  t.is(rows.length, 3);
  t.is(new Set(rows.map((row) => row.identity)).size, 2);
  t.deepEqual(rows.map((row) => row.useCounter).sort(), [0, 0, 2]);
});

test("X11: grants that allow exactly the same share a row, which names them all", (t) => {
  const rows = rowsOfDoor([resident(1), { ...resident(1), grant: "second" }]);
  t.is(rows.length, 1);
  t.deepEqual(rows[0].grants, ["g1", "second"]);
});

test("one revocation, signed, is at most 140 bytes; 38 of them stay under 200", async (t) => {
  const grants = Array.from({ length: 10_000 }, (_, n) => resident(n));
  const base = basePayload(nativeHashes, { door, epoch: 1, version: NOW, issuedAt: NOW }, packRows(rowsOfDoor(grants)), surroundings, orders.policy);
  const snapshot = readSnapshot(base.body, decodeManifest(base.manifest));
  const deltaWithout = async (gone: (n: number) => boolean) => {
    const change = changeFrom(snapshot, packRows(rowsOfDoor(grants.filter((_, n) => !gone(n)))))!;
    const delta = deltaPayload(nativeHashes, { door, epoch: 1, version: NOW + 5, issuedAt: NOW }, { manifest: base.manifest, version: NOW }, change, orders)!;
    return (await signPlan({ deltas: [{ base: NOW, delta }] }, door, signingKey)).deltas[0].delta;
  };
  const one = await deltaWithout((n) => n === 9_000);
  t.true(one.signedDelta.length <= 140, `${one.signedDelta.length} bytes`);
  t.is(decodeDelta(openSigned(one.signedDelta, signingKey.publicKey, signingContext("delta", door))).tombstones.length, 1);
  const some = await deltaWithout((n) => n % 263 === 5);
  t.is(decodeDelta(some.payload).tombstones.length, 38 + 1);
  t.true(some.signedDelta.length <= 200, `${some.signedDelta.length} bytes`);
  const huge = { tombstones: new Uint16Array(0), added: new Uint8Array(DELTA_BYTES_MAX), profiles: new Uint8Array(0), rules: new Uint8Array(0), hoursRule: NO_HOURS };
  t.is(deltaPayload(nativeHashes, { door, epoch: 1, version: NOW + 5, issuedAt: NOW }, { manifest: base.manifest, version: NOW }, huge, orders), undefined);
});

/** A door's two bases and what was issued on them, as the store keeps them. */
class IssuedDoor {
  bases: KnownBase[] = [];
  deltas: ListPlan["deltas"] = [];
  version = 0;

  issue(rows: readonly DoorRow[], doorState: DoorOrders): ListPlan {
    this.version = nextVersion(this.version, NOW);
    const stamp = { door, epoch: 1, version: this.version, issuedAt: NOW };
    const plan = planList({ hashes: nativeHashes, bases: this.bases, rows: packRows(rows), stamp, surroundings, doorState });
    this.bases = this.bases.filter(({ version }) => version !== plan.withdrawn);
    if (plan.base !== undefined) this.bases.push({ ...plan.base, version: this.version, epoch: 1, state: "next" });
    this.deltas = plan.deltas;
    return plan;
  }

  /** The door's receipt shows the newest base. */
  acknowledge(): void {
    this.bases = [{ ...this.bases.at(-1)!, state: "current" }];
  }

  /** What a door with one of the bases makes of the newest version. */
  seen(base: KnownBase): { rows: string[]; list: AccessList } {
    const delta = this.deltas.find((each) => each.base === base.version);
    const manifest = decodeManifest(base.manifest);
    const opened = delta && decodeDelta(delta.delta.payload);
    if (opened !== undefined) checkDelta(opened, manifest);
    const list = openAccessList(manifest, opened, { read: (offset, length) => base.body.subarray(offset, offset + length), isSound: () => true });
    const snapshot = readSnapshot(base.body, manifest);
    return { list, rows: asDoorSees(snapshot, opened === undefined ? changeFrom(snapshot, packRows(rowsFrom(snapshot)))! : { ...opened, hoursRule: NO_HOURS }) };
  }
}

test("a door's orders are in every version, on whichever base, and a policy that changes takes no new base", (t) => {
  const rows = rowsOfDoor(Array.from({ length: 50 }, (_, n) => resident(n, { windows: someWindows[n % 3] })));
  const issued = new IssuedDoor();
  t.is(issued.issue(rows, orders).deltas.length, 0, "a first base says it all");
  issued.acknowledge();
  const hours = someWindows[2];
  const changed: DoorOrders = { policy: { ...orders.policy, pinDigits: 8, outputSeconds: [20, 0, 3], hours, firstInClasses: 4 }, lockState: LockState.lockDown, throttleReset: 3, released: true };
  const plan = issued.issue(rows, changed);
  t.is(plan.base, undefined);
  const length = signedLength(plan.deltas[0].delta.payload.length);
  t.true(length <= 190, `${length} bytes`);
  const check = (base: KnownBase): void => {
    const { list } = issued.seen(base);
    t.like(list.policy, { pinDigits: 8, firstInClasses: 4, unlockSeconds: 5 });
    t.deepEqual(list.policy.outputSeconds, [20, 0, 3]);
    t.is(list.lockState, LockState.lockDown);
    t.is(list.delta?.throttleReset, 3);
    t.true(list.delta?.released);
    const pool = new SchedulePool([]);
    for (let index = 0; ; index++) {
      const rule = scheduleRuleAt(list, index);
      if (rule === undefined) break;
      pool.rules.push(rule);
    }
    t.deepEqual(pool.windowsAt(list.policy.hoursRule), hours);
  };
  check(issued.bases[0]);
  // So many new terms that there must be a new base: it has its delta from the first.
  const others = rowsOfDoor(Array.from({ length: 120 }, (_, n) => resident(1_000 + n, { notBefore: n })));
  const rebase = issued.issue(others, changed);
  t.truthy(rebase.base);
  t.deepEqual(rebase.deltas.map(({ base }) => base), issued.bases.map(({ version }) => version));
  issued.bases.forEach(check);
  t.is(issued.seen(issued.bases[1]).list.delta?.policy, undefined, "what the manifest says is not said twice");
});

test("a new base brings a delta, be it an empty one, where a door under orders might wait for one on a base that is none any more", (t) => {
  const few = packRows(rowsOfDoor([resident(1)]));
  const stamp = (version: number) => ({ door, epoch: 1, version, issuedAt: NOW });
  const first = planList({ hashes: nativeHashes, bases: [], rows: few, stamp: stamp(5), surroundings, doorState: orders });
  t.is(first.deltas.length, 0);
  const strayed = planList({ hashes: nativeHashes, bases: [], strayed: true, rows: few, stamp: stamp(6), surroundings, doorState: orders });
  t.deepEqual(strayed.deltas.map(({ base }) => base), [6]);
  t.true(changesNothing(decodeDelta(strayed.deltas[0].delta.payload)));
  // The second base is overtaken before it is acknowledged: holidays are in the manifest alone.
  const bases: KnownBase[] = [{ ...first.base!, version: 5, epoch: 1, state: "current" }, { ...strayed.base!, version: 6, epoch: 1, state: "next" }];
  const elsewhere = { ...surroundings, holidays: encodeHolidays([Math.floor(NOW / 86_400) + 30]) };
  const third = planList({ hashes: nativeHashes, bases, rows: few, stamp: stamp(7), surroundings: elsewhere, doorState: orders });
  t.is(third.withdrawn, 6);
  t.deepEqual(third.deltas.map(({ base }) => base), [5, 7]);
});

test("whatever a door's grants and orders go through, a door with either base sees exactly them", (t) => {
  const someOrders = fc.record({
    lockState: fc.constantFrom(LockState.normal, LockState.lockDown, LockState.holdOpen),
    throttleReset: fc.constantFrom(0, 0, 1),
    released: fc.constant(false),
    policy: fc.record({ pinDigits: fc.constantFrom(6, 8), hours: fc.constantFrom(...someWindows) }).map((some) => ({ ...orders.policy, ...some })),
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(someGrants, someOrders, fc.boolean()), { maxLength: 6 }), (steps) => {
      const issued = new IssuedDoor();
      for (const [grants, doorState, acknowledged] of steps) {
        const rows = rowsOfDoor(grants);
        issued.issue(rows, doorState);
        t.true(issued.bases.length <= 2);
        for (const base of issued.bases) {
          const { rows: seen, list } = issued.seen(base);
          t.deepEqual(seen, asGranted(rows));
          t.is(list.lockState, doorState.lockState);
          t.is(list.delta?.throttleReset ?? 0, doorState.throttleReset);
          t.is(list.policy.pinDigits, doorState.policy.pinDigits);
          t.is(list.policy.hoursRule === NO_HOURS, doorState.policy.hours.length === 0);
        }
        if (acknowledged) issued.acknowledge();
      }
    }),
    { numRuns: 100, seed: 5 },
  );
});

/** As above, without the two that share an hour. */
const lawfulWindows = [someWindows[0], someWindows[1], [someWindows[2][0], { ...someWindows[2][1], days: 2 }]];

/** A step of a door's life: `who` and `what` choose among those that are there. */
const aStep = fc.record({
  act: fc.constantFrom("give", "give", "give", "revoke", "revoke", "move out", "suspend", "change terms", "wait", "wait a day", "lock", "hours", "acknowledge", "acknowledge", "crowd", "issue"),
  who: fc.nat(1_000),
  what: fc.nat(1_000),
});

/** What every grant says, one after the other: no list is made of it anywhere else in this way. */
async function naiveRights(unit: Unit, door: string, now: number): Promise<string[]> {
  const all = { at: await unit.selectFrom("grant_doors").selectAll().execute(), grants: await unit.selectFrom("grants").selectAll().execute(), credentials: await unit.selectFrom("credentials").selectAll().execute(), people: await unit.selectFrom("people").selectAll().execute(), known: await unit.selectFrom("door_credentials").selectAll().execute() };
  const rights = new Set<string>();
  for (const at of all.at.filter((row) => row.door_id === door)) {
    const grant = all.grants.find(({ id }) => id === at.grant_id)!;
    if (grant.revoked_at !== null || (grant.not_after !== NO_END && grant.not_after + EXPIRED_ROWS_SECONDS <= now)) continue;
    const family = all.credentials.filter(({ id, parent_id }) => id === grant.credential_id || parent_id === grant.credential_id);
    for (const credential of family) {
      const holder = all.people.find(({ id }) => id === credential.person_id)!;
      const { tag } = all.known.find(({ door_id, credential_id }) => door_id === door && credential_id === credential.id)!;
      const second = credential.kind.includes("second");
      const kind = second ? CredentialKind.pin2 : credential.kind === "card" ? CredentialKind.card : CredentialKind.pin;
      const needsSecond = !second && family.some((other) => other.kind === "second-pin");
      const terms = { notBefore: grant.not_before, notAfter: grant.not_after, windows: JSON.parse(grant.windows) as Window[], holderClass: HolderClass[holder.class], outputs: grant.outputs, maxUses: grant.max_uses };
      rights.add(`${toHex(tag!)} ${kind} ${needsSecond} ${credential.kind.startsWith("duress")} ${holder.suspended_at !== null} ${grant.max_uses > 0 ? grant.use_counter : 0} ${profileKey(terms)}`);
    }
  }
  return [...rights].sort();
}

/** All that issuing writes of a door. */
async function issuedOf(unit: Unit, door: string) {
  return {
    bases: await unit.selectFrom("list_bases").selectAll().where("door_id", "=", door).orderBy("version").execute(),
    deltas: await unit.selectFrom("list_deltas").selectAll().where("door_id", "=", door).orderBy("base_version").orderBy("version").execute(),
    grants: await unit.selectFrom("grant_doors").selectAll().where("door_id", "=", door).orderBy("grant_id").execute(),
    values: await unit.selectFrom("door_credentials").selectAll().where("door_id", "=", door).orderBy("credential_id").execute(),
    destroyed: await unit.selectFrom("credentials").select("id").where("value", "is", null).orderBy("id").execute(),
  };
}

test("X11: the list that a door receives always equals what a naive evaluation of all grants says, and is to the byte the one that is made of all grants", async (t) => {
  const rig = await IssuingRig.open(NOW);
  t.teardown(() => rig.close());
  let houses = 0;
  let changes = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(aStep, { minLength: 10, maxLength: 50, size: "max" }), async (steps) => {
      let now = NOW;
      houses += 1;
      const property = await rig.property(now);
      const doors = [1, 2].map((n) => `${houses}`.padStart(15, "0") + n);
      await rig.unit(async (unit) => {
        for (const door of doors) await rig.claimedDoor(unit, property, door, now);
      });
      const people: string[] = [];
      const pick = <T>(from: readonly T[], n: number): T => from[n % from.length];
      const grantsOf = (unit: Unit, person: string) => unit.selectFrom("grants as grant").innerJoin("credentials as credential", "credential.id", "grant.credential_id").selectAll("grant").where("credential.person_id", "=", person).orderBy("grant.id").execute();
      const give = async (unit: Unit, what: number): Promise<void> => {
        const person = await addPerson(unit, rig.keystore, { property, name: "P", class: pick(["resident", "guest", "staff"] as const, what) }, "test", now);
        people.push(person);
        const terms = (n: number) => ({ notBefore: 0, notAfter: n % 3 === 0 ? NO_END : now + (n % 5) * 43_200 + 600, windows: pick(lawfulWindows, n), maxUses: 0 });
        const grants = [{ doors: what % 4 === 0 ? [doors[0]] : doors, terms: terms(what), outputs: 1 }, ...(what % 5 === 0 ? [{ doors: [doors[1]], terms: { ...terms(what + 1), maxUses: 2 }, outputs: 3 }] : [])];
        const card = what % 7 === 0 ? Uint8Array.of(1, people.length >> 8, people.length, houses) : undefined;
        await giveCredentials(unit, rig.keystore, rig.secrets, person, [{ ...(card && { card }), grants, secondPin: what % 6 === 0, duressPin: card === undefined && what % 11 === 0 && what % 5 !== 0 }], "test", now);
      };
      const perform = async (unit: Unit, { act, who, what }: { act: string; who: number; what: number }): Promise<void> => {
        if (act === "give") return give(unit, what);
        if (act === "crowd") {
          for (let n = 0; n < 12; n++) await give(unit, what + n);
          return;
        }
        if (act === "lock") return setLockState(unit, pick(doors, who), pick(["normal", "lock-down", "hold-open"] as const, what), "test", now);
        if (act === "hours") return setHours(unit, pick(doors, who), { windows: pick(lawfulWindows, what), firstIn: [] }, "test", now);
        if (act === "wait a day") return noteAgedLists(unit, now);
        if (people.length === 0) return;
        const person = pick(people, who);
        const { revoked_at } = await unit.selectFrom("people").select("revoked_at").where("id", "=", person).executeTakeFirstOrThrow();
        if (act === "move out") await revokePerson(unit, person, "test", now);
        if (act === "suspend" && revoked_at === null) await setSuspended(unit, person, what % 2 === 0, "test", now);
        const grant = pick(await grantsOf(unit, person), what);
        if (act === "revoke") await revokeGrant(unit, grant.id, "test", now);
        if (act === "change terms" && grant.not_after > now) {
          await unit.updateTable("grants").set({ not_after: now + 3_600 * (1 + (what % 50)), windows: JSON.stringify(sortWindows(pick(lawfulWindows, what))) }).where("id", "=", grant.id).execute();
          const at = await unit.selectFrom("grant_doors").select("door_id as door").where("grant_id", "=", grant.id).execute();
          await noteChanges(unit, at.map(({ door }) => ({ door, credential: grant.credential_id })), now);
        }
      };
      for (const step of steps) {
        now += step.act === "wait a day" ? 86_400 : step.act === "wait" ? step.what * 60 : step.what % 3;
        await rig.unit((unit) => perform(unit, step));
        if (step.act === "acknowledge") {
          const door = pick(doors, step.who);
          const { version } = await rig.unit((unit) => unit.selectFrom("doors").select("version").where("id", "=", door).executeTakeFirstOrThrow());
          if (version > 0) await rig.acknowledge(door, now);
        }
        if (["give", "suspend", "lock"].includes(step.act)) continue;
        for (const door of (await rig.unit(notedDoors)).filter((noted) => doors.includes(noted))) {
          const whole = await rig.apart(async (unit) => {
            await noteDoors(unit, [door], now);
            await issueList(unit, rig.keystore, door, now);
            return issuedOf(unit, door);
          });
          await rig.unit(async (unit) => {
            changes += (await readNotes(unit, door))?.changed === undefined ? 0 : 1;
            await issueList(unit, rig.keystore, door, now);
            t.deepEqual(await issuedOf(unit, door), whole);
            const rights = await naiveRights(unit, door, now);
            // A code that no door knows any more may be drawn again: then there are two of its tag, and one row.
            const tags = await unit.selectFrom("door_credentials").select("tag").distinct().where("door_id", "=", door).execute();
            const lists = await rig.newestLists(unit, door);
            t.true(lists.length > 0);
            for (const list of lists) t.deepEqual(rightsIn(list, tags.map(({ tag }) => tag!)), rights);
          });
        }
      }
    }),
    { numRuns: 12, seed: 7, includeErrorInReport: true },
  );
  t.true(changes > 100, `${changes} lists were made of changes alone`);
});

test("rows say what is special of them: a second PIN that must follow, duress, suspension, outputs", (t) => {
  const [plain, special] = [resident(1), { ...resident(1), needsSecondPin: true, duress: true, suspended: true, outputs: 0b0101 }];
  const rows = rowsOfDoor([plain, special]);
  t.is(rows.length, 2, "they are two rights");
  const { rows: bytes, profiles } = snapshotFrom(rows);
  const decoded = eachRow(bytes).map(decodeRow);
  t.deepEqual(decoded.map((row) => [row.needsSecondPin, row.duress, row.suspended, profiles[row.profile].outputs]).sort(), [[false, false, false, 1], [true, true, true, 5]]);
  const change = changeFrom(snapshotFrom(rowsOfDoor([plain])), packRows(rowsOfDoor([{ ...plain, suspended: true }])))!;
  t.is(change.tombstones.length, 1);
  t.true(decodeRow(change.added).suspended);
  t.is(change.profiles.length, 0, "the terms stay");
});

test("N9: windows that overlap are found, windows that touch are not", (t) => {
  const at = (days: number, start: number, end: number): Window => ({ days, start, end, onHolidays: false });
  t.is(findOverlap([at(1, 480, 720), at(1, 720, 1_080)]), undefined);
  t.deepEqual(findOverlap([at(1, 480, 721), at(1, 720, 1_080)]), [0, 1]);
  t.deepEqual(findOverlap([at(1, 1_320, 1_800), at(2, 300, 420)]), [0, 1], "a night runs into the next morning");
  t.deepEqual(findOverlap([at(1, 0, 60), at(64, 1_320, 1_500)]), [0, 1], "Sunday's night runs into Monday");
  t.is(findOverlap([at(64, 1_320, 1_440), at(1, 0, 60)]), undefined);
  t.is(findOverlap([at(127, 0, 1_440)]), undefined, "day and night");
});

test("N9: an overlap is found where two windows hold at one minute, and nowhere else", (t) => {
  const offsets = utcOffsetTable("UTC", NOW);
  const holds = (window: Window, minute: number): boolean =>
    evaluateSchedule(0, (index) => (index === 0 ? windowToRule(window) : undefined), new Uint8Array(0), localTime(offsets, minute * 60)) === "inside";
  fc.assert(
    fc.property(fc.array(aWindow, { minLength: 2, maxLength: 3 }), (windows) => {
      const starts = windows.flatMap((window) => Array.from({ length: 7 }, (_, day) => 10_080 + ((day + 4) % 7) * 1_440 + window.start));
      const meet = starts.some((minute) => windows.filter((window) => holds({ ...window, onHolidays: true }, minute)).length > 1);
      t.is(findOverlap(windows) !== undefined, meet);
    }),
    { numRuns: 300, seed: 4 },
  );
});

test("terms: an end in the past, before the start or absurdly far is refused; the smallest good ones pass", (t) => {
  const terms = { notBefore: 0, notAfter: NO_END, windows: [], maxUses: 0 };
  t.is(findTermsFault({ ...terms, notAfter: NOW }, 1, NOW)?.code, "end-not-in-future");
  t.is(findTermsFault({ ...terms, notBefore: NOW + 10, notAfter: NOW + 10 }, 1, NOW)?.code, "end-before-start");
  t.is(findTermsFault({ ...terms, notAfter: NOW + 30 * 366 * 86_400 }, 1, NOW)?.code, "end-too-far");
  t.is(findTermsFault({ ...terms, maxUses: 1 }, 2, NOW)?.code, "uses-need-one-door");
  t.is(findTermsFault({ ...terms, maxUses: 1 }, 1, NOW), undefined);
  t.is(findTermsFault({ ...terms, notAfter: NOW + 1 }, 3, NOW), undefined);
});

test("X9: PIN length follows the population", (t) => {
  t.deepEqual([1, 50, 51, 500, 501, 1_000, 5_000, 5_001, 10_000].map(pinDigitsFor), [6, 6, 7, 7, 8, 8, 8, 9, 9]);
});

test("X9: PINs are uniform, keep their leading zeros, and leave out only what people try first", (t) => {
  const draws = [42, 0, 123_456, 999_999, 7];
  t.is(drawPin(6, () => draws.shift()!), "000042");
  t.is(drawPin(6, () => draws.shift()!), "000007", "all zeros, a run and all nines are drawn again");
  t.true(isTriedFirst("987654") && isTriedFirst("890123") && !isTriedFirst("123457"));
  let left = 0;
  for (let n = 0; n < 1_000_000; n++) if (isTriedFirst(String(n).padStart(6, "0"))) left += 1;
  t.is(left, 30);
  const firsts = new Array<number>(10).fill(0);
  for (let n = 0; n < 20_000; n++) firsts[Number(drawPin(6)[0])] += 1;
  t.true(Math.max(...firsts) < 2_300 && Math.min(...firsts) > 1_700, firsts.join());
});

test("X5: the offset table has the zone's changes for two years, and serves until a year before its end", (t) => {
  const march = Date.UTC(2026, 2, 29, 1) / 1_000;
  const table = utcOffsetTable("Europe/Paris", march - 90 * 86_400);
  t.is(localTime(table, march - 1).minute, 119);
  t.is(localTime(table, march).minute, 180, "02:00 to 03:00 does not occur");
  t.is(localTime(table, Date.UTC(2026, 9, 25, 1) / 1_000).minute, 120, "02:00 to 03:00 occurs twice");
  t.true(tableServes(table, "Europe/Paris", march));
  t.true(tableServes(table, "Europe/Paris", march + 200 * 86_400));
  t.false(tableServes(table, "Europe/Paris", march + 500 * 86_400));
  t.false(tableServes(table, "Europe/London", march));
  t.is(localTime(utcOffsetTable("Asia/Kathmandu", NOW), 0).minute, 345);
  t.notThrows(() => utcOffsetTable("Africa/Casablanca", NOW));
});

test("X1: the latest opening is lease end, grace, clock allowance, drift and unlock time; never less", (t) => {
  const facts = { leased: true, leaseEnd: NOW + 24 * HOUR, rightEnd: undefined, lastSignedTime: NOW, unlockSeconds: 5 };
  const latest = latestOpening(facts)!;
  t.is(latest.until, NOW + 24 * HOUR + 60 + 960 + 9 + 5);
  t.is(latest.driftSeconds, 9);
  t.is(latestOpening({ ...facts, leased: false, rightEnd: NOW }), undefined, "no lease: no limit");
  const byRight = latestOpening({ ...facts, rightEnd: NOW + HOUR })!;
  t.is(byRight.bound, "right");
  t.is(byRight.until, NOW + HOUR + 960 + 1 + 5);
  const longAgo = latestOpening({ ...facts, lastSignedTime: NOW - 100 * 86_400 })!;
  t.is(longAgo.driftSeconds, Math.ceil((101 * 86_400) / 10_000));
});

test("native signatures are the bytes that protocol/cose makes, of the length that was known before", async (t) => {
  const seed = new Uint8Array(32).map((_, i) => i * 7);
  const context = signingContext("delta", door);
  for (const length of [0, 23, 24, 255, 256, 300, 65_535, 65_536]) {
    const payload = new Uint8Array(length).map((_, i) => i);
    const signed = await signMessage(new NativeSigningKey(seed), payload, context);
    t.deepEqual(signed, sign(payload, seed, context));
    t.is(signedLength(length), signed.length);
    t.deepEqual(await signMessage(new NativeSigningKey(seed), payload, context, true), sign(payload, seed, context, true));
  }
});

test("keysets: the first one stands by itself, the next needs old and new roots", async (t) => {
  const roots = [1, 2, 3].map((n) => new NativeSigningKey(new Uint8Array(32).fill(n)));
  const keystore = { ...testKeystore(), roots: roots.slice(0, 2), threshold: 2 };
  const { keyset, message } = await firstKeyset(keystore, { listKey: signingKey, leaseKey: signingKey }, NOW);
  const holds = (bytes: Uint8Array, previous?: typeof keyset) => checkKeysetSuccession(nativeHashes, decodeKeysetMessage(bytes), previous).every((check) => verify(check.signature, check.message, check.publicKey));
  t.true(holds(message));
  const next = { ...keyset, number: 2, epoch: 2, roots: [roots[1].publicKey, roots[2].publicKey] };
  const [all, tooFew] = [await signKeyset(next, roots), await signKeyset(next, roots.slice(1))];
  t.true(holds(all, keyset));
  t.throws(() => holds(tooFew, keyset), { message: /too-few-signatures/ });
});

test("sealed secrets open for their own record only", (t) => {
  const sealing = new Sealing(new Uint8Array(32).fill(3));
  const sealed = sealing.seal("pin", "a/1", Uint8Array.of(1, 2, 3));
  t.deepEqual([...sealing.open("pin", "a/1", sealed)], [1, 2, 3]);
  t.throws(() => sealing.open("pin", "b/1", sealed));
  t.throws(() => sealing.open("door-key", "a/1", sealed));
  t.throws(() => sealing.open("pin", "a/1", sealed.map((byte, i) => (i === 14 ? byte ^ 1 : byte))));
  t.throws(() => sealing.open("pin", "a/1", sealed.subarray(0, 20)));
  t.throws(() => new Sealing(new Uint8Array(32)).open("pin", "a/1", sealed));
});

test("the frame limit follows packets over any cut of the stream and stops what announces too much", (t) => {
  const packet = (length: number): number[] => [0x30, ...varint(length), ...new Array<number>(length).fill(0xff)];
  const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)]);
  const stream = [0x10, 10, ...new Array<number>(10).fill(0xff), ...packet(0), ...packet(300), ...packet(8_192)];
  for (const size of [1, 2, 7, 1_000, 100_000]) {
    const limit = new FrameLimit();
    for (let at = 0; at < stream.length; at += size) t.is(limit.take(Uint8Array.from(stream.slice(at, at + size))).rest, "none");
    t.is(limit.take(Uint8Array.from([0x30, ...varint(8_193)])).rest, "refused");
  }
  const refused = (...bytes: number[]) => new FrameLimit().take(Uint8Array.from(bytes)).rest === "refused";
  t.true(refused(0x10, 0xff, 0xff, 0xff, 0x7f), "256 MB before login");
  t.true(refused(0x10, 0x80, 0x80, 0x80, 0x80, 0x00), "a length of five bytes");
  t.true(refused(0x16, 3, 1), "TLS where there is none");
  t.true(refused(0x47, 0x45, 0x54), "HTTP");
  // Where too many come, the rest waits at the beginning of a packet, wherever the stream was cut.
  for (const size of [1, 2, 7, 1_000, 100_000]) {
    let tokens = 2;
    const announced: number[] = [];
    const limit = new FrameLimit({ mayBegin: () => tokens-- > 0, announced: (bytes) => announced.push(bytes) });
    let passed = 0;
    for (let at = 0, rest = "none"; at < stream.length && rest === "none"; at += size) {
      const verdict = limit.take(Uint8Array.from(stream.slice(at, at + size)));
      passed += verdict.passed;
      rest = verdict.rest;
      if (rest === "waits") {
        t.is(passed, 12 + 2);
        tokens = 2;
        t.is(limit.take(Uint8Array.from(stream.slice(passed))).rest, "none");
      }
    }
    t.deepEqual(announced, [10, 0, 300, 8_192]);
  }
});

test("a door's login reaches its own topics and nothing else", (t) => {
  const id = "00112233445566aa";
  const other = "00112233445566ab";
  const topic = (rest: string, owner = id) => `latchkey/1/doors/${owner}/${rest}`;
  for (const what of ["state", "receipt", "events", "need", "reply"]) t.true(mayPublish(id, topic(`up/${what}`), 1));
  for (const wrong of [topic("up/receipt", other), topic("down/lease"), topic("up/command"), topic("up/constructor"), topic("up"), topic("up/state/1"), "$SYS/x", "latchkey/1/doors", ""]) t.false(mayPublish(id, wrong, 1), wrong);
  t.false(mayPublish(id, topic("up/receipt"), 77));
  t.false(mayPublish(id, topic("up/receipt"), 0));
  t.true(maySubscribe(id, topic("down/#")) && maySubscribe(id, topic("down/lease")));
  for (const wrong of [topic("down/#", other), topic("up/#"), topic("#"), "#", "+/1/doors/+/down/#", topic("down"), "latchkey/1/doors/+/down/#", "$share/a/" + topic("down/#")]) t.false(maySubscribe(id, wrong), wrong);
});
