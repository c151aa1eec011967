import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { answered, api } from "../../api/client";
import { useWords } from "../../language/speaking";
import { AskedView } from "../../ui/asked-view";
import { TextField } from "../../ui/field";
import { Form } from "../../ui/form";
import { Page } from "../../ui/page";
import { Radios } from "../../ui/radios";
import { useProperty } from "../../shell/managed-property";
import { useDoors } from "../use-doors";
import { GivenResult, type Drawn } from "./given-result";
import { cardRequest, emptyGrant, GrantFields, pinRequest } from "./grant-fields";

/** Somebody of no household, with a PIN or a card: a neighbour's parcel service, a club, an owner who lives elsewhere. */
export function AddPersonPage(): JSX.Element {
  const { people: words, manage } = useWords();
  const { id: property } = useProperty();
  const { route } = useLocation();
  const doors = useDoors();
  const [name, setName] = useState("");
  const [holder, setHolder] = useState<"guest" | "resident">("guest");
  const [unit, setUnit] = useState("");
  const [draft, setDraft] = useState(emptyGrant);
  const [added, setAdded] = useState<{ id: string; drawn: Drawn }>();
  const at = `/manage/${property}/people`;
  const submit = async (): Promise<void> => {
    const credentials = draft.kind === "pin" ? { pins: [pinRequest(draft)], cards: [] } : { pins: [], cards: [cardRequest(draft)] };
    const { id, pins, cards } = await answered(api.POST("/api/people", { body: { property, name, class: holder, ...(unit !== "" && { unit }), ...credentials } }));
    setAdded({ id, drawn: pins[0] ?? cards[0] });
  };
  return (
    <Page title={words.add} about={words.addAbout} back={{ href: at, label: manage.people }}>
      {added !== undefined ? (
        <GivenResult title={words.added(name)} name={name} drawn={added.drawn} href={`${at}/${added.id}`} to={words.toPerson} />
      ) : (
        <AskedView asked={doors}>
          {(all) => (
            <div class="card">
              <Form submit={words.addAct} onSubmit={submit} onCancel={() => route(at)}>
                {(errorOf) => (
                  <>
                    <TextField label={words.name} value={name} onValue={setName} required error={errorOf("name")} autocomplete="off" />
                    <Radios
                      legend={words.class}
                      value={holder}
                      onValue={setHolder}
                      choices={[
                        { value: "guest", label: words.classes.guest, hint: words.guestHint },
                        { value: "resident", label: words.classes.resident, hint: words.residentHint },
                      ]}
                    />
                    <TextField label={words.unitNumber} hint={words.unitNumberHint} optional value={unit} onValue={setUnit} inputMode="numeric" pattern="[0-9]{1,6}" error={errorOf("unit")} />
                    <GrantFields draft={draft} doors={all} errorOf={(field) => errorOf(field === "card" ? "cards.0.number" : `${draft.kind}s.0.grants.0.${field}`)} onDraft={setDraft} />
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
