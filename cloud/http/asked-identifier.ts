import { parseIdentifier, type Identifier, type Region } from "../accounts/identifier";
import { Refusal } from "../refusal";

/** An e-mail address or a phone number where a request wants exactly that. @throws {Refusal} `bad-identifier`. */
export function identifierOf(kind: Identifier["kind"], text: string, region: Region | undefined): string {
  const identifier = parseIdentifier(text, region);
  if (identifier.kind !== kind) throw new Refusal("bad-identifier", kind === "email" ? "This is no e-mail address." : "This is no phone number.");
  return identifier.value;
}

/** The one of the two that a request names; undefined = neither (O8). @throws {Refusal} `one-identifier`, `bad-identifier`. */
export function identifierIn({ email, phone }: { email?: string | undefined; phone?: string | undefined }, region: Region | undefined): Identifier | undefined {
  if (email !== undefined && phone !== undefined) throw new Refusal("one-identifier");
  if (email !== undefined) return { kind: "email", value: identifierOf("email", email, region) };
  return phone === undefined ? undefined : { kind: "phone", value: identifierOf("phone", phone, region) };
}
