import { fromHex } from "../../protocol/bytes";
import { readIssuedState } from "../doors/issued-state";
import type { Keystore } from "../keys/keystore";
import { nativeHashes } from "../keys/native-hashes";
import type { Unit } from "../store/store";
import type { DoorRow } from "../store/rows/door-rows";
import { compileAll, compileChanges, newestList, type CompiledList } from "./compile-list";
import { releaseCredentials } from "./credential-release";
import { ordersOf } from "./orders-of-door";
import { deleteNotes, readNotes } from "./outbox";
import type { ListStamp } from "./list-payloads";
import { signPlan, type SignedPlan } from "./list-signing";
import { nextVersion, planList } from "./plan-list";
import { surroundingsOf } from "./property-surroundings";

/**
 * Brings a claimed door's list up to date with its grants, as `planList` says, and notes that this is done.
 * @param now Unix seconds.
 */
export async function issueList(unit: Unit, keystore: Keystore, door: string, now: number): Promise<void> {
  const notes = await readNotes(unit, door);
  const row = await unit.selectFrom("doors").selectAll().where("id", "=", door).executeTakeFirstOrThrow();
  if (row.claimed_at === null) await dropRevoked(unit, door);
  const list = row.claimed_at === null ? undefined : await issueVersion(unit, keystore, row, notes?.changed, now);
  // What goes from a list that was never sent is free at once.
  if (list?.credentials === undefined || list.leaving.length > 0) await releaseCredentials(unit, door, now, list?.credentials);
  if (notes !== undefined) await deleteNotes(unit, door, notes);
}

/** @param changed credentials, where only their rights have; undefined = anything may have. */
async function issueVersion(unit: Unit, keystore: Keystore, door: DoorRow, changed: readonly string[] | undefined, now: number): Promise<CompiledList> {
  const property = await unit.selectFrom("properties").selectAll().where("id", "=", door.property_id).executeTakeFirstOrThrow();
  const { epoch, listKey } = await keystore.signing.current(unit);
  const issued = await readIssuedState(unit, door.id, door.version);
  const newest = changed && newestList(issued);
  const list = (newest && (await compileChanges(unit, door, newest, changed, now))) ?? (await compileAll(unit, door, now));
  const stamp: ListStamp = { door: fromHex(door.id)!, epoch, version: nextVersion(door.version, now), issuedAt: now };
  const withdrawn = await unit.selectFrom("list_bases").select("version").where("door_id", "=", door.id).where("state", "=", "withdrawn").limit(1).executeTakeFirst();
  const plan = planList({
    hashes: nativeHashes,
    bases: issued.bases,
    strayed: withdrawn !== undefined || (issued.bases.length === 0 && door.version > 0),
    rows: list.rows,
    stamp,
    surroundings: surroundingsOf(property, now),
    doorState: ordersOf(door, property, list.pinDigits),
  });
  await storePlan(unit, door.id, stamp, await signPlan(plan, stamp.door, listKey));
  await unit.updateTable("doors").set({ epoch: stamp.epoch, version: stamp.version }).where("id", "=", door.id).execute();
  await stampGrants(unit, door.id, stamp.version, door.offered_version, list);
  await forgetUnsent(unit, door.id, stamp.version, door.offered_version, withdrawn !== undefined || plan.withdrawn !== undefined);
  return list;
}

async function storePlan(unit: Unit, door: string, stamp: ListStamp, { base, withdrawn, deltas }: SignedPlan): Promise<void> {
  const { epoch, version } = stamp;
  if (withdrawn !== undefined) await unit.updateTable("list_bases").set({ state: "withdrawn" }).where("door_id", "=", door).where("version", "=", withdrawn).execute();
  if (base !== undefined) {
    await unit
      .insertInto("list_bases")
      .values({ door_id: door, version, epoch, state: "next", manifest: base.manifest, signed_manifest: base.signedManifest, page_hashes: base.pageHashes, body: base.body })
      .execute();
  }
  for (const { base: base_version, delta } of deltas) {
    await unit.insertInto("list_deltas").values({ door_id: door, base_version, version, payload: delta.payload, signed_delta: delta.signedDelta }).execute();
  }
}

/** Remembers with which version a grant came to the door, changed there and went: that is what receipts are held against. */
async function stampGrants(unit: Unit, door: string, version: number, offered: number, { coming, leaving, credentials }: CompiledList): Promise<void> {
  for (const { grant, addedVersion } of leaving) {
    const neverLeft = addedVersion === null || addedVersion > offered;
    await unit.updateTable("grant_doors").set({ removed_version: version, never_left: neverLeft ? 1 : 0 }).where("grant_id", "=", grant).where("door_id", "=", door).execute();
  }
  await unit.updateTable("grant_doors").set({ changed_version: version }).where("door_id", "=", door).where("changed_version", "=", 0).execute();
  if (coming.length === 0) return;
  const stamped = unit.updateTable("grant_doors").set({ added_version: version }).where("door_id", "=", door);
  // Of all the door's grants, those that come are found by what they lack; of a few, by name.
  await (credentials === undefined ? stamped.where("removed_version", "is", null).where("added_version", "is", null) : stamped.where("grant_id", "in", coming)).execute();
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
async function forgetUnsent(unit: Unit, door: string, version: number, offered: number, withdrawn: boolean): Promise<void> {
  await unit.deleteFrom("list_deltas").where("door_id", "=", door).where("version", ">", offered).where("version", "<", version).execute();
  if (withdrawn) await unit.deleteFrom("list_bases").where("door_id", "=", door).where("state", "=", "withdrawn").where("version", ">", offered).execute();
}
