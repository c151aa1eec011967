import type { Schema } from "../api/client";
import type { Giving } from "./giving";

export type GivenKind = "app" | "text" | "pin" | "card";
export type When = "always" | "week" | "profile" | "admin";

/** When and how often a key opens, as it is being entered. */
export interface TimesDraft {
  when: When;
  windows: Schema<"Key">["windows"];
  profile: string;
  /** Opens a number of times only (N8). */
  counted: boolean;
  uses: string;
  /** RFC 3339. */
  from: string | undefined;
  until: string | undefined;
}

export const NO_TIMES: TimesDraft = { when: "always", windows: [], profile: "", counted: false, uses: "1", from: undefined, until: undefined };

/** Somebody out of the phone's contacts (N3). */
export interface PickedContact {
  name: string;
  tel: string[];
  email: string[];
  /** Its addresses, where the API leaves the choice between several. */
  choices?: readonly string[];
}

/** Whom a key is for, as it is being entered. */
export interface UserDraft {
  who: "known" | "new" | "contact";
  person: string;
  name: string;
  /** E-mail address or phone number. */
  address: string;
  contact: PickedContact | undefined;
  holderClass: Schema<"HolderClass">;
  /** Typed before the code where a door asks for it. */
  unit: string;
}

/** A key that is being given. */
export interface KeyDraft {
  kind: GivenKind;
  doors: string[];
  user: UserDraft;
  name: string;
  card: string;
  times: TimesDraft;
}

type KeyTerms = Pick<Schema<"Key">, "windows" | "profile" | "uses" | "usesTogether" | "notBefore" | "notAfter">;

/** What of the times a request takes: an administrator has none, a profile has its own windows. */
export function timesOf({ when, windows, profile, counted, uses, from, until }: TimesDraft, doors: number): KeyTerms {
  return {
    profile: when === "admin" ? "admin" : when === "profile" ? profile : null,
    windows: when === "week" ? windows : [],
    uses: counted && when !== "admin" ? Number(uses) : null,
    // X6: of several doors none refuses a key for what another may not have told it yet.
    usesTogether: counted && when !== "admin" && doors > 1,
    notBefore: from ?? null,
    notAfter: until ?? null,
  };
}

/** @param fallback a name for the key where none was entered. */
export function keyRequest({ kind, doors, user, name, card, times }: KeyDraft, giving: Giving, fallback: string): Schema<"KeyRequest"> {
  const { uses, notBefore, notAfter, windows, ...terms } = timesOf(times, doors.length);
  return {
    property: giving.property,
    kind: kind === "text" ? "pin" : kind,
    name: name.trim() === "" ? fallback : name,
    user: userOf(user, kind, giving),
    doors,
    ...terms,
    // What a member gives without windows is limited as they are themselves.
    ...(windows.length > 0 && { windows }),
    ...(uses !== null && { uses }),
    ...(notBefore !== null && { notBefore }),
    ...(notAfter !== null && { notAfter }),
    ...(kind === "card" && { number: card.replaceAll(/[\s:.-]/g, "").toLowerCase() }),
    ...(giving.household !== undefined && { household: giving.household }),
  };
}

function userOf({ who, person, name, address, contact, holderClass, unit }: UserDraft, kind: GivenKind, { manages }: Giving): Schema<"KeyUser"> {
  if (who === "known") return { person };
  if (who === "contact" && contact !== undefined) {
    const { name: called, tel, email } = contact;
    return { contact: { name: called, tel, email } };
  }
  const at = kind === "app" || kind === "text" ? address.trim() : "";
  return {
    ...(name.trim() !== "" && { name }),
    ...(at !== "" && (at.includes("@") ? { email: at } : { phone: at })),
    ...(manages && { class: holderClass }),
    ...(unit !== "" && { unit }),
  };
}
