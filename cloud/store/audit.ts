import type { Unit } from "./store";

/** Who changed what. @param subject a record, e.g. `person/0123456789abcdef`. @param detail no secrets. */
export async function audit(unit: Unit, entry: { at: number; actor: string; action: string; subject: string; detail?: Record<string, unknown> }): Promise<void> {
  const { at, actor, action, subject, detail = {} } = entry;
  await unit.insertInto("audit").values({ at, actor, action, subject, detail: JSON.stringify(detail) }).execute();
}
