import type { OccurrenceKind } from "../notifications/occurrence";
import type { LanguageName } from "../store/rows/account-rows";
import type { RemovalRow } from "../store/rows/household-rows";

/** A point in time as its reader's wall clock shows it. */
export interface Moment {
  /** Unix seconds. */
  at: number;
  /** IANA zone, of the property. */
  timeZone: string;
}

/** One thing that has happened at a property (N13), or several of a kind. Names are null where nobody is to be named. */
export interface News {
  kind: OccurrenceKind;
  /** null: the door had no clock. */
  at: Moment | null;
  /** It arrived too late to be news. */
  late: boolean;
  /** How often; `at` is the last time. */
  times: number;
  /** A door was opened from afar. */
  remote: boolean;
  door: string | null;
  person: string | null;
  /** Who changed something. */
  actor: string | null;
  /** What was changed: the kind of record. */
  subject: string | null;
}

/**
 * What there is to tell people, and what each text needs. Links are whole URLs (see page-link.ts). No message but
 * `text-key` holds a PIN: those are looked at after signing in, or passed on by hand.
 */
export interface MessageValues {
  "sign-in-code": { code: string };
  "identifier-code": { code: string };
  "authenticate-code": { code: string };
  /** A2: to every identifier that stays, and to the one that goes. `identifier` is masked in the text. */
  "identifier-changed": { change: "added" | "removed"; identifier: string };
  "account-erased": Record<never, never>;
  /** M2, M4: how to get at a lease that no account has yet. */
  lease: { property: string; unit: string; link: string; until: Moment };
  /** M3: the building has appeared by itself; the link is there as well. */
  "lease-linked": { property: string; unit: string; link: string };
  /** `inviter` null: the manager. */
  invitation: { inviter: string | null; property: string; unit: string; role: "resident" | "guest"; link: string; until: Moment };
  "manager-invitation": { property: string; link: string; until: Moment };
  /**
   * `holder` null: the reader's own code; else whose code the reader must pass on anew. `oldUntil` null: the old one
   * has ended. `reason` security: a door was lost, or somebody who knew the code has left.
   */
  "pin-renewed": { holder: string | null; property: string; reason: "period" | "asked" | "security"; oldUntil: Moment | null; link: string };
  /** Another code, for doors at which the one they have cannot be used; `holder` as above. */
  "pin-added": { holder: string | null; property: string; link: string };
  /** S3: a key to accept, or decline. `giver` null: whoever runs the property; `key` is its name. */
  "key-link": { giver: string | null; property: string; key: string; link: string; until: Moment };
  /**
   * N5: a code for somebody without the app. `doors` are their names, `unit` what is typed before the code where a
   * door asks for it; `from` null: now; `until` null: no end.
   */
  "text-key": { giver: string | null; property: string; doors: string; code: string; unit: string | null; from: Moment | null; until: Moment | null };
  /** N13: the newest first; `more`: what there is no room for. */
  notification: { property: string; news: News[]; more: number; link: string };
  /** To whoever's place in a household has ended. */
  removed: { property: string; unit: string; how: RemovalRow["kind"] | "expired"; at: Moment };
}

export type MessageKind = keyof MessageValues;

/** One thing to tell. */
export type MessageContent = { [Kind in MessageKind]: { kind: Kind; values: MessageValues[Kind] } }[MessageKind];

/** … and the language to tell it in. */
export type Message = MessageContent & { language: LanguageName };

/** As one e-mail and as one text message. */
export interface Text {
  subject: string;
  /** Paragraphs of the e-mail. */
  body: string[];
  sms: string;
}

/** Every kind in one language. */
export type Texts = { [Kind in MessageKind]: (values: Readable<MessageValues[Kind]>) => Text };

/** Values as texts take them: moments are words already. */
export type Readable<Values> = { [Name in keyof Values]: Values[Name] extends Moment ? string : Values[Name] extends Moment | null ? string | null : Values[Name] extends (infer Item)[] ? Readable<Item>[] : Values[Name] };
