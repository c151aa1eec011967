import type { Unit } from "../../store/store";

/** What entries of the audit are about: the first part of their actions. */
export const FAMILIES = ["account", "card", "door", "events", "fob", "grant", "group", "household", "identifier", "invitation", "key", "keyset", "lease", "manager", "member", "notification-rule", "passkey", "person", "phone", "pin", "profile", "property", "site", "staff", "template", "token", "unit", "webhook"] as const;

const NAMED = { door: "doors", person: "people", property: "properties", unit: "units", template: "templates", key: "keys", profile: "profiles", group: "groups", account: "accounts", token: "tokens" } as const;

/** @param subjects as `kind/id`. @returns the names of those that have one, while they are there. */
export async function readSubjects(unit: Unit, subjects: readonly string[]): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const [kind, table] of Object.entries(NAMED)) {
    const ids = [...new Set(subjects.filter((subject) => subject.startsWith(`${kind}/`)).map((subject) => subject.slice(kind.length + 1)))];
    if (ids.length === 0) continue;
    const rows = await unit.selectFrom(table).select(["id", "name"]).where("id", "in", ids).execute();
    for (const { id, name } of rows) if (name !== "") names.set(`${kind}/${id}`, name);
  }
  return names;
}
