import { pinDigitsFor } from "../access/pin";
import { isSecond, isTyped, type StoredKind, type StoredValue } from "../access/stored-kind";
import type { DoorSecrets } from "../doors/door-secrets";
import type { Keystore } from "../keys/keystore";
import { openValue } from "../pins/sealed-value";
import type { Unit } from "../store/store";
import type { CredentialRow } from "../store/rows/right-rows";
import { greatestPopulation, isTaken, placeValue, readPlaces, type DoorPlace, type PlacedValue } from "./pin-values";

interface ExtendParts {
  keystore: Keystore;
  secrets: DoorSecrets;
}

/**
 * Takes a PIN, a card or a phone along to further doors of its holder, with the PINs that complete it or stand for it,
 * wherever nobody else has any of them or may still have it, and each PIN is as long as that door asks for (X9). Its
 * grants there are for the caller to give.
 * @returns the doors that it can be used at from now on.
 */
export async function extendCredential(unit: Unit, parts: ExtendParts, credential: string, doors: readonly string[]): Promise<string[]> {
  const row = await unit.selectFrom("credentials").selectAll().where("id", "=", credential).executeTakeFirstOrThrow();
  const { unit: flat } = await unit.selectFrom("people").select("unit").where("id", "=", row.person_id).executeTakeFirstOrThrow();
  const parcel = await readParcel(unit, parts.keystore, row, flat);
  if (parcel === undefined) return [];
  const reached: string[] = [];
  for (const place of await readPlaces(unit, doors)) {
    if (place.unit_numbers === 1 && flat === null && parcel.some(({ stored }) => isTyped(stored.kind) && !isSecond(stored.kind))) continue;
    // Without what completes it a door would let it in alone.
    const placed: Placed[] = [];
    for (const piece of parcel) placed.push(...((await placePiece(unit, parts, place, piece)) ?? []));
    if (placed.length < parcel.length) continue;
    for (const piece of placed) await insertPlaced(unit, place.id, piece);
    reached.push(place.id);
  }
  return reached;
}

/** A credential, or one that hangs on it. */
interface Piece {
  id: string;
  digits: number;
  stored: StoredValue;
  /** Of one that hangs on another. */
  parent: string | undefined;
}

/** @returns the credential first; undefined where it can be taken nowhere: a value is not there any more. */
async function readParcel(unit: Unit, keystore: Keystore, first: CredentialRow, flat: string | null): Promise<Piece[] | undefined> {
  const companions = await unit.selectFrom("credentials").selectAll().where("parent_id", "=", first.id).where("revoked_at", "is", null).execute();
  const pieces: Piece[] = [];
  for (const each of [first, ...companions]) {
    const { id, kind, digits, parent_id } = each;
    const value = await openValue(unit, keystore, each);
    if (value === undefined) return undefined;
    const stored: StoredValue = { kind, value, unit: flat, ...(isSecond(kind) && { parent: pieces[0].stored }) };
    pieces.push({ id, digits, stored, parent: parent_id ?? undefined });
  }
  return pieces;
}

/** By typing at random: what follows something else is not. */
function isGuessable(kind: StoredKind): boolean {
  return isTyped(kind) && !isSecond(kind);
}

interface Placed {
  id: string;
  guessable: 0 | 1;
  /** undefined: it was never given back there. The door may still hold it, and nobody else got it. */
  value: PlacedValue | undefined;
}

/** @returns undefined where it cannot be used there. */
async function placePiece(unit: Unit, { keystore, secrets }: ExtendParts, place: DoorPlace, { id, digits, stored, parent }: Piece): Promise<[Placed] | undefined> {
  const guessable = isGuessable(stored.kind) ? 1 : 0;
  const known = await unit.selectFrom("door_credentials").select("released_at").where("door_id", "=", place.id).where("credential_id", "=", id).executeTakeFirst();
  if (known !== undefined && known.released_at === null) return [{ id, guessable, value: undefined }];
  if (guessable === 1 && digits < pinDigitsFor(1 + (await greatestPopulation(unit, [place], stored.unit)))) return undefined;
  const places = placeValue(keystore.sealing, secrets, [place], stored, parent);
  if (await isTaken(unit, places)) return undefined;
  return [{ id, guessable, value: places.get(place.id)! }];
}

async function insertPlaced(unit: Unit, door: string, { id, guessable, value }: Placed): Promise<void> {
  if (value === undefined) return;
  await unit
    .insertInto("door_credentials")
    .values({ door_id: door, credential_id: id, fingerprint: value.fingerprint, tag: value.tag, guessable })
    .onConflict((conflict) => conflict.columns(["door_id", "credential_id"]).doUpdateSet({ fingerprint: value.fingerprint, tag: value.tag, released_at: null }))
    .execute();
}
