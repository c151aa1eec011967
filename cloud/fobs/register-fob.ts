import { equalBytes, toHex } from "../../protocol/bytes";
import { parseFobText, type FobIdentity } from "../../protocol/fob-identity";
import { audit } from "../audit/audit";
import type { Keystore } from "../keys/keystore";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import type { FobRow } from "../store/rows/fob-rows";

/**
 * A fob, by the text of its QR code: whoever has it has the fob. One that is known already stays as it is.
 * @returns its id.
 * @throws {Refusal} `invalid-request`: that is no such text; `forbidden`: not this fob's.
 */
export async function registerFob(unit: Unit, { sealing }: Pick<Keystore, "sealing">, text: string, { property, actor }: { property: string; actor: string }, now: number): Promise<string> {
  const identity = parseFobText(text);
  if (identity === undefined) throw new Refusal("invalid-request", "fob: the text of a fob's QR code begins with latchkey-fob:1:.");
  const id = toHex(identity.id);
  const known = await unit.selectFrom("fobs").selectAll().where("id", "=", id).executeTakeFirst();
  if (known !== undefined && equalBytes(fobIdentity({ sealing }, known).secret, identity.secret)) return id;
  // One that has proved itself is what it is. Before that somebody may have made the text up, to keep the fob from its owner.
  if (known !== undefined && known.heard_at !== null) throw new Refusal("forbidden", "This is not the text of that fob.");
  const secret = sealing.seal("fob", id, identity.secret);
  if (known === undefined) await unit.insertInto("fobs").values({ id, secret, sequence: 0, message: null, active: 0, staged: 0, heard_at: null, created_at: now, created_by: actor }).execute();
  else {
    await unit.deleteFrom("fob_buttons").where("fob_id", "=", id).execute();
    await unit.updateTable("keys").set({ fob_id: null }).where("fob_id", "=", id).execute();
    await unit.updateTable("fobs").set({ secret, message: null, created_at: now, created_by: actor }).where("id", "=", id).execute();
  }
  await audit(unit, { at: now, actor, action: "fob.register", subject: `fob/${id}`, detail: { property } });
  return id;
}

/** Id and secret. @throws Error where the secret was altered. */
export function fobIdentity({ sealing }: Pick<Keystore, "sealing">, { id, secret }: Pick<FobRow, "id" | "secret">): FobIdentity {
  return { id: new Uint8Array(Buffer.from(id, "hex")), secret: sealing.open("fob", id, secret) };
}
