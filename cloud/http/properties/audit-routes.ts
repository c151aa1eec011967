import { createRoute, z } from "@hono/zod-openapi";
import { sealedRecord } from "../../audit/audit";
import { CHAIN_START } from "../../audit/chain";
import { pageOf, verifyChain, type Verification } from "../../audit/verify";
import type { KeyOwner } from "../../keys/data-keys";
import { listedProperties } from "../../rules/confine";
import { requireSite } from "../../rules/read-standing";
import type { Unit } from "../../store/store";
import type { AuditRow } from "../../store/rows/property-rows";
import { actorOf, read, routes, type ApiParts, type Routes } from "../api";
import { FOR_SITE } from "../api-document";
import { formatInstant } from "../people/grant-format";
import { answer, Id, Instant, nextAfter, page, Paging, refusals } from "../schemas";

const Entry = z
  .looseObject({
    at: Instant,
    actor: z.string(),
    action: z.string(),
    subject: z.string(),
    property: Id.nullable(),
    detail: z.looseObject({}),
    personal: z.looseObject({}).nullable().openapi({ description: "What names a person; null where there is nothing of the kind, or the person was erased." }),
    erased: z.boolean(),
  })
  .openapi("AuditEntry");
const Hash = z.string().regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits");
const Verified = z
  .strictObject({
    holds: z.boolean(),
    entries: z.int(),
    older: z.int().openapi({ description: "Entries from before there was a chain." }),
    dropped: z.boolean().openapi({ description: "Whether entries before these were dropped by the setting." }),
    head: Hash.openapi({ description: "Keep it elsewhere, and ask for it later: then nothing can be cut off unseen." }),
    found: z.boolean().openapi({ description: "Whether the head that was asked for is in the chain." }),
    broken: z.looseObject({ entry: z.int(), at: Instant, action: z.string(), why: z.string() }).nullable(),
  })
  .openapi("AuditVerification");
const tags = ["audit"];

const list = createRoute({
  method: "get",
  path: "/audit",
  summary: "Who changed or looked at what",
  tags,
  request: { query: Paging.extend({ property: Id.optional() }) },
  responses: { 200: answer(page(Entry), "Oldest first."), ...refusals },
});
const verification = createRoute({
  method: "get",
  path: "/audit/verification",
  summary: "Whether the audit's chain holds, and the first entry that does not",
  tags,
  security: FOR_SITE,
  request: { query: z.object({ head: Hash.optional() }) },
  responses: { 200: answer(Verified, "All entries were followed."), ...refusals },
});

export function auditRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(list, async (c) => {
    const { after, limit, property } = c.req.valid("query");
    const from = after !== undefined && /^[0-9]{1,15}$/.test(after) ? Number(after) : 0;
    const { rows, items } = await read(parts, async (unit) => {
      const query = unit.selectFrom("audit").selectAll().where("id", ">", from).orderBy("id").limit(limit);
      const listed = await listedProperties(unit, actorOf(c), property);
      const rows = await (listed === "all" ? query : query.where("property_id", "in", listed)).execute();
      return { rows, items: await formatEntries(unit, parts, rows) };
    });
    return c.json({ items, next: nextAfter(rows, limit) }, 200);
  });
  app.openapi(verification, async (c) => {
    requireSite(actorOf(c));
    const { head } = c.req.valid("query");
    const verify = () => verifyChain((after) => read(parts, (unit) => pageOf(unit, after)), head);
    let found = await verify();
    // Between two pages old entries may have been dropped.
    if (found.broken !== undefined) found = await verify();
    return c.json(formatVerification(found), 200);
  });
  return app;
}

async function formatEntries(unit: Unit, parts: ApiParts, rows: readonly AuditRow[]): Promise<z.output<typeof Entry>[]> {
  const open = parts.keystore.dataKeys.opener(unit);
  const items: z.output<typeof Entry>[] = [];
  for (const row of rows) {
    const { at, actor, action, subject, property_id, sealed, sealed_for } = row;
    const plain = sealed === null ? undefined : await open(sealed_for as KeyOwner, sealedRecord(await hashBefore(unit, row.id)), sealed);
    items.push({
      ...{ at: formatInstant(at), actor, action, subject, property: property_id },
      detail: JSON.parse(row.detail) as Record<string, unknown>,
      personal: plain === undefined ? null : (JSON.parse(Buffer.from(plain).toString("utf8")) as Record<string, unknown>),
      erased: sealed !== null && plain === undefined,
    });
  }
  return items;
}

async function hashBefore(unit: Unit, id: number): Promise<Uint8Array> {
  const row = await unit.selectFrom("audit").select("hash").where("id", "<", id).orderBy("id", "desc").limit(1).executeTakeFirst();
  return row?.hash ?? CHAIN_START;
}

function formatVerification({ broken, ...rest }: Verification): z.output<typeof Verified> {
  const shown = broken && { entry: broken.id, at: formatInstant(broken.at), action: broken.action, why: broken.why };
  return { holds: broken === undefined && rest.found, ...rest, broken: shown ?? null };
}
