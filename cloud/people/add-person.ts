import type { HolderClassName } from "../access/grant";
import { audit } from "../audit/audit";
import type { Keystore } from "../keys/keystore";
import { Refusal } from "../refusal";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";

export interface NewPerson {
  property: string;
  name: string;
  class: HolderClassName;
  /** Digits that they type before a PIN where a door asks for it. */
  unit?: string | undefined;
}

/** @returns the person's id. @throws {Refusal} `not-found`. */
export async function addPerson(unit: Unit, { dataKeys: keys }: Pick<Keystore, "dataKeys">, person: NewPerson, actor: string, now: number): Promise<string> {
  const property = await unit.selectFrom("properties").select("id").where("id", "=", person.property).executeTakeFirst();
  if (property === undefined) throw new Refusal("not-found", "There is no such property.");
  const id = newId();
  await unit.insertInto("people").values({ id, property_id: person.property, name: person.name, class: person.class, unit: person.unit ?? null, created_at: now }).execute();
  await audit(unit, { at: now, actor, action: "person.add", subject: `person/${id}`, detail: { property: person.property, class: person.class }, personal: { keys, owner: `person/${id}`, detail: { name: person.name } } });
  return id;
}
