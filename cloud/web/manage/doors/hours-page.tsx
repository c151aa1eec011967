import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { answered, api, type Schema } from "../../api/client";
import { useWords } from "../../language/speaking";
import { useAnnounce } from "../../ui/announcer";
import { AskedView } from "../../ui/asked-view";
import { Choices } from "../../ui/field";
import { Form } from "../../ui/form";
import { Page } from "../../ui/page";
import { WeekEditor } from "../../ui/week-editor";
import { useProperty } from "../../shell/managed-property";
import { useBackToDoor, useDoor } from "./use-door";

const CLASSES = ["resident", "staff", "guest"] as const;

/** When a door stands unlocked by itself (N16). */
export function HoursPage(): JSX.Element {
  const { managedDoors: words } = useWords();
  const asked = useDoor();
  return (
    <Page title={words.hours} about={words.hoursAbout} back={useBackToDoor(asked.data, asked.id)}>
      <AskedView asked={asked}>{(door) => <HoursForm door={door} />}</AskedView>
    </Page>
  );
}

function HoursForm({ door: { id, name, online, orders } }: { door: Schema<"Door"> }): JSX.Element {
  const { common, managedDoors: words } = useWords();
  const { id: property, timeZone } = useProperty();
  const { route } = useLocation();
  const announce = useAnnounce();
  const [windows, setWindows] = useState(orders.hours.windows);
  const [firstIn, setFirstIn] = useState<string[]>(orders.hours.firstIn ?? []);
  const save = async (): Promise<void> => {
    const chosen = CLASSES.filter((each) => firstIn.includes(each));
    await answered(api.PUT("/api/doors/{door}/hours", { params: { path: { door: id } }, body: { windows, firstIn: chosen.length === 0 ? null : [...chosen] } }));
    announce(words.hoursSaved);
    route(`/manage/${property}/doors/${id}`);
  };
  return (
    <Form submit={common.save} onSubmit={save} onCancel={() => route(`/manage/${property}/doors/${id}`)}>
      {(errorOf) => (
        <>
          <WeekEditor legend={words.of(words.hours, name)} value={windows} onValue={setWindows} zone={timeZone} none={words.lockNormal} error={errorOf("windows")} />
          {windows.length > 0 && <Choices legend={words.firstIn} hint={words.firstInHint} choices={CLASSES.map((value) => ({ value, label: words.classes[value] }))} chosen={firstIn} onChosen={setFirstIn} />}
          {!online && <p class="notice warning">{words.lockOffline}</p>}
        </>
      )}
    </Form>
  );
}
