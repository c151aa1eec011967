import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, type Schema } from "../api/client";
import { useAsked } from "../api/use-asked";
import { useList } from "../api/use-list";
import { LANGUAGE_NAMES, useLanguage, useWords, type LanguageName } from "../language/speaking";
import { useAnnounce } from "../ui/announcer";
import { AskedView, Empty } from "../ui/asked-view";
import { Badge } from "../ui/badge";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Select, TextField } from "../ui/field";
import { Form } from "../ui/form";
import { More } from "../ui/more";
import { Section } from "../ui/page";
import { TimeZoneField } from "../ui/time-zone-field";
import { readersZone } from "./readers-zone";
import type { SiteApi } from "./site-api";

/** The site's properties and who manages each: nobody but the site adds one, or its first manager. */
export function SiteProperties({ api }: { api: SiteApi }): JSX.Element {
  const { account: words } = useWords();
  const announce = useAnnounce();
  const [adding, setAdding] = useState(false);
  const properties = useList((after, signal) => answered(api.GET("/api/properties", { params: { query: { limit: 50, ...(after !== undefined && { after }) } }, signal })), []);
  const added = async (name: string): Promise<void> => {
    await properties.again();
    setAdding(false);
    announce(words.setUp.propertyAdded(name));
  };
  return (
    <Section title={words.setUp.properties} acts={<Button onPress={() => setAdding(true)}>{words.setUp.addProperty}</Button>}>
      <AskedView asked={properties}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={words.setUp.noProperties}>
              <p>{words.setUp.firstProperty}</p>
            </Empty>
          ) : (
            items.map((property) => <SiteProperty key={property.id} api={api} property={property} />)
          )
        }
      </AskedView>
      <More list={properties} />
      {adding && <AddProperty api={api} onAdded={added} onClose={() => setAdding(false)} />}
    </Section>
  );
}

function AddProperty({ api, onAdded, onClose }: { api: SiteApi; onAdded: (name: string) => Promise<void>; onClose: () => void }): JSX.Element {
  const { account: words } = useWords();
  const [name, setName] = useState("");
  const [timeZone, setTimeZone] = useState(readersZone);
  const add = async (): Promise<void> => {
    await answered(api.POST("/api/properties", { body: { name, timeZone } }));
    await onAdded(name);
  };
  return (
    <Dialog title={words.setUp.addProperty} onClose={onClose}>
      <Form submit={words.setUp.addIt} onSubmit={add} onCancel={onClose}>
        {(errorOf) => (
          <>
            <TextField label={words.setUp.propertyName} hint={words.setUp.propertyNameHint} value={name} onValue={setName} error={errorOf("name")} required maxLength={120} focused />
            <TimeZoneField label={words.setUp.timeZone} hint={words.setUp.timeZoneHint} value={timeZone} onValue={setTimeZone} error={errorOf("timeZone")} />
          </>
        )}
      </Form>
    </Dialog>
  );
}

/** A property with its managers, and those who have been asked to be. */
function SiteProperty({ api, property: { id, name, timeZone } }: { api: SiteApi; property: Schema<"Property"> }): JSX.Element {
  const { account: words } = useWords();
  const announce = useAnnounce();
  const [inviting, setInviting] = useState(false);
  const path = { property: id };
  const managers = useAsked((signal) => answered(api.GET("/api/properties/{property}/managers", { params: { path }, signal })), [id]);
  const invited = async (email: string): Promise<void> => {
    await managers.again();
    setInviting(false);
    announce(words.setUp.invited(email));
  };
  return (
    <article class="site-property">
      <div class="title">
        <h3>
          {name} <span class="quiet">{timeZone}</span>
        </h3>
        <Button label={words.setUp.inviteTo(name)} onPress={() => setInviting(true)}>
          {words.setUp.invite}
        </Button>
      </div>
      <AskedView asked={managers}>
        {({ items, invitations }) => (
          <ul class="rows">
            {items.map(({ account, name: manager, emails }) => (
              <li key={account}>
                <div>
                  <strong>{manager}</strong> <Badge tone="good">{words.setUp.manages}</Badge>
                  <span class="quiet">{emails.join(", ")}</span>
                </div>
              </li>
            ))}
            {invitations.map(({ id: invitation, email }) => (
              <li key={invitation}>
                <div>
                  <strong>{email}</strong> <Badge tone="warning">{words.setUp.isInvited}</Badge>
                  <span class="quiet">{words.setUp.invitedHint}</span>
                </div>
              </li>
            ))}
            {items.length + invitations.length === 0 && <li class="quiet">{words.setUp.noManagers}</li>}
          </ul>
        )}
      </AskedView>
      {inviting && (
        <Dialog title={words.setUp.inviteTo(name)} onClose={() => setInviting(false)}>
          <InviteManager api={api} property={id} onInvited={invited} onClose={() => setInviting(false)} />
        </Dialog>
      )}
    </article>
  );
}

function InviteManager({ api, property, onInvited, onClose }: { api: SiteApi; property: string; onInvited: (email: string) => Promise<void>; onClose: () => void }): JSX.Element {
  const { account: words } = useWords();
  const [email, setEmail] = useState("");
  const [language, setLanguage] = useState<LanguageName>(useLanguage());
  const invite = async (): Promise<void> => {
    await answered(api.POST("/api/properties/{property}/managers", { params: { path: { property } }, body: { email, language } }));
    await onInvited(email);
  };
  return (
    <Form submit={words.setUp.sendInvitation} onSubmit={invite} onCancel={onClose}>
      {(errorOf) => (
        <>
          <p>{words.setUp.aboutInviting}</p>
          <TextField label={words.signIn.email} type="email" value={email} onValue={setEmail} error={errorOf("email")} required maxLength={254} autocapitalize="none" spellcheck={false} focused />
          <Select label={words.setUp.language} value={language} choices={LANGUAGE_NAMES.map(({ code, name }) => ({ value: code, label: name }))} onValue={setLanguage} />
        </>
      )}
    </Form>
  );
}
