import { z } from "@hono/zod-openapi";
import type { Unit } from "../store/store";

/** Whoever acted, for those who may know it. */
export const ShownActor = z
  .object({ actor: z.string().openapi({ description: "As in the audit: `account/<id>`, `token/<id>` or `site`." }), name: z.string().nullable().openapi({ description: "Of the account or the program, while it is there." }) })
  .openapi("ShownActor");

/** @param actors as `actorName` gives them. @returns them with the names of their accounts and programs. */
export async function readActors(unit: Unit, actors: readonly string[]): Promise<Map<string, z.infer<typeof ShownActor>>> {
  const idsOf = (kind: string): string[] => actors.filter((actor) => actor.startsWith(`${kind}/`)).map((actor) => actor.slice(kind.length + 1));
  const names = new Map<string, string>();
  for (const [kind, table] of [["account", "accounts"], ["token", "tokens"]] as const) {
    const ids = [...new Set(idsOf(kind))];
    const rows = ids.length === 0 ? [] : await unit.selectFrom(table).select(["id", "name"]).where("id", "in", ids).execute();
    for (const { id, name } of rows) names.set(`${kind}/${id}`, name);
  }
  return new Map(actors.map((actor) => [actor, { actor, name: names.get(actor) || null }]));
}
