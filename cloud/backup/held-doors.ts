import { openReceipt } from "../../protocol/receipt";
import { audit } from "../audit/audit";
import type { DoorSecrets } from "../doors/door-secrets";
import { noteDoors } from "../issuing/outbox";
import { nativeHashes } from "../keys/native-hashes";
import type { Unit } from "../store/store";

/**
 * Doors of a cloud that was restored from a backup. A door may have a list that was made after it, in which somebody's
 * right had ended; a list made of the backup would give it back, and nobody would have said so. So each door keeps the
 * list that it has until its receipt shows one that the backup knows as well, or until a person has ended again what
 * was ended since, and says to go on. Meanwhile it gets no leases: guests' and staff's access ends by itself.
 */
export interface HeldDoor {
  door: string;
  name: string;
  property: string;
  /** Unix seconds. */
  heldSince: number;
  /** `changed`: it has a list that was made after the backup. `unheard`: it has not spoken since the restore. */
  why: "changed" | "unheard";
}

export async function heldDoors(unit: Unit): Promise<HeldDoor[]> {
  const rows = await unit.selectFrom("doors").select(["id", "name", "property_id", "held_at", "heard_at"]).where("held_at", "is not", null).orderBy("id").execute();
  return rows.map(({ id, name, property_id, held_at, heard_at }) => ({ door: id, name, property: property_id, heldSince: held_at!, why: heard_at !== null && heard_at >= held_at! ? "changed" : "unheard" }));
}

/**
 * A person says that what was ended after the backup has been ended again: all doors get lists of what the database says.
 * @param actor who says so. @returns how many doors had waited.
 */
export async function confirmRestore(unit: Unit, secrets: DoorSecrets, actor: string, now: number): Promise<number> {
  const held = await unit.selectFrom("doors").selectAll().where("held_at", "is not", null).execute();
  for (const door of held) {
    // What the door has overtakes what the backup had been at: the next one is newer than both.
    const receipt = door.receipt === null ? undefined : openReceipt(nativeHashes, secrets.keysOf(door).receipt, door.receipt);
    if (receipt !== undefined && receipt.version > door.version) {
      await unit.updateTable("list_bases").set({ state: "withdrawn" }).where("door_id", "=", door.id).execute();
      await unit.updateTable("doors").set({ version: receipt.version, offered_version: receipt.version }).where("id", "=", door.id).execute();
    }
    await unit.updateTable("doors").set({ held_at: null }).where("id", "=", door.id).execute();
    await noteDoors(unit, [door.id], now);
  }
  if (held.length > 0) await audit(unit, { at: now, actor, action: "site.restore-confirmed", subject: "site", detail: { doors: held.length } });
  return held.length;
}
