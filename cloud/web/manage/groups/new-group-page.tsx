import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { answered, api, type Schema } from "../../api/client";
import { useWords } from "../../language/speaking";
import { useProperty } from "../../shell/managed-property";
import { useDoors } from "../use-doors";
import { useAnnounce } from "../../ui/announcer";
import { AskedView } from "../../ui/asked-view";
import { Form } from "../../ui/form";
import { Page } from "../../ui/page";
import { GroupFields, NEW_GROUP } from "./group-fields";

export function NewGroupPage(): JSX.Element {
  const { groups: words, sharing } = useWords();
  const { id } = useProperty();
  const doors = useDoors();
  return (
    <Page title={words.newTitle} about={words.about} back={{ href: `/manage/${id}/groups`, label: sharing.groups }}>
      <AskedView asked={doors}>{(all) => <NewGroup doors={all} />}</AskedView>
    </Page>
  );
}

function NewGroup({ doors }: { doors: readonly Schema<"Door">[] }): JSX.Element {
  const { groups: words } = useWords();
  const { id: property } = useProperty();
  const { route } = useLocation();
  const announce = useAnnounce();
  const [draft, setDraft] = useState(NEW_GROUP);
  const path = `/manage/${property}/groups`;
  const add = async (): Promise<void> => {
    const { id, name } = await answered(api.POST("/api/groups", { body: { property, ...draft } }));
    announce(words.created(name));
    route(`${path}/${id}`, true);
  };
  return (
    <section class="card">
      <Form submit={words.create} onSubmit={add} onCancel={() => route(path)}>
        {(errorOf) => <GroupFields draft={draft} onDraft={setDraft} doors={doors} errorOf={errorOf} />}
      </Form>
    </section>
  );
}
