import { z } from "@hono/zod-openapi";
import { TYPED_KINDS } from "../../access/stored-kind";
import { termsOf } from "../../access/stored-terms";
import type { Unit } from "../../store/store";
import { readActors, ShownActor } from "../actor-format";
import { Grant, Id, Instant, Windows } from "../schemas";
import { formatInstant, formatTerms } from "./grant-format";

const HeldGrant = z
  .object({
    id: Id,
    doors: Grant.shape.doors,
    windows: Windows,
    uses: Grant.shape.uses,
    outputs: Grant.shape.outputs.unwrap().optional().openapi({ description: "Where it is not the door itself." }),
    notBefore: Grant.shape.notBefore,
    notAfter: Grant.shape.notAfter,
    group: Id.nullable().openapi({ description: "The group that gives it (N12)." }),
    groupName: z.string().nullable(),
    suspended: z.boolean(),
    by: z.string(),
    giver: ShownActor,
    createdAt: Instant,
    revokedAt: Instant.nullable(),
    revocation: Id.nullable(),
  })
  .openapi("HeldGrant");

export const HeldCredential = z
  .object({
    id: Id,
    kind: z.enum([...TYPED_KINDS, "card", "phone", "fob"]),
    digits: z.int(),
    revokedAt: Instant.nullable(),
    of: Id.optional().openapi({ description: "What it completes or stands for." }),
    key: Id.nullable().openapi({ description: "The key that it is of." }),
    grants: z.array(HeldGrant),
  })
  .openapi("HeldCredential", { description: "A PIN, card or phone with what it opens, and why (X11)." });

/** All that somebody opens, or opened, doors with. */
export async function readCredentials(unit: Unit, person: string): Promise<z.output<typeof HeldCredential>[]> {
  const rows = await unit.selectFrom("credentials").selectAll().where("person_id", "=", person).orderBy("created_at").execute();
  const result = [];
  for (const row of rows) {
    const about = { id: row.id, kind: row.kind, digits: row.digits, revokedAt: row.revoked_at === null ? null : formatInstant(row.revoked_at), key: row.key_id };
    // What completes another credential, or stands for it, has no rights of its own.
    result.push(row.parent_id === null ? { ...about, grants: await readGrants(unit, row.id) } : { ...about, of: row.parent_id, grants: [] });
  }
  return result;
}

async function readGrants(unit: Unit, credential: string): Promise<z.output<typeof HeldGrant>[]> {
  const grants = await unit.selectFrom("grants").leftJoin("groups", "groups.id", "grants.group_id").selectAll("grants").select("groups.name as group_name").where("credential_id", "=", credential).orderBy("use_counter").orderBy("grants.created_at").orderBy("grants.id").execute();
  const actors = await readActors(unit, grants.map((grant) => grant.created_by));
  const formatted = [];
  for (const grant of grants) {
    const doors = await unit.selectFrom("grant_doors").select("door_id").where("grant_id", "=", grant.id).orderBy("door_id").execute();
    const terms = termsOf(grant);
    formatted.push({
      id: grant.id,
      doors: doors.map((door) => door.door_id),
      ...formatTerms(terms, grant.outputs),
      group: grant.group_id,
      groupName: grant.group_name,
      suspended: grant.suspended === 1,
      by: grant.created_by,
      giver: actors.get(grant.created_by)!,
      createdAt: formatInstant(grant.created_at),
      revokedAt: grant.revoked_at === null ? null : formatInstant(grant.revoked_at),
      revocation: grant.revocation_id,
    });
  }
  return formatted;
}
