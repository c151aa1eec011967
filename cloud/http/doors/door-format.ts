import { z } from "@hono/zod-openapi";
import { ALARM_BITS, openReceipt, type Receipt } from "../../../protocol/receipt";
import { readDoorFirmware } from "../../firmware-images/door-firmware";
import { hoursOf } from "../../doors/give-orders";
import { outputsOf } from "../../issuing/orders-of-door";
import { nativeHashes } from "../../keys/native-hashes";
import { Refusal } from "../../refusal";
import { sharedDoors } from "../../rules/door-standing";
import type { Unit } from "../../store/store";
import type { DoorRow } from "../../store/rows/door-rows";
import type { DoorFirmwareRow } from "../../store/rows/firmware-rows";
import type { ApiParts } from "../api";
import { Diagnostics, formatDiagnostics } from "./diagnostics-format";
import { formatInstant, formatWindow } from "../people/grant-format";
import { HolderClass, Id, Instant, Window } from "../schemas";

const ListVersion = z.looseObject({ epoch: z.int(), version: z.int() });
const Orders = z.looseObject({
  lockState: z.enum(["normal", "lock-down", "hold-open"]),
  hours: z.strictObject({ windows: z.array(Window), firstIn: z.array(HolderClass).nullable() }),
  outputs: z.array(z.strictObject({ name: z.string(), seconds: z.int().nullable() })),
  unitNumbers: z.boolean(),
  keypadResets: z.int(),
  released: z.boolean(),
});

const Firmware = z
  .looseObject({
    version: z.int().openapi({ description: "In the door's own words, as all but `proven`." }),
    target: z.string().nullable().openapi({ description: "Kind of board; null: it does not tell." }),
    onTrial: z.boolean(),
    failedVersion: z.int().nullable().openapi({ description: "The image that it fell back from last." }),
    proven: z.object({ version: z.int(), at: Instant }).nullable().openapi({ description: "By its log: the low 24 bits of the version that stays." }),
  })
  .openapi("DoorFirmware");

export const Door = z
  .looseObject({
    id: Id,
    property: Id,
    name: z.string(),
    shared: z.boolean().openapi({ description: "It is the building's, of a kind of flats or of several flats: it has no owners, and nobody is an admin of it." }),
    state: z.enum(["registered", "claimed", "stolen"]),
    online: z.boolean(),
    heardAt: Instant.nullable(),
    heardBy: z.enum(["network", "phone"]).nullable(),
    saidAt: Instant.nullable().openapi({ description: "By the door's own clock: when it wrote the newest receipt; null: it did not know the time." }),
    issued: ListVersion.nullable(),
    acknowledged: ListVersion.extend({ at: Instant, by: z.enum(["network", "phone"]).nullable() }).nullable(),
    upToDate: z.boolean(),
    lease: z.strictObject({ issuedAt: Instant, guestsUntil: Instant }).nullable(),
    alarms: z.array(z.enum(ALARM_BITS)),
    orders: Orders,
    telemetry: z.looseObject({ leafOpen: z.boolean(), keypadLocked: z.boolean(), refusedMessages: z.int(), uptimeSeconds: z.int() }).nullable(),
    diagnostics: Diagnostics.nullable(),
    firmware: Firmware.nullable().openapi({ description: "null: the door has never told, or its board takes no images." }),
  })
  .openapi("Door");

/** @throws {Refusal} `not-found`. */
export async function readDoor(unit: Unit, id: string): Promise<DoorRow> {
  const row = await unit.selectFrom("doors").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such door.");
  return row;
}

export function newestReceipt(parts: ApiParts, door: DoorRow): Receipt | undefined {
  return door.receipt === null ? undefined : openReceipt(nativeHashes, parts.secrets.keysOf(door).receipt, door.receipt);
}

export async function formatDoor(parts: ApiParts, unit: Unit, door: DoorRow): Promise<z.output<typeof Door>> {
  return (await formatDoors(parts, unit, [door]))[0];
}

export async function formatDoors(parts: ApiParts, unit: Unit, doors: readonly DoorRow[]): Promise<z.output<typeof Door>[]> {
  const shared = await sharedDoors(unit, doors.map(({ id }) => id));
  const firmware = await readDoorFirmware(unit, doors.map(({ id }) => id));
  return doors.map((door) => ({ ...formatItself(parts, door), shared: shared.has(door.id), firmware: formatFirmware(firmware.get(door.id)) }));
}

/** What the door and its row say; which flats it is of, others know. */
function formatItself(parts: ApiParts, door: DoorRow) {
  const receipt = newestReceipt(parts, door);
  const state = parts.presence.stateOf(door.id);
  const heardAt = Math.max(door.heard_at ?? 0, parts.presence.heardAt(door.id) ?? 0);
  const online = parts.link.isConnected(door.id);
  return {
    id: door.id,
    property: door.property_id,
    name: door.name,
    state: stateOf(door),
    online,
    heardAt: heardAt === 0 ? null : formatInstant(heardAt),
    // A receipt that a phone brought is as old as the walk was long: the door's own clock says when it was written.
    heardBy: heardAt === 0 ? null : heardAt > (door.heard_at ?? 0) ? "network" : door.heard_by,
    saidAt: receipt === undefined || receipt.wallTime === 0 ? null : formatInstant(receipt.wallTime),
    issued: door.version === 0 ? null : { epoch: door.epoch, version: door.version },
    acknowledged: door.acknowledged_version === 0 ? null : { epoch: door.acknowledged_epoch, version: door.acknowledged_version, at: formatInstant(door.acknowledged_at!), by: door.acknowledged_by },
    upToDate: door.version > 0 && door.acknowledged_version === door.version,
    lease: receipt === undefined || receipt.leaseIssuedAt === 0 ? null : { issuedAt: formatInstant(receipt.leaseIssuedAt), guestsUntil: formatInstant(receipt.leaseEnd) },
    alarms: receipt === undefined ? [] : ALARM_BITS.filter((alarm) => receipt.alarms[alarm]),
    orders: formatOrders(door),
    // What it says of itself without proof, while it is there to say it.
    telemetry: !online || state === undefined ? null : { leafOpen: state.leafOpen, keypadLocked: state.lockedOut, refusedMessages: state.refusals, uptimeSeconds: state.uptime },
    diagnostics: !online || state === undefined ? null : formatDiagnostics(state),
  };
}

function formatFirmware(row: DoorFirmwareRow | undefined): z.output<typeof Firmware> | null {
  if (row === undefined || row.version === 0) return null;
  const { version, target, on_trial, failed_version, proven_version, proven_at } = row;
  return {
    version,
    target: target === "" ? null : target,
    onTrial: on_trial === 1,
    failedVersion: failed_version === 0 ? null : failed_version,
    proven: proven_version === null ? null : { version: proven_version, at: formatInstant(proven_at!) },
  };
}

/** A stolen door is so until it is claimed anew (P4). */
function stateOf(door: DoorRow): z.output<typeof Door>["state"] {
  if (door.stolen_at !== null) return "stolen";
  return door.claimed_at === null ? "registered" : "claimed";
}

/** What a manager has ordered; whether the door knows is `upToDate`. */
function formatOrders(door: DoorRow) {
  const { windows, firstIn } = hoursOf(door);
  return {
    lockState: door.lock_state,
    hours: { windows: windows.map(formatWindow), firstIn: firstIn.length === 0 ? null : [...firstIn] },
    outputs: outputsOf(door),
    unitNumbers: door.unit_numbers === 1,
    keypadResets: door.throttle_reset,
    released: door.released_at !== null,
  };
}
