import { sql } from "kysely";
import pino from "pino";
import { systemClock } from "../../cloud/clock";
import { readIssuedState } from "../../cloud/doors/issued-state";
import { newestList } from "../../cloud/issuing/compile-list";
import { ListIssuer } from "../../cloud/issuing/list-issuer";
import { basePayload } from "../../cloud/issuing/list-payloads";
import { signPlan } from "../../cloud/issuing/list-signing";
import { nativeHashes } from "../../cloud/keys/native-hashes";
import { addPerson } from "../../cloud/people/add-person";
import { giveCredentials } from "../../cloud/people/give-credential";
import { revokeGrant } from "../../cloud/people/revoke";
import type { Unit } from "../../cloud/store/store";
import { fromHex } from "../../protocol/bytes";
import { decodeManifest } from "../../protocol/manifest";
import { NO_END } from "../../protocol/profile";
import { IssuingRig } from "../support/issuing-rig";
import type { Row } from "./row";

const DOORS = 200;
const FULL = 4; // doors whose lists are made of all grants, for comparison
const CREDENTIALS = 10_000;
const GUESTS = 500; // with an end of their own
const STAFF = 1_500; // in one of 20 schedules
const CHANGES = 5;
const BUDGET_MS = 1_000;

/** What one change costs that concerns every door of a large site: from its commit until all lists are signed and stored. */
export async function rows(): Promise<Row[]> {
  const now = systemClock.now();
  const rig = await IssuingRig.open(now);
  const { database } = rig.store;
  const issuer = new ListIssuer({ database, keystore: rig.keystore, clock: systemClock, log: pino({ level: "silent" }), onIssued: () => undefined });
  const issue = (): Promise<Cost> =>
    measured(async () => {
      issuer.wake();
      await issuer.idle();
    });
  try {
    const property = await rig.property(now);
    const doors = Array.from({ length: DOORS }, (_, n) => n.toString(16).padStart(16, "0"));
    await seed(rig, property, doors, now);
    // A few doors' lists are made of all grants. Then the others get the same one, as their own.
    const few = await issue();
    const all = { cpu: (few.cpu * DOORS) / FULL, clock: (few.clock * DOORS) / FULL };
    await rig.unit((unit) => copyBases(rig, unit, doors));

    const [revocations, pins, revoking, giving]: Cost[][] = [[], [], [], []];
    for (let n = 0; n <= CHANGES; n++) {
      revoking.push(await measured(() => rig.unit((unit) => revokeGrant(unit, `g${(n * 1_003) % CREDENTIALS}`, "bench", now))));
      revocations.push(await issue());
      const person = await rig.unit((unit) => addPerson(unit, rig.keystore, { property, name: "New", class: "resident" }, "bench", now));
      const terms = { notBefore: 0, notAfter: NO_END, windows: [], maxUses: 0 };
      giving.push(await measured(() => rig.unit((unit) => giveCredentials(unit, rig.keystore, rig.secrets, person, [{ grants: [{ doors, terms, outputs: 1 }], secondPin: false, duressPin: false }], "bench", now))));
      pins.push(await issue());
      await rig.unit((unit) => requireIssued(unit));
    }
    // The first of each is the compiler's.
    const worst = (costs: readonly Cost[], of: keyof Cost): number => Math.max(...costs.slice(1).map((cost) => cost[of]));
    const site = `${CREDENTIALS.toLocaleString("en")} credentials × ${DOORS} doors`;
    const row = (name: string, costs: readonly Cost[]): Row[] => [
      { name: `${name}, compiled, signed, stored`, value: worst(costs, "cpu"), unit: "ms", budget: { atMost: BUDGET_MS }, references: [{ name: `lists made of all grants (${FULL} doors, times ${DOORS / FULL})`, value: all.cpu }] },
      { name: "… by the clock, with whatever else runs here", value: worst(costs, "clock"), unit: "ms", references: [{ name: "lists made of all grants", value: all.clock }] },
    ];
    return [
      ...row(`One revocation at ${site}`, revocations),
      ...row(`One new PIN at ${site}`, pins),
      { name: "… the command before: revoke", value: worst(revoking, "cpu"), unit: "ms" },
      { name: "… the command before: draw and give a PIN", value: worst(giving, "cpu"), unit: "ms" },
    ];
  } finally {
    await issuer.stop();
    await rig.close();
  }
}

/** Milliseconds of this process on the CPU, which what else runs on the machine does not change; and by the clock. */
interface Cost {
  cpu: number;
  clock: number;
}

async function measured(work: () => Promise<unknown>): Promise<Cost> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 1_000, clock: performance.now() - start };
}

