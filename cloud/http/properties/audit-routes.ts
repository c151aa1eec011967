import { createRoute, z } from "@hono/zod-openapi";
import type { Actor } from "../../accounts/actor";
import { countOne } from "../../accounts/rate-limit";
import { sealedRecord } from "../../audit/audit";
import { CHAIN_START } from "../../audit/chain";
import { pageOf, verifyChain, type Verification } from "../../audit/verify";
import type { KeyOwner } from "../../keys/data-keys";
import { AUDIT_VERIFICATIONS } from "../../limits";
import { listedProperties } from "../../rules/confine";
import { managedProperties, requireSite } from "../../rules/read-standing";
import type { Unit } from "../../store/store";
import type { AuditRow } from "../../store/rows/property-rows";
import { actorOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { FOR_PEOPLE_AND_SITE } from "../api-document";
import { FAMILIES, readSubjects } from "./audit-subjects";
import { readActors } from "../actor-format";
import { formatInstant, parseInstant } from "../people/grant-format";
import { requirePatience } from "../caller";
import { answer, Id, Instant, nextAfter, page, Paging, refusals } from "../schemas";

const Entry = z
  .looseObject({
    id: z.int(),
    at: Instant,
    actor: z.string().openapi({ description: "`account/<id>`, `token/<id>`, `site`, or a part of the cloud that acts by itself." }),
    actorName: z.string().nullable().openapi({ description: "Of the account or the program, while it is there." }),
    action: z.string(),
    subject: z.string(),
    subjectName: z.string().nullable().openapi({ description: "Of the door, person, flat, key or whatever it is about, while it is there." }),
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
const Filter = z.object({
  property: Id.optional(),
  order: z.enum(["oldest", "newest"]).default("oldest"),
  about: z.enum(FAMILIES).optional().openapi({ description: "First part of the action: `door` is all that begins with `door.`." }),
  actor: z.string().max(64).optional(),
  subject: z.string().max(64).optional().openapi({ example: "door/8c1f0e5d2b3a4796" }),
  since: Instant.optional(),
  until: Instant.optional().openapi({ description: "Exclusive." }),
});
const tags = ["audit"];

const list = createRoute({
  method: "get",
  path: "/audit",
  summary: "Who changed or looked at what",
  tags,
  request: { query: Paging.extend(Filter.shape) },
  responses: { 200: answer(page(Entry), "Oldest first, or newest first where that is asked for."), ...refusals },
});
const verification = createRoute({
  method: "get",
  path: "/audit/verification",
  summary: "Whether the audit's chain holds, and the first entry that does not",
  tags,
  security: FOR_PEOPLE_AND_SITE,
  request: { query: z.object({ head: Hash.optional() }) },
  responses: { 200: answer(Verified, "All entries were followed."), ...refusals },
});

export function auditRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(list, async (c) => {
    const { after, limit, ...filter } = c.req.valid("query");
    const from = after !== undefined && /^[0-9]{1,15}$/.test(after) ? Number(after) : undefined;
    const { rows, items } = await read(parts, async (unit) => {
      const query = entriesAsked(unit, filter, from).limit(limit);
      const listed = await listedProperties(unit, actorOf(c), filter.property);
      const rows = await (listed === "all" ? query : query.where("property_id", "in", listed)).execute();
      return { rows, items: await formatEntries(unit, parts, rows) };
    });
    return c.json({ items, next: nextAfter(rows, limit) }, 200);
  });
  app.openapi(verification, async (c) => {
    const actor = actorOf(c);
    requirePatience(await change(parts, (unit, now) => mayVerify(unit, actor, now)));
    const { head } = c.req.valid("query");
    const verify = () => verifyChain((after) => read(parts, (unit) => pageOf(unit, after)), head);
    let found = await verify();
    // Between two pages old entries may have been dropped.
    if (found.broken !== undefined) found = await verify();
    return c.json(formatVerification(found), 200);
  });
  return app;
}

/**
 * The chain is the whole site's; that it holds may be known by whoever manages anything, but they do not follow it over
 * and over. @returns seconds to wait. @throws {Refusal} `not-allowed`.
 */
async function mayVerify(unit: Unit, actor: Actor, now: number): Promise<number> {
  if (actor.kind !== "account" || (await managedProperties(unit, actor)).length === 0) {
    requireSite(actor);
    return 0;
  }
  return countOne(unit, `audit-verification/${actor.account}`, AUDIT_VERIFICATIONS, now);
}

function entriesAsked(unit: Unit, { order, about, actor, subject, since, until }: z.output<typeof Filter>, after: number | undefined) {
  const newest = order === "newest";
  let query = unit.selectFrom("audit").selectAll().orderBy("id", newest ? "desc" : "asc");
  if (after !== undefined) query = query.where("id", newest ? "<" : ">", after);
  if (about !== undefined) query = query.where("action", "like", `${about}.%`);
  if (actor !== undefined) query = query.where("actor", "=", actor);
  if (subject !== undefined) query = query.where("subject", "=", subject);
  if (since !== undefined) query = query.where("at", ">=", parseInstant(since));
  if (until !== undefined) query = query.where("at", "<", parseInstant(until));
  return query;
}

async function formatEntries(unit: Unit, parts: ApiParts, rows: readonly AuditRow[]): Promise<z.output<typeof Entry>[]> {
  const open = parts.keystore.dataKeys.opener(unit);
  const items: z.output<typeof Entry>[] = [];
  const actors = await readActors(unit, rows.map((row) => row.actor));
  const subjects = await readSubjects(unit, rows.map((row) => row.subject));
  for (const row of rows) {
    const { at, actor, action, subject, property_id, sealed, sealed_for } = row;
    const plain = sealed === null ? undefined : await open(sealed_for as KeyOwner, sealedRecord(await hashBefore(unit, row.id)), sealed);
    items.push({
      ...{ id: row.id, at: formatInstant(at), actor, actorName: actors.get(actor)?.name ?? null, action, subject, subjectName: subjects.get(subject) ?? null, property: property_id },
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
