import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso/router";
import { answered, api, type Schema } from "../api/client";
import { useWords } from "../language/speaking";
import { AskedView } from "../ui/asked-view";
import { Choices, TextField } from "../ui/field";
import { Form } from "../ui/form";
import { InstantField } from "../ui/instant-field";
import { Page } from "../ui/page";
import { WeekEditor } from "../ui/week-editor";
import type { WeekWindow } from "../ui/week-grid";
import { AddedMember } from "./added-member";
import { useHousehold, type SeenHousehold } from "./places";

type Given = Schema<"MemberWithCodes">;

/** A code for a third party, within what is one's own, until an end (O12). */
export function GiveSharePage(): JSX.Element {
  const { params } = useRoute();
  const { home, household: words } = useWords();
  const asked = useHousehold(params.household);
  const [given, setGiven] = useState<Given>();
  return (
    <Page title={given === undefined ? words.giveTitle : words.addedGiven(given.name)} about={given === undefined ? words.giveAbout : undefined} back={{ href: `/household/${params.household}`, label: asked.data?.household.unit.name ?? home.household }}>
      <AskedView asked={asked}>{(seen) => (given === undefined ? <GiveShare seen={seen} onGiven={setGiven} /> : <AddedMember added={given} household={seen.household} onAnother={() => setGiven(undefined)} />)}</AskedView>
    </Page>
  );
}

function GiveShare({ seen: { household, place }, onGiven }: { seen: SeenHousehold; onGiven: (given: Given) => void }): JSX.Element {
  const { household: words } = useWords();
  const { route } = useLocation();
  const own = place?.doors ?? [];
  const [name, setName] = useState("");
  const [doors, setDoors] = useState<string[]>(own.length === 1 ? [own[0].id] : []);
  const [windows, setWindows] = useState<WeekWindow[]>([]);
  const [start, setStart] = useState<string>();
  const [end, setEnd] = useState<string>();
  const [noDoors, setNoDoors] = useState(false);
  const zone = household.timeZone;
  const give = async (): Promise<void> => {
    setNoDoors(doors.length === 0);
    if (doors.length === 0 || end === undefined) return;
    onGiven(await answered(api.POST("/api/households/{household}/shares", { params: { path: { household: household.id } }, body: { name, doors, end, ...(start !== undefined && { start }), ...(windows.length > 0 && { windows }) } })));
  };
  return (
    <div class="card">
      <Form submit={words.giveIt} onSubmit={give} onCancel={() => route(`/household/${household.id}`)}>
        {(errorOf) => (
          <>
            <TextField label={words.giveWhom} hint={words.giveWhomHint} name="name" required maxLength={100} autocomplete="off" value={name} onValue={setName} error={errorOf("name")} />
            <Choices legend={words.doors} choices={own.map((door) => ({ value: door.id, label: door.name }))} chosen={doors} onChosen={setDoors} error={noDoors ? words.whereNeeded : errorOf("doors")} />
            <div class="pair">
              <InstantField label={words.start} hint={words.startHint} optional value={start} onValue={setStart} zone={zone} error={errorOf("start")} />
              <InstantField label={words.end} hint={words.giveEnd(household.limits.shareDaysMax)} required value={end} onValue={setEnd} zone={zone} error={errorOf("end")} />
            </div>
            <WeekEditor legend={words.times} none={words.giveTimesNone} value={windows} onValue={setWindows} zone={zone} error={errorOf("windows")} />
          </>
        )}
      </Form>
    </div>
  );
}
