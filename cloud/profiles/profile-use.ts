import type { Unit } from "../store/store";
import type { GrantIds } from "../truth/known-at-doors";

/** What goes by a profile now. */
export interface ProfileUse {
  /** Pending ones included. */
  keys: number;
  groups: number;
}

export async function profileUse(unit: Unit, profile: string): Promise<ProfileUse> {
  const keys = await unit.selectFrom("keys").select((eb) => eb.fn.countAll().as("count")).where("profile_id", "=", profile).where("state", "<>", "ended").executeTakeFirstOrThrow();
  const groups = await unit.selectFrom("groups").select((eb) => eb.fn.countAll().as("count")).where("profile_id", "=", profile).executeTakeFirstOrThrow();
  return { keys: Number(keys.count), groups: Number(groups.count) };
}

/** The grants that follow from a profile: those of its keys and of its groups. */
export function grantsOfProfile(unit: Unit, profile: string): GrantIds {
  const credentials = unit.selectFrom("credentials as credential").innerJoin("keys as key", "key.id", "credential.key_id").where("key.profile_id", "=", profile).where("key.state", "=", "active").select("credential.id");
  const groups = unit.selectFrom("groups").select("id").where("profile_id", "=", profile);
  return unit.selectFrom("grants").select("id").where((eb) => eb.or([eb.and([eb("credential_id", "in", credentials), eb("group_id", "is", null)]), eb("group_id", "in", groups)]));
}
