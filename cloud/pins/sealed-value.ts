import { valueOfId } from "../access/stored-kind";
import type { KeyOwner } from "../keys/data-keys";
import type { Keystore } from "../keys/keystore";
import type { Unit } from "../store/store";
import type { CredentialRow, PersonRow } from "../store/rows/right-rows";

/** A value as the database has it. */
export type SealedValue = Pick<CredentialRow, "id" | "kind" | "version" | "key_owner" | "value">;

/** Whose key encrypts what a person opens doors with: their household's, or their property's where they have none. */
export async function valueOwner(unit: Unit, person: Pick<PersonRow, "id" | "property_id">): Promise<KeyOwner> {
  const member = await unit.selectFrom("memberships").select("household_id").where("person_id", "=", person.id).executeTakeFirst();
  return member === undefined ? `property/${person.property_id}` : `household/${member.household_id}`;
}

/** Encrypts digits, or a card's number, for exactly this credential and version of it. */
export async function sealValue(unit: Unit, { dataKeys }: Pick<Keystore, "dataKeys">, owner: KeyOwner, { id, version }: Pick<SealedValue, "id" | "version">, value: Uint8Array, now: number): Promise<Uint8Array> {
  return dataKeys.seal(unit, owner, recordOf(id, version), value, now);
}

/** @returns undefined where it no longer exists: nobody needs it any more, or its key was destroyed. */
export async function openValue(unit: Unit, keystore: Pick<Keystore, "dataKeys" | "sealing">, sealed: SealedValue): Promise<Uint8Array | undefined> {
  return valueOpener(unit, keystore)(sealed);
}

/** `openValue` for many values in one transaction. */
export function valueOpener(unit: Unit, { dataKeys, sealing }: Pick<Keystore, "dataKeys" | "sealing">): (sealed: SealedValue) => Promise<Uint8Array | undefined> {
  const open = dataKeys.opener(unit);
  return async ({ id, kind, version, key_owner, value }) => {
    const known = valueOfId(kind, id);
    if (known !== undefined) return known;
    if (value === null) return undefined;
    // Values from before there were data keys are under the master key's own.
    if (key_owner === null) return sealing.open("pin", `${id}/${version}`, value);
    return open(key_owner as KeyOwner, recordOf(id, version), value);
  };
}

function recordOf(credential: string, version: number): string {
  return `credential/${credential}/${version}`;
}
