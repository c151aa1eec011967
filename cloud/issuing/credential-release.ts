import type { Unit } from "../store/store";

/**
 * Gives back the values of credentials that a door surely does not hold any more: all their grants there are gone
 * from a list that the door has acknowledged, or never left this cloud. Until then nobody else may get them (X9).
 * A revoked PIN that no door holds is destroyed. What is kept for a key that has not begun stays its own (N5).
 * @param credentials those of which grants have gone from the door's list, with their companions; undefined = all
 * that the door may hold.
 */
export async function releaseCredentials(unit: Unit, door: string, now: number, credentials?: readonly string[]): Promise<void> {
  if (credentials?.length === 0) return;
  const { acknowledged_version } = await unit.selectFrom("doors").select("acknowledged_version").where("id", "=", door).executeTakeFirstOrThrow();
  let held = unit.updateTable("door_credentials").set({ released_at: now }).where("door_id", "=", door).where("released_at", "is", null);
  if (credentials !== undefined) held = held.where("credential_id", "in", unit.selectFrom("credentials").select("id").where((eb) => eb.or([eb("id", "in", credentials), eb("parent_id", "in", credentials)])));
  const released = await held
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("grant_doors as at")
            .innerJoin("grants as grant", "grant.id", "at.grant_id")
            .innerJoin("credentials as credential", "credential.id", "door_credentials.credential_id")
            .select("at.grant_id")
            .where("at.door_id", "=", door)
            .whereRef("grant.credential_id", "=", (credential) => credential.fn.coalesce("credential.parent_id", "credential.id"))
            .where((at) => at.or([at("at.removed_version", "is", null), at.and([at("at.never_left", "=", 0), at("at.removed_version", ">", acknowledged_version)])])),
        ),
      ),
    )
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("credentials as kept")
            .innerJoin("keys as key", "key.id", "kept.key_id")
            .select("kept.id")
            .whereRef("kept.id", "=", "door_credentials.credential_id")
            .where("kept.revoked_at", "is", null)
            .where("key.state", "=", "pending"),
        ),
      ),
    )
    .returning("credential_id")
    .execute();
  for (const { credential_id } of released) {
    await unit
      .updateTable("credentials")
      .set({ value: null })
      .where("id", "=", credential_id)
      .where("revoked_at", "is not", null)
      .where((eb) => eb.not(eb.exists(eb.selectFrom("door_credentials as known").select("known.door_id").where("known.credential_id", "=", credential_id).where("known.released_at", "is", null))))
      .execute();
  }
}
