import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { answered, api, type Schema } from "../api/client";
import { everyItem } from "../api/every-item";
import { useAsked } from "../api/use-asked";
import { useWords } from "../language/speaking";
import { useAccount } from "../shell/session";
import { Button } from "../ui/button";
import { Select, TextField } from "../ui/field";
import { Radios } from "../ui/radios";
import { hasContacts, pickContact } from "./contact-picker";
import type { Giving } from "./giving";
import type { GivenKind, PickedContact, UserDraft } from "./key-draft";

interface UserFieldsProps {
  giving: Giving;
  kind: GivenKind;
  user: UserDraft;
  onUser: (user: UserDraft) => void;
  /** A door asks for a unit number before a code. */
  unitNeeded: boolean;
  errorOf: (path: string) => string | undefined;
}

/** With whom (N1–N3): somebody one knows, somebody new by an address or a name, or out of the phone's contacts. */
export function UserFields({ giving, kind, user, onUser, unitNeeded, errorOf }: UserFieldsProps): JSX.Element {
  const { sharing } = useWords();
  const { who: words } = sharing;
  const known = useKnown(giving);
  const set = (change: Partial<UserDraft>): void => onUser({ ...user, ...change });
  const people = known ?? [];
  // A link may name somebody who is not to be chosen here.
  const elsewhere = known !== undefined && user.who === "known" && !known.some(({ id }) => id === user.person);
  useEffect(() => {
    if (elsewhere) set(people.length === 0 ? { who: "new" } : { person: people[0].id });
  }, [elsewhere]);
  const pick = async (): Promise<void> => {
    const contact = await pickContact();
    if (contact !== undefined) set({ who: "contact", contact });
  };
  const choices = [
    { value: "new" as const, label: words.new },
    ...(people.length > 0 ? [{ value: "known" as const, label: words.known }] : []),
    ...(user.contact !== undefined ? [{ value: "contact" as const, label: words.contact(user.contact.name) }] : []),
  ];
  return (
    <>
      {choices.length > 1 && <Radios legend={words.legend} value={user.who} choices={choices} onValue={(who) => set({ who, ...(who === "known" && !people.some(({ id }) => id === user.person) && { person: people[0].id }) })} />}
      {user.who === "known" && people.length > 0 && (
        <Select label={words.person} hint={kind === "app" || kind === "text" ? words.personHint : undefined} value={user.person} choices={people.map(({ id, name }) => ({ value: id, label: name }))} onValue={(person) => set({ person })} />
      )}
      {user.who === "new" && <NewUserFields {...{ giving, kind, user, set, unitNeeded, errorOf }} />}
      {user.who === "contact" && user.contact !== undefined && <ContactAddress contact={user.contact} onContact={(contact) => set({ contact })} />}
      {hasContacts() && (kind === "app" || kind === "text") && (
        <p>
          <Button onPress={pick}>{words.pick}</Button>
        </p>
      )}
    </>
  );
}

/** One of a contact's addresses, where it has several. */
function ContactAddress({ contact, onContact }: { contact: PickedContact; onContact: (contact: PickedContact) => void }): JSX.Element | null {
  const { who: words } = useWords().sharing;
  const { choices = [], tel, email } = contact;
  if (choices.length === 0) return null;
  const [chosen, ...others] = [...tel, ...email];
  return (
    <Radios
      legend={words.address}
      hint={words.choose}
      value={others.length === 0 ? chosen : undefined}
      choices={choices.map((value) => ({ value, label: value }))}
      onValue={(value) => onContact({ ...contact, tel: value.includes("@") ? [] : [value], email: value.includes("@") ? [value] : [] })}
    />
  );
}

interface NewUserProps extends Pick<UserFieldsProps, "giving" | "kind" | "user" | "unitNeeded" | "errorOf"> {
  set: (change: Partial<UserDraft>) => void;
}

function NewUserFields({ giving, kind, user, set, unitNeeded, errorOf }: NewUserProps): JSX.Element {
  const { sharing } = useWords();
  const { who: words } = sharing;
  const { account } = useAccount();
  const sent = kind === "app" || kind === "text";
  const nameNeeded = !sent || (kind === "app" && user.address.trim() === "");
  return (
    <>
      <TextField label={words.name} value={user.name} onValue={(name) => set({ name })} optional={!nameNeeded} required={nameNeeded} maxLength={200} error={errorOf("user.name")} />
      {sent && (
        <TextField
          label={account.textMessages ? words.address : words.addressMailOnly}
          hint={kind === "app" ? words.addressHintApp : account.textMessages ? undefined : words.noTexts}
          value={user.address}
          onValue={(address) => set({ address })}
          optional={kind === "app"}
          required={kind === "text"}
          autocapitalize="off"
          spellcheck={false}
          error={errorOf("user.email") ?? errorOf("user.phone")}
        />
      )}
      {giving.manages && (
        <Select
          label={words.holderClass}
          hint={words.holderClassHint}
          value={user.holderClass}
          choices={(["guest", "staff", "resident"] as const).map((value) => ({ value, label: words.classes[value] }))}
          onValue={(holderClass) => set({ holderClass })}
        />
      )}
      {(unitNeeded || user.unit !== "") && <TextField label={words.unit} hint={words.unitHint} value={user.unit} onValue={(unit) => set({ unit })} inputMode="numeric" pattern="[0-9]{1,6}" required={unitNeeded} error={errorOf("user.unit")} />}
    </>
  );
}

/** Whom one may give to by choosing (N1): nobody else can be found. */
function useKnown(giving: Giving): { id: string; name: string }[] | undefined {
  const { data } = useAsked(
    async (signal) => {
      const known = await everyItem((after) => answered(api.GET("/api/account/people", { params: { query: after === undefined ? {} : { after } }, signal })));
      const found = new Map(known.filter(({ property }) => !giving.manages || property.id === giving.property).map(({ person, name }) => [person, name]));
      if (giving.manages) for (const { id, name } of await outsideHouseholds(giving.property, signal)) found.set(id, name);
      return [...found].map(([id, name]) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name));
    },
    ["known", giving.id],
  );
  return data;
}

function outsideHouseholds(property: string, signal: AbortSignal): Promise<Schema<"Person">[]> {
  return everyItem((after) => answered(api.GET("/api/people", { params: { query: { property, outside: "true", ended: "false", ...(after !== undefined && { after }) } }, signal })));
}
