import type { Unit } from "../store/store";
import { isListenedFor, noteOccurrence } from "./occurrence";

/** What is audited and changes nothing, or what doors and people say of themselves. */
const NO_CHANGES = [/\.(claim|export|link|read|resend|text|told|view)$/, /^(account|audit|identifier|notification-rule|passkey)\./, /^door\.unlock/];

/** An entry as audit/audit.ts takes it. */
interface Audited {
  at: number;
  actor: string;
  action: string;
  subject: string;
  detail?: Record<string, unknown>;
}

/** Notes a change at a property for whoever wants to be told of it. Its personal part stays in the audit. */
export async function noteAudited(unit: Unit, property: string, { at, actor, action, subject, detail = {} }: Audited): Promise<void> {
  if (NO_CHANGES.some((pattern) => pattern.test(action)) || !(await isListenedFor(unit, property, "changed"))) return;
  const [kind, id] = subject.split("/");
  const named = (name: string): string | undefined => (kind === name ? id : typeof detail[name] === "string" ? detail[name] : undefined);
  await noteOccurrence(unit, { property, door: await existing(unit, "doors", named("door")), person: await existing(unit, "people", named("person")), kind: "changed", at, late: false, detail: { action, subject, actor } }, at);
}

/** What an entry names may be gone, or be something else than a record of that name. */
async function existing(unit: Unit, table: "doors" | "people", id: string | undefined): Promise<string | undefined> {
  return id === undefined ? undefined : (await unit.selectFrom(table).select("id").where("id", "=", id).executeTakeFirst())?.id;
}
