import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useProof } from "../../account/proof";
import { answered, api, type Schema } from "../../api/client";
import { everyItem } from "../../api/every-item";
import { useAsked } from "../../api/use-asked";
import { useWords } from "../../language/speaking";
import { useAnnounce } from "../../ui/announcer";
import { AskedView } from "../../ui/asked-view";
import { Button } from "../../ui/button";
import { Select } from "../../ui/field";
import { Form } from "../../ui/form";
import { useProperty } from "../../shell/managed-property";
import { byName } from "../use-doors";

type Choice = { account: string } | { person: string };

/** To whom a door belongs (N4). */
export function DoorOwners({ door: { id } }: { door: Schema<"Door"> }): JSX.Element {
  const { common, managedDoors: words } = useWords();
  const announce = useAnnounce();
  const prove = useProof();
  const asked = useAsked((signal) => answered(api.GET("/api/doors/{door}/owners", { params: { path: { door: id } }, signal })), [id]);
  const [adding, setAdding] = useState(false);
  const [person, setPerson] = useState("");
  const put = async (owners: Choice[]): Promise<void> => {
    await prove(() => answered(api.PUT("/api/doors/{door}/owners", { params: { path: { door: id } }, body: { owners } })));
    await asked.again();
    setAdding(false);
    setPerson("");
    announce(words.ownersSaved);
  };
  return (
    <>
      <p class="hint">{words.ownersAbout}</p>
      <AskedView asked={asked}>
        {({ items }) => {
          const accounts = items.map(({ account }) => ({ account }));
          return (
            <>
              {items.length === 0 && <p>{words.ownersNone}</p>}
              <ul class="owners">
                {items.map(({ account, name }) => (
                  <li key={account}>
                    <Form submit={words.of(common.remove, name)} tone="plain" onSubmit={() => put(accounts.filter((each) => each.account !== account))}>
                      {() => <strong>{name}</strong>}
                    </Form>
                  </li>
                ))}
              </ul>
              {adding ? (
                <Form submit={common.add} onSubmit={() => put([...accounts, { person }])} onCancel={() => setAdding(false)} disabled={person === ""}>
                  {() => <PersonSelect label={words.ownersAdd} value={person} onValue={setPerson} />}
                </Form>
              ) : (
                <Button onPress={() => setAdding(true)}>{words.ownersAdd}</Button>
              )}
            </>
          );
        }}
      </AskedView>
    </>
  );
}

/** Somebody of the property; whether they have an account is for the server to say. */
function PersonSelect({ label, value, onValue }: { label: string; value: string; onValue: (person: string) => void }): JSX.Element {
  const { managedDoors: words } = useWords();
  const { id: property } = useProperty();
  const asked = useAsked(async (signal) => {
    const people = await everyItem((after) => answered(api.GET("/api/people", { params: { query: { property, ended: "false", ...(after !== undefined && { after }) } }, signal })));
    return people.sort((a, b) => byName(a.name, b.name));
  }, [property]);
  return (
    <AskedView asked={asked}>
      {(people) => <Select label={label} value={value} onValue={onValue} choices={[{ value: "", label: words.ownersAddChoose }, ...people.map(({ id, name }) => ({ value: id, label: name }))]} />}
    </AskedView>
  );
}
