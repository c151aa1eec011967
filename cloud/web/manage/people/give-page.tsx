import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso/router";
import { answered, api, type Schema } from "../../api/client";
import { useAsked } from "../../api/use-asked";
import { useWords } from "../../language/speaking";
import { AskedView } from "../../ui/asked-view";
import { Form } from "../../ui/form";
import { Page } from "../../ui/page";
import { useProperty } from "../../shell/managed-property";
import { useDoors } from "../use-doors";
import { GivenResult, type Drawn } from "./given-result";
import { cardRequest, emptyGrant, GrantFields, pinRequest } from "./grant-fields";

/** Another PIN or card for somebody of no household. */
export function GivePage(): JSX.Element {
  const { params } = useRoute();
  const { person } = params;
  const { id: property } = useProperty();
  const { people: words } = useWords();
  const asked = useAsked((signal) => answered(api.GET("/api/people/{person}", { params: { path: { person } }, signal })), [person]);
  return (
    <AskedView
      asked={asked}
      around={(shown) => (
        <Page title={words.give} back={{ href: `/manage/${property}/people/${person}`, label: words.toPerson }}>
          {shown}
        </Page>
      )}
    >
      {(known) => (
        <Page title={words.giveTo(known.name)} back={{ href: `/manage/${property}/people/${person}`, label: known.name }}>
          <Give person={known} />
        </Page>
      )}
    </AskedView>
  );
}

function Give({ person: { id, name } }: { person: Schema<"Person"> }): JSX.Element {
  const { people: words } = useWords();
  const { id: property } = useProperty();
  const { route } = useLocation();
  const doors = useDoors();
  const [draft, setDraft] = useState(emptyGrant);
  const [given, setGiven] = useState<Drawn>();
  const at = `/manage/${property}/people/${id}`;
  const submit = async (): Promise<void> => {
    const path = { params: { path: { person: id } } };
    setGiven(draft.kind === "pin" ? await answered(api.POST("/api/people/{person}/pins", { ...path, body: pinRequest(draft) })) : await answered(api.POST("/api/people/{person}/cards", { ...path, body: cardRequest(draft) })));
  };
  if (given !== undefined) return <GivenResult title={words.given(name)} name={name} drawn={given} href={at} to={words.toPerson} />;
  return (
    <AskedView asked={doors}>
      {(all) => (
        <div class="card">
          <Form submit={words.giveAct} onSubmit={submit} onCancel={() => route(at)}>
            {(errorOf) => <GrantFields draft={draft} doors={all} errorOf={(field) => errorOf(field === "card" ? "number" : `grants.0.${field}`)} onDraft={setDraft} />}
          </Form>
        </div>
      )}
    </AskedView>
  );
}
