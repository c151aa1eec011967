import type { Identifier, Region } from "../accounts/identifier";
import { Refusal } from "../refusal";
import { identifierOf } from "./member-identifier";

/** A contact as the phone hands it over, with whatever its owner has noted (N3). */
export interface Contact {
  name?: string | undefined;
  tel: readonly string[];
  email: readonly string[];
}

/**
 * The one address of a contact that can be used. @throws {Refusal} `one-identifier`: it has none that is one, or
 * several; then the choice is whoever's who shares, and `choices` are those there are.
 */
export function chooseContact({ tel, email }: Contact, region: Region | undefined): Identifier {
  const choices = [...tel.flatMap((text) => read("phone", text, region)), ...email.flatMap((text) => read("email", text, region))];
  const distinct = choices.filter((choice, index) => choices.findIndex(({ value }) => value === choice.value) === index);
  if (distinct.length === 1) return distinct[0];
  const detail = distinct.length === 0 ? "The contact has no e-mail address and no phone number that could be used." : "The contact has several: choose one.";
  throw new Refusal("one-identifier", detail, { choices: distinct });
}

/** What people note beside a contact is not always an address. */
function read(kind: Identifier["kind"], text: string, region: Region | undefined): Identifier[] {
  try {
    return [{ kind, value: identifierOf(kind, text, region) }];
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
}
