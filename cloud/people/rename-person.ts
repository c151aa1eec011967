import { audit } from "../audit/audit";
import type { Keystore } from "../keys/keystore";
import type { Unit } from "../store/store";

/** Gives somebody without a household another name; what they open stays as it is. The person exists. */
export async function renamePerson(unit: Unit, { dataKeys: keys }: Pick<Keystore, "dataKeys">, person: string, name: string, actor: string, now: number): Promise<void> {
  await unit
    .updateTable("people")
    .set((eb) => ({ name, version: eb("version", "+", 1) }))
    .where("id", "=", person)
    .execute();
  await audit(unit, { at: now, actor, action: "person.rename", subject: `person/${person}`, detail: {}, personal: { keys, owner: `person/${person}`, detail: { name } } });
}
