import { signedLength } from "../../protocol/cose-sign1";
import type { Hashes } from "../../protocol/hashes";
import { DELTA_REBASE_BYTES, U32_MAX } from "../../protocol/limits";
import { decodeManifest } from "../../protocol/manifest";
import { needNoDelta, type DoorOrders } from "./door-orders";
import { manifestServes, type DoorSurroundings } from "./door-surroundings";
import { changeFrom } from "./list-change";
import type { ListRows } from "./list-rows";
import { basePayload, deltaPayload, type BasePayload, type DeltaPayload, type ListStamp, type SignedBase } from "./list-payloads";
import { readSnapshot } from "./snapshot";

/** A base that a door has (`current`) or is to change to (`next`), as far as plans go by it … */
export interface KnownBase extends BasePayload {
  version: number;
  epoch: number;
  state: "current" | "next";
}

/** … and as it was issued. */
export type IssuedBase = KnownBase & SignedBase;

/** All that goes into one version of a door's list. */
export interface ListOrder {
  hashes: Hashes;
  /** Bases that are not withdrawn, oldest first: at most one of each state. */
  bases: readonly KnownBase[];
  /** The door may have a base that is none of these: one that was withdrawn, or that a restored database does not know. */
  strayed?: boolean;
  /** What the list must hold: from `rowsOfDoor`, or from what was issued before and has changed. */
  rows: ListRows;
  stamp: ListStamp;
  surroundings: DoorSurroundings;
  doorState: DoorOrders;
}

/** What a version consists of, still to be signed; the rest of what was issued stays as it is. */
export interface ListPlan {
  /** The new `next` base, of the stamp's version. */
  base?: BasePayload;
  /** Version of the `next` base that it takes the place of: no door is offered that one any more. */
  withdrawn?: number;
  /** By version of the base that each stands on. */
  deltas: { base: number; delta: DeltaPayload }[];
}

/**
 * Brings a door's list up to date with its rows and orders: the two-base rule (SPEC 5.6). Each version is a delta on
 * the base that the door acknowledged and on the one that it is to change to. Where no delta on that one can say the
 * change, another takes its place: there is never a third.
 * @throws Error where a door cannot hold the list.
 */
export function planList(order: ListOrder): ListPlan {
  const { bases, rows, stamp, surroundings, doorState } = order;
  const onBases = bases.map((base) => deltaOn(base, order));
  const newest = bases.at(-1);
  const newestDelta = onBases.at(-1);
  const plan: ListPlan = { deltas: [] };
  const serves = newest !== undefined && newestDelta !== undefined && manifestServes(decodeManifest(newest.manifest), surroundings, stamp.issuedAt);
  const long = newestDelta !== undefined && signedLength(newestDelta.payload.length) > DELTA_REBASE_BYTES;
  if (!serves || (long && newest.state === "current")) {
    plan.base = basePayload(order.hashes, stamp, rows, surroundings, doorState.policy);
    if (newest?.state === "next") plan.withdrawn = newest.version;
  }
  bases.forEach(({ version }, index) => {
    const delta = onBases[index];
    if (delta !== undefined && version !== plan.withdrawn) plan.deltas.push({ base: version, delta });
  });
  // A door goes by no base alone while it is under orders that only a delta ends. Where none on what it has will tell
  // it so, as in a new epoch or after a base that was withdrawn, the new base must not leave it waiting.
  const untold = order.strayed === true || plan.withdrawn !== undefined || onBases.some((delta) => delta === undefined);
  if (plan.base !== undefined && (untold || !needNoDelta(doorState))) {
    const { version } = stamp;
    const delta = deltaOn({ ...plan.base, version, epoch: stamp.epoch }, order);
    if (delta === undefined) throw new Error("an empty delta is too long");
    plan.deltas.push({ base: version, delta });
  }
  return plan;
}

function deltaOn(base: Omit<KnownBase, "state">, order: ListOrder): DeltaPayload | undefined {
  const { stamp, rows, doorState } = order;
  if (base.epoch !== stamp.epoch) return undefined;
  const change = changeFrom(readSnapshot(base.body, decodeManifest(base.manifest)), rows, doorState.policy.hours);
  return change && deltaPayload(order.hashes, stamp, base, change, doorState);
}

/**
 * max(previous + 1, Unix seconds), so that a restored database never gives a version twice.
 * @throws Error where none is left.
 */
export function nextVersion(previous: number, now: number): number {
  const version = Math.max(previous + 1, now);
  if (version > U32_MAX) throw new Error("no versions left: rotate the keys into a new epoch");
  return version;
}
