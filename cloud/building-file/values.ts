import type { HolderClassName } from "../access/grant";
import type { Window } from "../access/window";
import type { KeyKind } from "../store/rows/sharing-rows";
import type { LanguageName } from "../store/rows/account-rows";
import type { Column, Kind } from "./columns";

/**
 * What the cells of a line say, each in one way of writing it, so that two can be compared. A cell that says nothing
 * is not there.
 */
export interface Values {
  id?: string;
  name?: string;
  /** Names of things of the property, as they are stored. */
  unit?: string;
  template?: string | null;
  profile?: string | null;
  groups?: string[];
  /** Label, or a household's id. */
  household?: string;
  number?: string | null;
  /** Ids, in order; of a resident: none = whatever the household has. */
  doors?: string[];
  /** Normalised. */
  email?: string;
  phone?: string;
  /** Name or id. */
  person?: string;
  class?: HolderClassName;
  key?: Exclude<KeyKind, "smart">;
  /** Hexadecimal. */
  card?: string;
  windows?: Window[];
  /** Unix seconds. */
  start?: number;
  end?: number | null;
  /** Of several doors together, as far as news of them travels (X6), or of the one door; 0 = unlimited. */
  uses?: { count: number; together: boolean };
  /** Bit mask. */
  outputs?: number;
  permissions?: string[];
  language?: LanguageName;
}

/** A line of the file that can be read. */
export interface FileRecord {
  line: number;
  kind: Kind;
  values: Values;
}

/** Something that is there, as its line would say it. */
export interface KnownRecord {
  kind: Kind;
  values: Values;
  /** Of the template, unit, profile, group, person, key or, of a `code`, credential. */
  record: string;
  /** Of members: where they live, and whether an account holds the place and has brought its own name. */
  household?: string;
  linked?: boolean;
  /** Of keys: whose it is. */
  person?: string;
  /** What somebody opens doors with that is no key: it is listed, and not changed by a file. */
  code?: boolean;
}

/** A property as a file would say it. */
export interface Building {
  property: string;
  timeZone: string;
  /** By name and by id; undefined where several have the name. */
  doors: ReadonlyMap<string, string | undefined>;
  doorNames: ReadonlyMap<string, string>;
  known: readonly KnownRecord[];
  /** Households that have not ended, by the names of their units. */
  households: ReadonlyMap<string, readonly string[]>;
}

/** Columns of which two lines say different things. */
export function differences(columns: readonly Column[], file: Values, known: Values): Column[] {
  return columns.filter((column) => file[column] !== undefined && JSON.stringify(file[column]) !== JSON.stringify(known[column]));
}
