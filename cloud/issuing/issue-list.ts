import { fromHex } from "../../protocol/bytes";
import { DELTA_REBASE_BYTES, U32_MAX } from "../../protocol/limits";
import { decodeManifest } from "../../protocol/manifest";
import { rowsOfDoor, type DoorRow as ListRow } from "../access/door-row";
import type { Keystore } from "../keys/keystore";
import type { Unit } from "../store/store";
import type { ListBaseRow } from "../store/tables";
import { releaseCredentials } from "./credential-release";
import { readDoorGrants } from "./door-grants";
import { manifestServes, surroundingsOf } from "./door-surroundings";
import { changeFrom } from "./list-change";
import { signBase, signDelta, type ListStamp, type SignedDelta } from "./list-signing";
import { readSnapshot } from "./snapshot";

/**
 * Brings a claimed door's list up to date with its grants and notes that this is done. A new version is
 * max(previous + 1, Unix seconds), so that a restored database never gives one twice.
 *
 * Two bases (SPEC 5.6): each version is a delta on the base that the door acknowledged and on the one that it is
 * to change to. Where no delta on that one can say the change, another takes its place: there is never a third.
 * @param now Unix seconds.
 */
export async function issueList(unit: Unit, keystore: Keystore, door: string, now: number): Promise<void> {
  const notes = await unit.selectFrom("outbox").select((eb) => eb.fn.max("id").as("last")).where("door_id", "=", door).executeTakeFirst();
  const row = await unit.selectFrom("doors").selectAll().where("id", "=", door).executeTakeFirstOrThrow();
  if (row.claimed_at === null) {
    await dropRevoked(unit, door);
  } else {
    const property = await unit.selectFrom("properties").selectAll().where("id", "=", row.property_id).executeTakeFirstOrThrow();
    const keyset = await unit.selectFrom("keysets").select("epoch").orderBy("number", "desc").limit(1).executeTakeFirstOrThrow();
    const grants = await readDoorGrants(unit, door, now);
    const rows = rowsOfDoor(grants.live);
    const stamp: ListStamp = { door: fromHex(door)!, epoch: keyset.epoch, version: Math.max(row.version + 1, now), issuedAt: now };
    if (stamp.version > U32_MAX) throw new Error("no versions left: rotate the keys into a new epoch");

    const bases = await unit.selectFrom("list_bases").selectAll().where("door_id", "=", door).where("state", "!=", "withdrawn").orderBy("version").execute();
    const surroundings = surroundingsOf(property, grants.pinDigits === 0 ? PIN_DIGITS : grants.pinDigits, now);
    const deltas = bases.map((base) => (base.epoch === stamp.epoch ? deltaOn(base, keystore, stamp, rows) : undefined));
    const newest = bases.at(-1);
    const newestDelta = deltas.at(-1);
    const serves = newest !== undefined && newestDelta !== undefined && manifestServes(decodeManifest(newest.manifest), property, surroundings, now);
    const long = newestDelta !== undefined && newestDelta.signedDelta.length > DELTA_REBASE_BYTES;
    if (!serves || (long && newest.state === "current")) {
      if (newest?.state === "next") await unit.updateTable("list_bases").set({ state: "withdrawn" }).where("door_id", "=", door).where("version", "=", newest.version).execute();
      const base = signBase(keystore.listKey, stamp, rows, surroundings);
      await unit
        .insertInto("list_bases")
        .values({ door_id: door, version: stamp.version, epoch: stamp.epoch, state: "next", manifest: base.manifest, signed_manifest: base.signedManifest, page_hashes: base.pageHashes, body: base.body })
        .execute();
      if (newest?.state === "next") deltas.pop();
    }
    for (const [index, delta] of deltas.entries()) {
      if (delta === undefined) continue;
      await unit.insertInto("list_deltas").values({ door_id: door, base_version: bases[index].version, version: stamp.version, payload: delta.payload, signed_delta: delta.signedDelta }).execute();
    }
    await unit.updateTable("doors").set({ epoch: stamp.epoch, version: stamp.version }).where("id", "=", door).execute();
    await stampGrants(unit, door, stamp.version, row.offered_version, grants.leaving);
    await forgetUnsent(unit, door, stamp.version, row.offered_version);
  }
  await releaseCredentials(unit, door, now);
  if (notes?.last) await unit.deleteFrom("outbox").where("door_id", "=", door).where("id", "<=", notes.last).execute();
}

/** What an empty list tells a keypad to wait for. */
const PIN_DIGITS = 6;

function deltaOn(base: ListBaseRow, keystore: Keystore, stamp: ListStamp, rows: readonly ListRow[]): SignedDelta | undefined {
  const change = changeFrom(readSnapshot(base.body, decodeManifest(base.manifest)), rows);
  return change && signDelta(keystore.listKey, stamp, base, change);
}

/** Remembers with which version a grant came to the door and with which it went: that is what receipts are held against. */
async function stampGrants(unit: Unit, door: string, version: number, offered: number, leaving: readonly { grant: string; addedVersion: number | null }[]): Promise<void> {
  for (const { grant, addedVersion } of leaving) {
    const neverLeft = addedVersion === null || addedVersion > offered;
    await unit.updateTable("grant_doors").set({ removed_version: version, never_left: neverLeft ? 1 : 0 }).where("grant_id", "=", grant).where("door_id", "=", door).execute();
  }
  await unit.updateTable("grant_doors").set({ added_version: version }).where("door_id", "=", door).where("added_version", "is", null).where("removed_version", "is", null).execute();
}

/** A door that was never claimed holds nothing: what is revoked there is gone at once. */
async function dropRevoked(unit: Unit, door: string): Promise<void> {
  await unit
    .updateTable("grant_doors")
    .set({ removed_version: 0, never_left: 1 })
    .where("door_id", "=", door)
    .where("removed_version", "is", null)
    .where("grant_id", "in", (eb) => eb.selectFrom("grants").select("id").where("revoked_at", "is not", null))
    .execute();
}

/** Versions that were overtaken before any byte of them left can never be acknowledged. */
async function forgetUnsent(unit: Unit, door: string, version: number, offered: number): Promise<void> {
  await unit.deleteFrom("list_deltas").where("door_id", "=", door).where("version", ">", offered).where("version", "<", version).execute();
  await unit.deleteFrom("list_bases").where("door_id", "=", door).where("state", "=", "withdrawn").where("version", ">", offered).execute();
}
