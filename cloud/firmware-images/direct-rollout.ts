import { audit } from "../audit/audit";
import { Refusal } from "../refusal";
import { newId } from "../store/ids";
import type { RolloutRow } from "../store/rows/firmware-rows";
import type { Unit } from "../store/store";
import { openDescriptor } from "./image-keys";
import type { StageSize } from "./rollout-course";

/** How an image gets to doors, as whoever runs the site has it. */
export interface RolloutTerms {
  image: string;
  stages: readonly StageSize[];
  settleSeconds: number;
  toleratedPercent: number;
  /** Whatever properties have chosen: for what cannot wait for the night. */
  anyHour: boolean;
  /** undefined = all. */
  properties: readonly string[] | undefined;
}

/** One door, then more and more, a stage a night. */
export const DEFAULT_STAGES: readonly StageSize[] = [{ doors: 1 }, { percent: 5 }, { percent: 25 }, { percent: 100 }];

/**
 * Begins to roll an image out. It goes on for doors that are claimed later, until it ends or a newer one follows.
 * @returns the roll-out's id.
 * @throws {Refusal} `not-found`, `image-not-trusted`, `below-minimum`, `rollout-open`.
 */
export async function startRollout(unit: Unit, terms: RolloutTerms, actor: string, now: number): Promise<string> {
  const image = await unit.selectFrom("firmware_images").selectAll().where("id", "=", terms.image).where("removed_at", "is", null).executeTakeFirst();
  if (image === undefined) throw new Refusal("not-found", "There is no such image.");
  // A key may have lost its trust since the image came.
  await openDescriptor(unit, image.descriptor);
  await requireAboveMinimum(unit, image.target, image.version);
  const open = await unit.selectFrom("rollouts").select("id").where("target", "=", image.target).where("ended_at", "is", null).executeTakeFirst();
  if (open !== undefined) throw new Refusal("rollout-open", "Another image is being rolled out to this kind of board: end that first.", { rollout: open.id });
  if (terms.properties !== undefined) await requireProperties(unit, terms.properties);
  const id = newId();
  await unit
    .insertInto("rollouts")
    .values({
      ...{ id, image_id: image.id, target: image.target, state: "running", stages: JSON.stringify(terms.stages), stage: 0, stage_at: now },
      ...{ settle_seconds: terms.settleSeconds, tolerated_percent: terms.toleratedPercent, any_hour: terms.anyHour ? 1 : 0, properties: terms.properties === undefined ? null : JSON.stringify(terms.properties) },
      ...{ looked_at: now, watched_since: now, created_at: now, created_by: actor },
    })
    .execute();
  await audit(unit, { at: now, actor, action: "rollout.start", subject: `rollout/${id}`, detail: { image: image.id, version: image.version, stages: terms.stages, anyHour: terms.anyHour, properties: terms.properties ?? "all" } });
  return id;
}

/** The largest minimum version of all images of a kind that were ever rolled out: doors that took one take nothing below. 0 = none was. */
export async function minimumOf(unit: Unit, target: string): Promise<number> {
  const { minimum } = await unit
    .selectFrom("rollouts as rollout")
    .innerJoin("firmware_images as image", "image.id", "rollout.image_id")
    .where("rollout.target", "=", target)
    .select((eb) => eb.fn.max("image.minimum_version").as("minimum"))
    .executeTakeFirstOrThrow();
  return Number(minimum ?? 0);
}

async function requireAboveMinimum(unit: Unit, target: string, version: number): Promise<void> {
  const minimum = await minimumOf(unit, target);
  if (version < minimum) throw new Refusal("below-minimum", `An image with minimum version ${minimum} was rolled out: doors take nothing below it.`, { minimum });
}

async function requireProperties(unit: Unit, properties: readonly string[]): Promise<void> {
  const known = await unit.selectFrom("properties").select("id").where("id", "in", properties).execute();
  if (known.length < new Set(properties).size) throw new Refusal("not-found", "There is no such property.");
}

/** Nobody else gets the image for now, nor any door that has not fetched it. @throws {Refusal} `not-found`, `rollout-ended`. */
export async function haltRollout(unit: Unit, id: string, actor: string, now: number): Promise<void> {
  const { state } = await requireOpen(unit, id);
  if (state === "halted") return;
  await unit.updateTable("rollouts").set({ state: "halted", because: "asked" }).where("id", "=", id).execute();
  await audit(unit, { at: now, actor, action: "rollout.halt", subject: `rollout/${id}`, detail: { because: "asked" } });
}

/**
 * Goes on although doors have failed: from here on others must fail for it to halt. Doors that were silent or have not
 * shown it may get it again; one that fell back from it, or has trouble with it, does not.
 * @throws {Refusal} `not-found`, `rollout-ended`.
 */
export async function resumeRollout(unit: Unit, id: string, actor: string, now: number): Promise<void> {
  const { state } = await requireOpen(unit, id);
  if (state === "running") return;
  const failed = () => unit.updateTable("rollout_doors").where("rollout_id", "=", id).where("state", "=", "failed").where("excused", "=", 0);
  await failed().where("reason", "in", ["silent", "unproved"]).set({ state: "left", reason: "retry", settled_at: now }).execute();
  await failed().set({ excused: 1 }).execute();
  await unit.updateTable("rollouts").set({ state: "running", because: null, looked_at: now, watched_since: now }).where("id", "=", id).execute();
  await audit(unit, { at: now, actor, action: "rollout.resume", subject: `rollout/${id}` });
}

/** For good. Doors that have the image keep it. @throws {Refusal} `not-found`, `rollout-ended`. */
export async function endRollout(unit: Unit, id: string, actor: string, now: number): Promise<void> {
  await requireOpen(unit, id);
  await unit.updateTable("rollouts").set({ state: "ended", because: "asked", ended_at: now }).where("id", "=", id).execute();
  await audit(unit, { at: now, actor, action: "rollout.end", subject: `rollout/${id}` });
}

/** @throws {Refusal} `not-found`. */
export async function readRollout(unit: Unit, id: string): Promise<RolloutRow> {
  const row = await unit.selectFrom("rollouts").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such roll-out.");
  return row;
}

async function requireOpen(unit: Unit, id: string): Promise<RolloutRow> {
  const rollout = await readRollout(unit, id);
  if (rollout.state === "ended") throw new Refusal("rollout-ended");
  return rollout;
}
