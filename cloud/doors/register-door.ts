import { equalBytes } from "../../protocol/bytes";
import { audit } from "../audit/audit";
import type { Sealing } from "../keys/sealing";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import { NOTHING_KNOWN } from "./nothing-known";

export interface NewDoor {
  property: string;
  name: string;
  /** 16 hexadecimal digits and 16 bytes, from the door's claim QR. */
  id: string;
  claimSecret: Uint8Array;
}

/**
 * Lets a door of which an installer has read the QR be claimed. The same door again, unclaimed and with the same
 * secret, is the same registration. A door that is claimed can be registered anew once it is released; until its
 * new claim the old one holds.
 * @returns false where it was registered before.
 * @throws {Refusal} `already-registered`, `not-found`.
 */
export async function registerDoor(unit: Unit, sealing: Sealing, door: NewDoor, actor: string, now: number): Promise<boolean> {
  const property = await unit.selectFrom("properties").select("id").where("id", "=", door.property).executeTakeFirst();
  if (property === undefined) throw new Refusal("not-found", "There is no such property.");
  const known = await unit.selectFrom("doors").selectAll().where("id", "=", door.id).executeTakeFirst();
  if (known !== undefined) {
    const same = known.property_id === door.property && known.name === door.name && known.claim_secret !== null;
    if (same && equalBytes(sealing.open("claim-secret", door.id, known.claim_secret!), door.claimSecret)) return false;
    if (known.property_id !== door.property || known.released_at === null) throw new Refusal("already-registered");
    await unit.updateTable("doors").set({ name: door.name, claim_secret: sealing.seal("claim-secret", door.id, door.claimSecret) }).where("id", "=", door.id).execute();
    await audit(unit, { at: now, actor, action: "door.register", subject: `door/${door.id}`, detail: { property: door.property, name: door.name, enrolment: known.enrolment + 1 } });
    return true;
  }
  await unit
    .insertInto("doors")
    .values({
      id: door.id,
      property_id: door.property,
      name: door.name,
      created_at: now,
      claim_secret: sealing.seal("claim-secret", door.id, door.claimSecret),
      enrolment: 0,
      epoch: 0,
      version: 0,
      offered_version: 0,
      ...NOTHING_KNOWN,
    })
    .execute();
  await audit(unit, { at: now, actor, action: "door.register", subject: `door/${door.id}`, detail: { property: door.property, name: door.name } });
  return true;
}
