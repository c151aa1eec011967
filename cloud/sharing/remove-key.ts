import { actorName, type Actor } from "../accounts/actor";
import { requireOnKey } from "../rules/key-standing";
import type { Unit } from "../store/store";
import { endKey } from "./end-key";
import { requireAdministratorLeft } from "./last-administrator";
import { doorsOfKey } from "./read-key";

/**
 * Takes a key away, a pending one too: then its link is dead (S5, S10). Again: nothing more happens.
 * @throws {Refusal} `not-found`, `not-allowed`, `last-administrator`.
 */
export async function removeKey(unit: Unit, id: string, actor: Actor, now: number): Promise<void> {
  const { key } = await requireOnKey(unit, actor, id, "remove", now);
  await requireAdministratorLeft(unit, key, await doorsOfKey(unit, id));
  await endKey(unit, key, "removed", actorName(actor), now);
}
