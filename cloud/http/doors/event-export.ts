import { stringify } from "csv-stringify/sync";
import type { Actor } from "../../accounts/actor";
import { isStillKnown } from "../../accounts/still-known";
import { harmless } from "../../building-file/read-csv";
import { visibleEntries } from "../../households/visible-entries";
import { PAGE_ROWS_MAX } from "../../limits";
import { read, type ApiParts } from "../api";
import type { Event } from "./event-format";
import { readEvents, type EventFilter } from "./event-query";

const HEADER = ["door", "at", "at_utc", "received_utc", "late", "type", "reason", "person", "with", "opened_from_afar_by", "outputs", "duress", "altered", "missing_before", "count", "door_id", "sequence", "person_id"];

/**
 * Events as a file, a page of the database at a time: a year of a building is never in memory. UTF-8 with its mark, commas,
 * Windows line ends, as RFC 4180 and spreadsheets have it. No cell is a formula.
 */
export function streamEvents(parts: ApiParts, actor: Actor, filter: EventFilter): ReadableStream<Uint8Array> {
  let after: number | undefined = 0;
  let begun = false;
  const clocks = new Map<string, Intl.DateTimeFormat>();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (after === undefined) return controller.close();
        const from = after;
        const { rows, lines } = await read(parts, async (unit, now) => {
          // Somebody who may not look any more in the middle of a long file gets no more of it.
          if (!(await isStillKnown(unit, actor))) return { rows: [], lines: [] };
          const found = await readEvents(unit, actor, await visibleEntries(unit, actor, now), { filter, order: "oldest", after: from, limit: PAGE_ROWS_MAX });
          await readClocks(clocks, found.items, (doors) => unit.selectFrom("doors as door").innerJoin("properties as property", "property.id", "door.property_id").where("door.id", "in", doors).select(["door.id", "property.time_zone"]).execute());
          return { rows: found.rows, lines: found.items.map((event) => lineOf(event, clocks.get(event.door)!)) };
        });
        after = rows.length === PAGE_ROWS_MAX ? rows[rows.length - 1].id : undefined;
        const text = stringify(begun ? lines : [HEADER, ...lines], { bom: !begun, record_delimiter: "windows" });
        begun = true;
        controller.enqueue(new Uint8Array(Buffer.from(text, "utf8")));
      },
    },
    // Nothing is read ahead of the reader.
    { highWaterMark: 0 },
  );
}

async function readClocks(clocks: Map<string, Intl.DateTimeFormat>, events: readonly Event[], readZones: (doors: string[]) => Promise<{ id: string; time_zone: string }[]>): Promise<void> {
  const unknown = [...new Set(events.map(({ door }) => door))].filter((door) => !clocks.has(door));
  if (unknown.length === 0) return;
  for (const { id, time_zone } of await readZones(unknown)) {
    // Swedish writes dates as ISO 8601 does.
    clocks.set(id, new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: time_zone }));
  }
}

function lineOf(event: Event, clock: Intl.DateTimeFormat): string[] {
  const { at, person, unlockedBy } = event;
  return [
    event.doorName,
    at === null ? "" : clock.format(new Date(at)),
    at ?? "",
    event.receivedAt,
    yes(event.late),
    event.type,
    event.reason,
    person?.name ?? "",
    event.credentialKind ?? "",
    unlockedBy === undefined ? "" : (unlockedBy.name ?? unlockedBy.actor),
    (event.outputs ?? []).join(" "),
    yes(event.duress),
    yes(event.altered),
    event.gap === 0 ? "" : String(event.gap),
    event.count === 0 ? "" : String(event.count),
    event.door,
    String(event.sequence),
    person?.id ?? "",
  ].map(harmless);
}

function yes(holds: boolean): string {
  return holds ? "yes" : "";
}
