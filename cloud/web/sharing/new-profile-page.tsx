import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { answered, api } from "../api/client";
import { useWords } from "../language/speaking";
import { useAnnounce } from "../ui/announcer";
import { AskedView, Empty } from "../ui/asked-view";
import { Select } from "../ui/field";
import { Form } from "../ui/form";
import { Page } from "../ui/page";
import { NEW_PROFILE, ProfileFields, requestOf } from "./profile-fields";
import { useProfileHomes, useProfilesPath, type ProfileHome } from "./profile-homes";

export function NewProfilePage(): JSX.Element {
  const { profiles: words, sharing } = useWords();
  const path = useProfilesPath();
  const homes = useProfileHomes();
  return (
    <Page title={words.newTitle} about={words.about} back={{ href: path, label: sharing.profiles }}>
      <AskedView asked={homes}>
        {(all) =>
          all.length === 0 ? (
            <Empty title={words.nowhere}>
              <p>{words.nowhereHow}</p>
            </Empty>
          ) : (
            <NewProfile homes={all} />
          )
        }
      </AskedView>
    </Page>
  );
}

function NewProfile({ homes }: { homes: readonly ProfileHome[] }): JSX.Element {
  const { profiles: words } = useWords();
  const path = useProfilesPath();
  const { route, query } = useLocation();
  const announce = useAnnounce();
  const [draft, setDraft] = useState(NEW_PROFILE);
  const [property, setProperty] = useState(query["property"] ?? homes[0].id);
  const home = homes.find(({ id }) => id === property) ?? homes[0];
  const add = async (): Promise<void> => {
    const { id, name } = await answered(api.POST("/api/profiles", { body: { property: home.id, ...requestOf(draft) } }));
    announce(words.created(name));
    route(`${path}/${id}`, true);
  };
  return (
    <section class="card">
      <Form submit={words.create} onSubmit={add} onCancel={() => route(path)}>
        {(errorOf) => (
          <>
            {homes.length > 1 && <Select label={words.property} value={home.id} choices={homes.map(({ id, name }) => ({ value: id, label: name }))} onValue={setProperty} />}
            <ProfileFields draft={draft} onDraft={setDraft} zone={home.zone} errorOf={errorOf} />
          </>
        )}
      </Form>
    </section>
  );
}
