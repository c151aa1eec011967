import type { JSX } from "preact";
import { useWords } from "../language/speaking";
import { TextField } from "../ui/field";
import { Radios } from "../ui/radios";

/** Who is added, and how they are told of it (O8): by exactly one address, or not at all. */
export interface Contact {
  how: "email" | "phone" | "name";
  name: string;
  email: string;
  phone: string;
}

export const emptyContact: Contact = { how: "email", name: "", email: "", phone: "" };

interface WhoFieldsProps {
  contact: Contact;
  onContact: (change: Partial<Contact>) => void;
  role: "resident" | "guest";
  onRole: (role: "resident" | "guest") => void;
  /** Why there can be no other of them (O5). */
  whyNot: { resident: string | undefined; guest: string | undefined };
  /** Whether this site sends text messages (A3). */
  texts: boolean;
}

export function WhoFields({ contact, onContact, role, onRole, whyNot, texts }: WhoFieldsProps): JSX.Element {
  const { household: words } = useWords();
  const { how, name, email, phone } = contact;
  const roles = (["resident", "guest"] as const).map((value) => ({ value, label: words.roles[value], hint: whyNot[value] ?? words.rolesAbout[value], disabled: whyNot[value] !== undefined }));
  const hows = (["email", "phone", "name"] as const).map((value) => ({ value, label: words.hows[value], hint: value === "phone" && !texts ? words.noTexts : words.howsAbout[value], disabled: value === "phone" && !texts }));
  return (
    <>
      <Radios legend={words.asWhat} value={role} choices={roles} onValue={onRole} />
      <Radios legend={words.how} value={how} choices={hows} onValue={(value) => onContact({ how: value })}>
        {(value) =>
          value === "email" ? (
            <TextField label={words.email} type="email" name="email" required autocomplete="off" value={email} onValue={(text) => onContact({ email: text })} />
          ) : value === "phone" ? (
            <TextField label={words.phone} hint={words.phoneHint} type="tel" name="phone" required autocomplete="off" value={phone} onValue={(text) => onContact({ phone: text })} />
          ) : null
        }
      </Radios>
      <TextField label={words.name} hint={how === "name" ? undefined : words.nameHint} optional={how !== "name"} required={how === "name"} name="name" autocomplete="off" maxLength={100} value={name} onValue={(text) => onContact({ name: text })} />
    </>
  );
}
