import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { answered, api } from "../../api/client";
import { useWords } from "../../language/speaking";
import { AskedView } from "../../ui/asked-view";
import { TextField } from "../../ui/field";
import { Form } from "../../ui/form";
import { Page } from "../../ui/page";
import { cardNumberOf } from "../households/leaseholder-fields";
import { useProperty } from "../../shell/managed-property";
import { GivenResult } from "../people/given-result";
import { emptyGrant, GrantFields, grantRequest } from "../people/grant-fields";
import { useDoors } from "../use-doors";

/** Somebody who works there, with a PIN or a card, at the hours of their visits, until an end (P3). */
export function AddStaffPage(): JSX.Element {
  const { staff: words, people, manage } = useWords();
  const { id: property } = useProperty();
  const { route } = useLocation();
  const doors = useDoors();
  const [name, setName] = useState("");
  const [unit, setUnit] = useState("");
  const [draft, setDraft] = useState(emptyGrant);
  const [added, setAdded] = useState<{ id: string; pin: string | null }>();
  const at = `/manage/${property}/staff`;
  const submit = async (): Promise<void> => {
    const { uses: _, ...terms } = grantRequest(draft);
    const body = { name, ...terms, ...(unit !== "" && { unit }), ...(draft.kind === "card" && { card: cardNumberOf(draft.card) }) };
    setAdded(await answered(api.POST("/api/properties/{property}/staff", { params: { path: { property } }, body })));
  };
  return (
    <Page title={words.add} about={words.addAbout} back={{ href: at, label: manage.staff }}>
      {added !== undefined ? (
        <GivenResult title={people.added(name)} name={name} drawn={{ pin: added.pin ?? undefined }} href={`${at}/${added.id}`} to={people.toPerson} />
      ) : (
        <AskedView asked={doors}>
          {(all) => (
            <div class="card">
              <Form submit={words.addAct} onSubmit={submit} onCancel={() => route(at)}>
                {(errorOf) => (
                  <>
                    <TextField label={people.name} hint={words.nameHint} value={name} onValue={setName} required error={errorOf("name")} autocomplete="off" />
                    <TextField label={people.unitNumber} hint={people.unitNumberHint} optional value={unit} onValue={setUnit} inputMode="numeric" pattern="[0-9]{1,6}" error={errorOf("unit")} />
                    <GrantFields draft={draft} doors={all} errorOf={errorOf} onDraft={setDraft} more={false} />
                  </>
                )}
              </Form>
            </div>
          )}
        </AskedView>
      )}
    </Page>
  );
}
