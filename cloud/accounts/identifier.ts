import { domainToASCII } from "node:url";
import { isSupportedCountry, parsePhoneNumberFromString, type CountryCode } from "libphonenumber-js/min";
import { EMAIL_CHARACTERS_MAX, EMAIL_LOCAL_BYTES_MAX } from "../limits";
import { Refusal } from "../refusal";
import type { IdentifierKind } from "../store/rows/account-rows";

/** What people are reached and recognised by, written in the one way in which it is stored and compared (M3). */
export interface Identifier {
  kind: IdentifierKind;
  /** E-mail: lower case, the domain in ASCII. Phone: E.164. Messages go to exactly this. */
  value: string;
}

/** ISO 3166 code of the country whose phone numbers may be written without their country code. */
export type Region = CountryCode;

export function isRegion(text: string): text is Region {
  return isSupportedCountry(text);
}

/**
 * Reads an e-mail address or a phone number as people type them.
 * @param region of phone numbers without country code; without it they are refused.
 * @throws Refusal `bad-identifier`.
 */
export function parseIdentifier(text: string, region?: Region): Identifier {
  const trimmed = text.trim().normalize("NFC");
  return trimmed.includes("@") ? { kind: "email", value: parseEmail(trimmed) } : { kind: "phone", value: parsePhone(trimmed, region) };
}

/** How somebody is told where a message went, without telling others who look over their shoulder. */
export function maskIdentifier({ kind, value }: Identifier): string {
  if (kind === "phone") return `${value.slice(0, 3)}…${value.slice(-2)}`;
  const at = value.lastIndexOf("@");
  return `${[...value][0]}…${value.slice(at)}`;
}

// RFC 5321 §4.1.2, with the letters of RFC 6531; quoted local parts and address literals belong to nobody who moves into a flat.
const LOCAL_PART = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const TYPED_DOMAIN = /^[\p{L}\p{M}\p{N}-]+(\.[\p{L}\p{M}\p{N}-]+)+$/u;
const ASCII_DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

function parseEmail(text: string): string {
  const at = text.lastIndexOf("@");
  // Lower case once more after NFC: messages go to what is stored, so letters that fold into others win nobody's mail.
  const local = text.slice(0, at).toLowerCase().normalize("NFC");
  const typed = text.slice(at + 1);
  // Checked before, because domainToASCII reads a host as a URL does: it would cut at a slash and decode %61.
  const domain = TYPED_DOMAIN.test(typed) ? domainToASCII(typed) : "";
  const value = `${local}@${domain}`;
  const fits = LOCAL_PART.test(local) && Buffer.byteLength(local) <= EMAIL_LOCAL_BYTES_MAX && value.length <= EMAIL_CHARACTERS_MAX;
  if (!fits || !ASCII_DOMAIN.test(domain)) throw new Refusal("bad-identifier", "This is not an e-mail address.");
  return value;
}

function parsePhone(text: string, region: Region | undefined): string {
  const number = parsePhoneNumberFromString(text, { ...(region && { defaultCountry: region }), extract: false });
  if (number !== undefined && number.isValid() && number.ext === undefined) return number.number;
  const hint = region === undefined && !text.startsWith("+") ? " Write it with its country code, such as +33 6 12 34 56 78." : "";
  throw new Refusal("bad-identifier", `This is neither an e-mail address nor a phone number.${hint}`);
}
