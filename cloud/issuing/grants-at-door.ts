import type { Unit } from "../store/store";

/**
 * All grants that a door has or had, each with its credential, the person who holds it, and what the door knows it
 * by. Lists are made of these rows and explained by them (X11): callers say which of them they want, and what of them.
 */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- Kysely infers which tables are joined
export function grantsAtDoor(unit: Unit, door: string) {
  return unit
    .selectFrom("grant_doors as at")
    .innerJoin("grants as grant", "grant.id", "at.grant_id")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .innerJoin("people as person", "person.id", "credential.person_id")
    .innerJoin("door_credentials as known", (join) => join.onRef("known.credential_id", "=", "credential.id").onRef("known.door_id", "=", "at.door_id"))
    .where("at.door_id", "=", door);
}
