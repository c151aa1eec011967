import type { Kind } from "./columns";
import type { Building, KnownRecord } from "./values";

/** What is there, as lines look for it: files have thousands of lines, and each looks once. */
export interface KnownIndex extends Pick<Building, "households"> {
  /** Of a kind, by the id that a line says. */
  byId(kind: Kind, id: string): KnownRecord | undefined;
  byName(kind: Kind, name: string | undefined): readonly KnownRecord[];
  /** Members of a unit, of one kind. */
  ofUnit(kind: Kind, unit: string | undefined): readonly KnownRecord[];
  /** Somebody without a household, by the record's id. */
  person(record: string): KnownRecord | undefined;
  keysOf(person: string): readonly KnownRecord[];
}

export function indexKnown({ known, households }: Pick<Building, "known" | "households">): KnownIndex {
  const lists = new Map<string, KnownRecord[]>();
  const ids = new Map<string, KnownRecord>();
  const file = (key: string, record: KnownRecord) => {
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [record]);
    else list.push(record);
  };
  for (const record of known) {
    const { kind, values, person } = record;
    if (values.id !== undefined) ids.set(`${kind} ${values.id}`, record);
    if (values.unit !== undefined) file(`unit of ${kind} ${values.unit}`, record);
    if (kind === "key") file(`key of ${person!}`, record);
    else file(`name of ${kind} ${values.name!}`, record);
  }
  const list = (key: string) => lists.get(key) ?? [];
  return {
    households,
    byId: (kind, id) => ids.get(`${kind} ${id}`),
    byName: (kind, name) => (name === undefined ? [] : list(`name of ${kind} ${name}`)),
    ofUnit: (kind, unit) => (unit === undefined ? [] : list(`unit of ${kind} ${unit}`)),
    person: (record) => ids.get(`staff ${record}`) ?? ids.get(`person ${record}`),
    keysOf: (person) => list(`key of ${person}`),
  };
}
