import type { Sealing } from "../keys/sealing";
import { Refusal } from "../refusal";
import { audit } from "../store/audit";
import type { Unit } from "../store/store";

/**
 * The digits of a person's PIN, for whoever must pass them on (O10); each view is in the audit.
 * @throws {Refusal} `not-found`; `pin-gone` once it is revoked.
 */
export async function viewPin(unit: Unit, sealing: Sealing, person: string, credential: string, actor: string, now: number): Promise<string> {
  const row = await unit.selectFrom("credentials").selectAll().where("id", "=", credential).where("person_id", "=", person).executeTakeFirst();
  if (row === undefined || row.kind === "card") throw new Refusal("not-found", "There is no such PIN.");
  if (row.revoked_at !== null || row.value === null) throw new Refusal("pin-gone");
  await audit(unit, { at: now, actor, action: "pin.view", subject: `person/${person}`, detail: { credential } });
  return Buffer.from(sealing.open("pin", `${credential}/${row.version}`, row.value)).toString("ascii");
}
