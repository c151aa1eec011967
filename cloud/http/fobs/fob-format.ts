import { z } from "@hono/zod-openapi";
import { FOB_BUTTONS } from "../../../protocol/fob-assignment";
import { OUTPUTS_MAX } from "../../../protocol/profile";
import type { Actor } from "../../accounts/actor";
import { buttonState, doorsForButtons, requireFob, type FobEncounter } from "../../fobs/read-fob";
import { outputsOf } from "../../issuing/orders-of-door";
import { profileOf } from "../../profiles/profile";
import { mayWithKey } from "../../rules/key-rights";
import { meetKey } from "../../rules/key-standing";
import { keyTerms } from "../../sharing/key-terms";
import type { DoorRow } from "../../store/rows/door-rows";
import type { Unit } from "../../store/store";
import { formatInstant } from "../people/grant-format";
import { Id, Instant } from "../schemas";

export const Output = z.int().min(0).max(OUTPUTS_MAX - 1);
const Name = z.string().nullable();
const Button = z
  .strictObject({
    button: z.int(),
    state: z.enum(["free", "planned", "sent", "assigned", "clearing", "taken"]).openapi({
      description:
        "planned: no assignment was made with it yet. sent: one was, and the fob has not said that it is in force. assigned: it has. clearing: it is to be free, and the fob may still have it. taken: by a key that is not yours to see.",
    }),
    key: Id.nullable(),
    door: Id.nullable(),
    doorName: Name,
    output: Output.nullable(),
    outputName: Name.openapi({ description: "null: the door's outputs have no names." }),
  })
  .openapi("FobButton");
const Choice = z
  .strictObject({ key: Id, keyName: z.string(), door: Id, doorName: z.string(), output: Output, outputName: Name })
  .openapi("FobChoice");
export const Fob = z
  .strictObject({
    id: Id,
    buttons: z.array(Button),
    choices: z.array(Choice).openapi({ description: "What whoever asks may assign free buttons to." }),
    pending: z.boolean().openapi({ description: "There is an assignment for it that it has not acknowledged, or one is to be made." }),
    staged: z.boolean().openapi({ description: "The fob has the newest assignment, and buttons 2 and 4 are to be held once more." }),
    heardAt: Instant.nullable().openapi({ description: "Of its last report." }),
  })
  .openapi("Fob");

export async function showFob(unit: Unit, actor: Actor, id: string, now: number): Promise<z.output<typeof Fob>> {
  return formatFob(unit, actor, await requireFob(unit, actor, id, "see", now), now);
}

async function formatFob(unit: Unit, actor: Actor, { fob, keys }: FobEncounter, now: number): Promise<z.output<typeof Fob>> {
  const rows = await unit.selectFrom("fob_buttons").selectAll().where("fob_id", "=", fob.id).execute();
  const doors = await namedDoors(unit, rows.map((row) => row.door_id));
  const buttons = Array.from({ length: FOB_BUTTONS }, (_, at): z.output<typeof Button> => {
    const row = rows.find(({ button }) => button === at + 1);
    const unknown = { button: at + 1, key: null, door: null, doorName: null, output: null, outputName: null };
    if (row === undefined) return { ...unknown, state: "free" };
    if (!keys.some((key) => key.id === row.key_id)) return { ...unknown, state: "taken" };
    const output = Math.log2(row.outputs);
    const door = doors.get(row.door_id);
    return { button: at + 1, state: buttonState(row, fob), key: row.key_id, door: row.door_id, doorName: door?.name ?? null, output, outputName: nameOf(door, output) };
  });
  const pending = rows.some((row) => buttonState(row, fob) !== "assigned") || (fob.message !== null && fob.sequence !== fob.active);
  const staged = fob.message !== null && fob.staged === fob.sequence && fob.active !== fob.sequence;
  return { id: fob.id, buttons, choices: await choicesOf(unit, actor, keys, now), pending, staged, heardAt: fob.heard_at === null ? null : formatInstant(fob.heard_at) };
}

/** Each door of each key that may be edited, with each output that the key moves there. */
async function choicesOf(unit: Unit, actor: Actor, keys: FobEncounter["keys"], now: number): Promise<z.output<typeof Choice>[]> {
  const choices: z.output<typeof Choice>[] = [];
  for (const key of keys) {
    const { ranks, target } = await meetKey(unit, actor, key, now);
    if (key.state === "ended" || !mayWithKey("edit", ranks, target).allowed) continue;
    const moved = keyTerms(key, await profileOf(unit, key))?.outputs ?? 0;
    for (const door of (await namedDoors(unit, await doorsForButtons(unit, key))).values()) {
      // A door without names moves its strike.
      const count = Math.max(1, outputsOf(door).length);
      for (let output = 0; output < count; output++) {
        if (((moved >> output) & 1) === 1) choices.push({ key: key.id, keyName: key.name, door: door.id, doorName: door.name, output, outputName: nameOf(door, output) });
      }
    }
  }
  return choices;
}

type NamedDoor = Pick<DoorRow, "id" | "name" | "outputs">;

async function namedDoors(unit: Unit, ids: readonly string[]): Promise<Map<string, NamedDoor>> {
  if (ids.length === 0) return new Map();
  const rows = await unit.selectFrom("doors").select(["id", "name", "outputs"]).where("id", "in", ids).orderBy("name").orderBy("id").execute();
  return new Map(rows.map((row) => [row.id, row]));
}

function nameOf(door: NamedDoor | undefined, output: number): string | null {
  return (door && outputsOf(door).at(output)?.name) ?? null;
}
