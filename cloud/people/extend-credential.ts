import { pinDigitsFor } from "../access/pin";
import type { DoorSecrets } from "../doors/door-secrets";
import type { Keystore } from "../keys/keystore";
import { openValue } from "../pins/sealed-value";
import type { Unit } from "../store/store";
import { greatestPopulation, isTaken, placeValue, readPlaces } from "./pin-values";

/**
 * Takes a PIN along to further doors of its holder, wherever nobody else has it or may still have it, and it is as
 * long as that door asks for (X9). Its grants there are for the caller to give.
 * @returns the doors that it can be used at from now on.
 */
export async function extendCredential(unit: Unit, { keystore, secrets }: { keystore: Keystore; secrets: DoorSecrets }, credential: string, doors: readonly string[]): Promise<string[]> {
  const row = await unit.selectFrom("credentials").selectAll().where("id", "=", credential).executeTakeFirstOrThrow();
  const value = row.kind === "pin" ? await openValue(unit, keystore, row) : undefined;
  if (value === undefined) return [];
  const { unit: flat } = await unit.selectFrom("people").select("unit").where("id", "=", row.person_id).executeTakeFirstOrThrow();
  const reached: string[] = [];
  for (const place of await readPlaces(unit, doors)) {
    if (place.unit_numbers === 1 && flat === null) continue;
    const known = await unit.selectFrom("door_credentials").select("released_at").where("door_id", "=", place.id).where("credential_id", "=", credential).executeTakeFirst();
    // It was never given back there: the door may still hold it, and nobody else got it.
    if (known !== undefined && known.released_at === null) {
      reached.push(place.id);
      continue;
    }
    if (row.digits < pinDigitsFor(1 + (await greatestPopulation(unit, [place], flat)))) continue;
    const places = placeValue(keystore.sealing, secrets, [place], { kind: row.kind, value, unit: flat });
    if (await isTaken(unit, places)) continue;
    const { fingerprint, tag } = places.get(place.id)!;
    await unit
      .insertInto("door_credentials")
      .values({ door_id: place.id, credential_id: credential, fingerprint, tag, guessable: 1 })
      .onConflict((conflict) => conflict.columns(["door_id", "credential_id"]).doUpdateSet({ fingerprint, tag, released_at: null }))
      .execute();
    reached.push(place.id);
  }
  return reached;
}
