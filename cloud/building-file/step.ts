import type { Column } from "./columns";
import type { FileRecord, KnownRecord } from "./values";

/** Where somebody new will live: with those who are there, or in a household that a line of the file begins. */
export type HouseholdRef = { known: string } | { begun: string };

/** Whose a key is: somebody who is there, or somebody whom a line of the file adds, by name. */
export type PersonRef = { known: string } | { added: string };

/** What becomes of a line. */
export interface Step extends FileRecord {
  act: "make" | "change" | "leave";
  /** What it says otherwise than it is. */
  changed: Column[];
  /** What is there already. */
  known: KnownRecord | undefined;
  /** Of members who are new. */
  household?: HouseholdRef;
  /** Of keys. */
  person?: PersonRef;
}

/** Something in a cell that cannot be as it says. */
export type Complain = (line: number, column: Column | undefined, code: string, detail: string) => void;
