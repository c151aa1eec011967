/** What a line of a building's file can be, in the order in which they are made: later ones refer to earlier ones. */
export const KINDS = ["template", "unit", "profile", "group", "lease", "resident", "guest", "staff", "person", "key"] as const;
export type Kind = (typeof KINDS)[number];

/** The columns beside `kind`, in the order in which they are written. */
export const COLUMNS = [
  "id",
  "name",
  "unit",
  "household",
  "number",
  "template",
  "doors",
  "email",
  "phone",
  "person",
  "class",
  "key",
  "card",
  "profile",
  "windows",
  "start",
  "end",
  "uses",
  "outputs",
  "groups",
  "permissions",
  "language",
] as const;
export type Column = (typeof COLUMNS)[number];

/** How a file stands to a column of a kind. */
export interface ColumnUse {
  /** A line that makes something new fills it. */
  needed?: boolean;
  /** Another value than there is changes what there is; without it, it is a fault. */
  changes?: boolean;
  /** An empty cell says nothing about what there is; without it, it says "none". */
  silent?: boolean;
}

const REQUIRED: ColumnUse = { needed: true };
const FIXED: ColumnUse = {};
const CHANGES: ColumnUse = { changes: true };
const SILENT: ColumnUse = { silent: true };

const person = { id: SILENT, name: { changes: true, silent: true }, unit: REQUIRED, household: SILENT, email: SILENT, phone: SILENT, groups: CHANGES, language: SILENT } as const;
const times = { windows: CHANGES, start: { changes: true, silent: true }, end: CHANGES } as const;

/** Which columns mean something for which kind. docs/building-file.md says what. */
export const USES: Readonly<Record<Kind, Readonly<Partial<Record<Column, ColumnUse>>>>> = {
  template: { name: REQUIRED, doors: CHANGES },
  unit: { name: REQUIRED, number: CHANGES, template: CHANGES, doors: CHANGES },
  profile: { name: REQUIRED, ...times, outputs: { changes: true, silent: true } },
  group: { name: REQUIRED, doors: CHANGES, profile: CHANGES, permissions: CHANGES },
  lease: { ...person, name: { needed: true, silent: true }, card: SILENT, start: SILENT, end: CHANGES },
  resident: { ...person, doors: CHANGES, ...times },
  guest: { ...person, doors: { needed: true, changes: true }, ...times, end: { needed: true, changes: true } },
  staff: { id: SILENT, name: { needed: true, changes: true }, number: FIXED, groups: CHANGES },
  person: { id: SILENT, name: { needed: true, changes: true }, class: { silent: true }, number: FIXED, groups: CHANGES },
  key: { id: SILENT, name: { changes: true, silent: true }, person: REQUIRED, class: SILENT, email: SILENT, phone: SILENT, key: REQUIRED, card: SILENT, doors: { needed: true, changes: true }, profile: CHANGES, ...times, uses: CHANGES, outputs: SILENT, language: SILENT },
};

export const HEADER: readonly string[] = ["kind", ...COLUMNS];

/** What is wrong with a file: where, a stable code, and what a person should read. */
export interface Fault {
  /** As editors count, from 1. */
  line: number;
  column?: string | undefined;
  code: string;
  detail: string;
}
