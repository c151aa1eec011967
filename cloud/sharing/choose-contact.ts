import { parseIdentifier, type Identifier, type Region } from "../accounts/identifier";
import { sendsTexts, type Channels } from "../messages/channels";
import { Refusal } from "../refusal";

/** A contact as a phone's picker hands it over (N3, Contact Picker API): any of it may be missing. */
export interface PickedContact {
  name?: string | undefined;
  tel: readonly string[];
  email: readonly string[];
}

/**
 * The one address of a picked contact that a key goes to: its phone number where the site sends text messages, or else
 * its e-mail address. What is no address is passed over, and of one written twice there is one.
 * @throws {Refusal} `one-identifier`: the picker was left without a choice, or the contact has no address that can be
 * used; `choose-address`: it has several, named in `choices`; `no-text-messages` (A3): it has phone numbers alone.
 */
export function chooseContact({ name, tel, email }: PickedContact, channels: Channels, region: Region | undefined): { name: string | undefined; identifier: Identifier } {
  const phones = addresses(tel, "phone", region);
  const mails = addresses(email, "email", region);
  const usable = sendsTexts(channels) && phones.length > 0 ? phones : mails;
  if (usable.length === 0 && phones.length > 0) throw new Refusal("no-text-messages", "This site sends no text messages, and the contact has no e-mail address.");
  if (usable.length === 0) throw new Refusal("one-identifier", "Nobody was chosen who has a phone number or an e-mail address.");
  if (usable.length > 1) throw new Refusal("choose-address", "The contact has several: choose one.", { choices: usable.map(({ kind, value }) => ({ [kind]: value })) });
  const known = name?.trim();
  return { name: known === "" ? undefined : known, identifier: usable[0] };
}

function addresses(texts: readonly string[], kind: Identifier["kind"], region: Region | undefined): Identifier[] {
  const found = new Map<string, Identifier>();
  for (const text of texts) {
    const identifier = tryParse(text, region);
    if (identifier?.kind === kind) found.set(identifier.value, identifier);
  }
  return [...found.values()];
}

function tryParse(text: string, region: Region | undefined): Identifier | undefined {
  try {
    return parseIdentifier(text, region);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
