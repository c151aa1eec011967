import { MESSAGE_NAME_CHARACTERS_MAX } from "../limits";
import type { LanguageName } from "../store/rows/account-rows";
import type { Message, Moment, Text, Texts } from "./message";
import { TEXTS_EN } from "./texts-en";
import { TEXTS_FR } from "./texts-fr";

const LANGUAGES: Record<LanguageName, { texts: Texts; locale: string; farewell: string }> = {
  en: { texts: TEXTS_EN, locale: "en-GB", farewell: "Latchkey" },
  fr: { texts: TEXTS_FR, locale: "fr-FR", farewell: "Latchkey" },
};

/** What is sent. */
export interface Composed {
  subject: string;
  text: string;
}

/** A message in its reader's words: `email` has paragraphs, `sms` one line and no subject. */
export function compose(message: Message, channel: "email" | "sms"): Composed {
  const { locale, farewell } = LANGUAGES[message.language];
  const { subject, body, sms } = textOf(message, locale);
  if (channel === "sms") return { subject: "", text: sms };
  return { subject, text: `${[...body, farewell].join("\n\n")}\n` };
}

function textOf({ kind, values, language }: Message, locale: string): Text {
  const readable = readableValues(values, locale);
  // Each text takes the values of its own kind; that the two match is what the type of Message says.
  return (LANGUAGES[language].texts[kind] as (values: unknown) => Text)(readable);
}

/** Values that are ours and never somebody's words. */
const OURS = new Set(["code", "link", "change", "role", "reason", "how", "kind", "subject"]);

function readableValues(values: object, locale: string): object {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, readableValue(name, value as unknown, locale)]));
}

function readableValue(name: string, value: unknown, locale: string): unknown {
  if (typeof value === "string") return name === "identifier" ? masked(value) : OURS.has(name) ? value : harmless(value);
  if (Array.isArray(value)) return value.map((item: object) => readableValues(item, locale));
  return typeof value === "object" && value !== null ? inWords(value as Moment, locale) : value;
}

function inWords({ at, timeZone }: Moment, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short", timeZone }).format(at * 1_000);
}

/**
 * Names are what strangers make people read in our messages: they are cut, and nothing in them looks like an address
 * to a mail program.
 */
function harmless(name: string): string {
  const cut = [...name].slice(0, MESSAGE_NAME_CHARACTERS_MAX).join("");
  return cut
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/:\/+/g, ": ")
    .replace(/\.(?=\p{L}{2})/gu, ". ");
}

/** Enough to know one's own by: whoever else reads the message learns little. */
function masked(identifier: string): string {
  const at = identifier.lastIndexOf("@");
  if (at < 0) return `${identifier.slice(0, 3)}…${identifier.slice(-2)}`;
  return `${identifier.slice(0, 1)}…${identifier.slice(at)}`;
}
