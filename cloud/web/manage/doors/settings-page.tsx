import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, api } from "../../api/client";
import { useWords } from "../../language/speaking";
import { useAnnounce } from "../../ui/announcer";
import { AskedView } from "../../ui/asked-view";
import { Button } from "../../ui/button";
import { ConfirmDialog } from "../../ui/dialog";
import { Checkbox } from "../../ui/field";
import { Form } from "../../ui/form";
import { Page, Section } from "../../ui/page";
import { DoorOutputs } from "./door-outputs";
import { DoorOwners } from "./door-owners";
import type { DoorSettingProps } from "./door-setting";
import { useBackToDoor, useDoor } from "./use-door";

/** What is wired to a door, how PINs are typed there, whose it is, and its place in the building. */
export function SettingsPage(): JSX.Element {
  const { managedDoors: words } = useWords();
  const asked = useDoor();
  return (
    <Page title={words.settings} back={useBackToDoor(asked.data, asked.id)}>
      <AskedView asked={asked}>
        {(door) => (
          <>
            <Section title={words.outputs}>
              <DoorOutputs door={door} onDone={asked.again} />
            </Section>
            <Section title={words.keypad}>
              <Keypad door={door} onDone={asked.again} />
            </Section>
            <Section title={words.owners}>
              <DoorOwners door={door} />
            </Section>
            {door.state === "claimed" && (
              <Section title={words.release}>
                <Release door={door} onDone={asked.again} />
              </Section>
            )}
          </>
        )}
      </AskedView>
    </Page>
  );
}

/** Whether PINs are typed after a unit number (X8). */
function Keypad({ door: { id, orders }, onDone }: DoorSettingProps): JSX.Element {
  const { common, managedDoors: words } = useWords();
  const announce = useAnnounce();
  const [unitNumbers, setUnitNumbers] = useState(orders.unitNumbers);
  const save = async (): Promise<void> => {
    await answered(api.PUT("/api/doors/{door}/keypad", { params: { path: { door: id } }, body: { unitNumbers } }));
    await onDone();
    announce(words.lockOrdered);
  };
  return (
    <Form submit={common.save} onSubmit={save} disabled={unitNumbers === orders.unitNumbers}>
      {() => (
        <>
          <p class="hint">{words.keypadAbout}</p>
          <Checkbox label={words.unitNumbers} hint={words.unitNumbersHint} checked={unitNumbers} onChecked={setUnitNumbers} />
        </>
      )}
    </Form>
  );
}

function Release({ door: { id, name, orders }, onDone }: DoorSettingProps): JSX.Element {
  const { managedDoors: words } = useWords();
  const announce = useAnnounce();
  const [asking, setAsking] = useState(false);
  const release = async (released: boolean): Promise<void> => {
    await answered(api.POST("/api/doors/{door}/release", { params: { path: { door: id } }, body: { released } }));
    await onDone();
    setAsking(false);
    announce(words.ownersSaved);
  };
  return (
    <>
      <p class="hint">{words.releaseAbout}</p>
      {orders.released ? (
        <Form submit={words.releaseBack} onSubmit={() => release(false)}>
          {() => (
            <p>
              <strong>{words.released}</strong>
            </p>
          )}
        </Form>
      ) : (
        <Button onPress={() => setAsking(true)}>{words.release}</Button>
      )}
      {asking && (
        <ConfirmDialog title={words.releaseTitle(name)} act={words.release} onConfirm={() => release(true)} onClose={() => setAsking(false)}>
          <p>{words.releaseWhat}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