/** Straight into the tables, inside the database: two million rows of either kind. */
async function seed(rig: IssuingRig, property: string, doors: readonly string[], now: number): Promise<void> {
  const week = JSON.stringify([{ days: 31, start: 480, end: 1_080, onHolidays: false }]);
  await rig.unit(async (unit) => {
    for (const door of doors) await rig.claimedDoor(unit, property, door, now);
    await unit.deleteFrom("outbox").where("door_id", "in", doors.slice(FULL)).execute();
    await sql`CREATE TEMP TABLE numbers AS WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < ${CREDENTIALS}) SELECT n FROM n`.execute(unit);
    await sql`INSERT INTO people (id, property_id, name, class, created_at)
      SELECT 'p' || n, ${property}, 'P', CASE WHEN n < ${GUESTS} THEN 'guest' WHEN n < ${GUESTS + STAFF} THEN 'staff' ELSE 'resident' END, ${now} FROM numbers`.execute(unit);
    await sql`INSERT INTO credentials (id, person_id, kind, digits, version, created_at) SELECT 'c' || n, 'p' || n, 'pin', 9, 1, ${now} FROM numbers`.execute(unit);
    await sql`INSERT INTO grants (id, credential_id, not_before, not_after, windows, max_uses, use_counter, created_at, created_by)
      SELECT 'g' || n, 'c' || n, 0, CASE WHEN n < ${GUESTS} THEN ${now} + 86400 + 600 * n ELSE ${NO_END} END,
        CASE WHEN n BETWEEN ${GUESTS} AND ${GUESTS + STAFF - 1} THEN replace(${week}, '480', 360 + n % 20) ELSE '[]' END, 0, 0, ${now}, 'bench' FROM numbers`.execute(unit);
    // Indexes are built faster than grown. Tags are alike at all doors, so that they can have one list.
    const indexes = await sql<{ name: string; sql: string }>`SELECT name, sql FROM sqlite_master WHERE tbl_name = 'door_credentials' AND type = 'index' AND sql IS NOT NULL`.execute(unit);
    for (const { name } of indexes.rows) await sql`DROP INDEX ${sql.ref(name)}`.execute(unit);
    await sql`INSERT INTO door_credentials (door_id, credential_id, fingerprint, tag)
      SELECT doors.id, 'c' || n, randomblob(32), unhex(printf('%06x%04x', (n * 7919) % 16777216, n)) FROM doors JOIN numbers`.execute(unit);
    for (const index of indexes.rows) await sql.raw(index.sql).execute(unit);
    await sql`INSERT INTO grant_doors (grant_id, door_id) SELECT 'g' || n, doors.id FROM numbers JOIN doors ORDER BY 1, 2`.execute(unit);
    await sql`DROP TABLE numbers`.execute(unit);
  });
}

/** Every door has issued, and has acknowledged, the list of the first one. */
async function copyBases(rig: IssuingRig, unit: Unit, doors: readonly string[]): Promise<void> {
  const { version, epoch } = await unit.selectFrom("doors").select(["version", "epoch"]).where("id", "=", doors[0]).executeTakeFirstOrThrow();
  const issued = await readIssuedState(unit, doors[0], version);
  const { rows } = newestList(issued)!;
  const { utcOffsets, holidays, policy } = decodeManifest(issued.bases[0].manifest);
  for (const door of doors.slice(FULL)) {
    const stamp = { door: fromHex(door)!, epoch, version, issuedAt: version };
    const payload = basePayload(nativeHashes, stamp, rows, { utcOffsets, holidays }, { ...policy, hours: [] });
    const base = (await signPlan({ base: payload, deltas: [] }, stamp.door, (await rig.keystore.signing.current(unit)).listKey)).base!;
    await unit
      .insertInto("list_bases")
      .values({ door_id: door, version, epoch, state: "next", manifest: base.manifest, signed_manifest: base.signedManifest, page_hashes: base.pageHashes, body: base.body })
      .execute();
  }
  await unit.updateTable("list_bases").set({ state: "current" }).execute();
  await unit.updateTable("grant_doors").set({ added_version: version }).where("added_version", "is", null).execute();
  await unit.updateTable("doors").set({ epoch, version }).where("version", "=", 0).execute();
  await unit.updateTable("doors").set((eb) => ({ offered_version: eb.ref("version"), acknowledged_version: eb.ref("version") })).execute();
}

async function requireIssued(unit: Unit): Promise<void> {
  const { noted } = await unit.selectFrom("outbox").select((eb) => eb.fn.countAll().as("noted")).executeTakeFirstOrThrow();
  if (Number(noted) > 0) throw new Error("a list was not issued");
}
