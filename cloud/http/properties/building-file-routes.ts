import { createRoute, z } from "@hono/zod-openapi";
import { actorName } from "../../accounts/actor";
import { audit } from "../../audit/audit";
import type { Fault } from "../../building-file/columns";
import { countActs, importBuilding, type Imported } from "../../building-file/import-building";
import { readBuilding } from "../../building-file/read-building";
import { writeBuilding } from "../../building-file/write-building";
import { IMPORT_FAULTS_MAX } from "../../limits";
import { Refusal } from "../../refusal";
import { requireManager } from "../../rules/read-standing";
import { actorOf, change, routes, type ApiParts, type Routes } from "../api";
import { formatInstant } from "../people/grant-format";
import { formatCodes, GivenCode } from "../people/given-codes";
import { answer, Id, Instant, refusals } from "../schemas";

const FaultFormat = z.strictObject({ line: z.int(), column: z.string().nullable(), code: z.string(), detail: z.string() }).openapi("FileFault", { description: "What is wrong in a line of the file, counted from 1." });
const Line = z.strictObject({ line: z.int(), kind: z.string(), name: z.string(), act: z.enum(["make", "change", "leave"]), changed: z.array(z.string()) }).openapi("FileLine");
const Report = z
  .strictObject({
    dryRun: z.boolean(),
    made: z.int(),
    changed: z.int(),
    left: z.int(),
    faultCount: z.int(),
    faults: z.array(FaultFormat),
    lines: z.array(Line).openapi({ description: "What each line makes or changes; those that leave all as it is are only counted." }),
    codes: z.array(z.strictObject({ line: z.int(), person: Id, codes: z.array(GivenCode), link: z.strictObject({ url: z.string(), expiresAt: Instant }).nullable() })).openapi({ description: "What was drawn, told this once: pass it on. None of a dry run." }),
  })
  .openapi("ImportReport");
const params = z.object({ property: Id });
const tags = ["properties"];
const File = z.string().openapi({ description: "Comma-separated values, of which the first line names the columns.", example: "kind,name,number,doors\nunit,Flat 1,1,Front door | Garage\n" });
const csv = { "text/csv": { schema: File } };

const load = createRoute({
  method: "post",
  path: "/properties/{property}/import",
  summary: "Bring a property in line with a file: units, leases, people and keys; all of it or nothing",
  tags,
  request: {
    params,
    query: z.object({ dryRun: z.enum(["true", "false"]).default("false").openapi({ description: "`true`: says what would be done, and every fault; nothing is changed." }) }),
    body: { required: true, content: csv },
  },
  responses: { 200: answer(Report, "Done, or what would be done."), ...refusals },
});
const save = createRoute({
  method: "get",
  path: "/properties/{property}/export",
  summary: "A property as a file: without codes and card numbers; read again it changes nothing",
  tags,
  request: { params },
  responses: { 200: { description: "The file.", content: csv }, ...refusals },
});

/** A transaction that was only to show what it would come to. */
const TAKEN_BACK = new Error("taken back");

export function buildingFileRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(load, async (c) => {
    const { property } = c.req.valid("param");
    const dryRun = c.req.valid("query").dryRun === "true";
    const file = new Uint8Array(await c.req.arrayBuffer());
    let imported: Imported | undefined;
    let codes: z.output<typeof Report>["codes"] = [];
    try {
      await change(parts, async (unit, now) => {
        const actor = actorOf(c);
        await requireManager(unit, actor, property);
        imported = await importBuilding(unit, parts, property, file, actor, now);
        if (dryRun || imported.faults.length > 0) throw TAKEN_BACK;
        codes = [];
        for (const { line, person, codes: given, link } of imported.drawn) {
          codes.push({ line, person, codes: await formatCodes(unit, given, actor, now), link: link === undefined ? null : { url: link.url, expiresAt: formatInstant(link.expiresAt) } });
        }
      });
    } catch (error) {
      if (error !== TAKEN_BACK) throw error;
      if (!dryRun) throw refusalOf(imported!.faults);
    }
    return c.json(reportOf(imported!, dryRun, codes), 200, { "cache-control": "no-store" });
  });
  app.openapi(save, async (c) => {
    const { property } = c.req.valid("param");
    // Names and addresses of a whole building leave: that is in the audit.
    const file = await change(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property);
      const building = await readBuilding(unit, property, now);
      await audit(unit, { at: now, actor: actorName(actorOf(c)), action: "property.export", subject: `property/${property}`, detail: { lines: building.known.length } });
      return writeBuilding(building);
    });
    return c.body(file, 200, { "content-type": "text/csv; charset=utf-8", "content-disposition": `attachment; filename="property-${property}.csv"`, "cache-control": "no-store" });
  });
  return app;
}

function reportOf({ steps, faults }: Imported, dryRun: boolean, codes: z.output<typeof Report>["codes"]): z.output<typeof Report> {
  const lines = steps.filter(({ act }) => act !== "leave").map(({ line, kind, values, act, changed }) => ({ line, kind, name: values.name ?? values.person ?? values.email ?? values.phone ?? "", act, changed: [...changed] }));
  return { dryRun, ...countActs(steps), faultCount: faults.length, faults: formatFaults(faults), lines, codes };
}

function refusalOf(faults: readonly Fault[]): Refusal {
  const lines = new Set(faults.map(({ line }) => line)).size;
  return new Refusal("bad-file", `${faults.length} faults in ${lines} lines; nothing was changed.`, { faultCount: faults.length, faults: formatFaults(faults) });
}

function formatFaults(faults: readonly Fault[]): z.output<typeof FaultFormat>[] {
  return faults.slice(0, IMPORT_FAULTS_MAX).map(({ line, column = null, code, detail }) => ({ line, column, code, detail }));
}
