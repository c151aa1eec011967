import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { parseFobText } from "../../../protocol/fob-identity";
import { answered, api } from "../api/client";
import { useWords } from "../language/speaking";
import { instantOf, localIn } from "../language/zoned-input";
import { useAnnounce } from "../ui/announcer";
import { AskedView, Empty } from "../ui/asked-view";
import { Choices, Select } from "../ui/field";
import { Form } from "../ui/form";
import { Page } from "../ui/page";
import { FobTextField } from "./fob-text-field";
import { useGiving, useKeysPath, type Giving } from "./giving";
import { keyRequest, NO_TIMES, type KeyDraft } from "./key-draft";
import { TimesFields } from "./times-fields";
import { UserFields } from "./user-fields";

/** Of what somebody shares from their household, unless they say otherwise. */
const SHARE_DAYS = 90;

/** Giving a fob (S6): its text, whom it is for, and the doors that its buttons may open. */
export function NewFobPage(): JSX.Element {
  const { sharing, fobs } = useWords();
  const base = useKeysPath();
  const giving = useGiving();
  return (
    <Page title={fobs.give} about={fobs.about} back={{ href: base, label: sharing.keys }}>
      <AskedView asked={giving}>{(choices) => (choices.length === 0 ? <Empty title={sharing.mayNotGive} /> : <GiveFrom choices={choices} />)}</AskedView>
    </Page>
  );
}

function GiveFrom({ choices }: { choices: readonly Giving[] }): JSX.Element {
  const { sharing } = useWords();
  const [id, setId] = useState(choices[0].id);
  const giving = choices.find((each) => each.id === id) ?? choices[0];
  return (
    <>
      {choices.length > 1 && <Select label={sharing.from} value={giving.id} choices={choices.map(({ id: value, label }) => ({ value, label }))} onValue={setId} />}
      <GiveFob key={giving.id} giving={giving} />
    </>
  );
}

function GiveFob({ giving }: { giving: Giving }): JSX.Element {
  const { sharing, fobs } = useWords();
  const { route } = useLocation();
  const announce = useAnnounce();
  const base = useKeysPath();
  const [text, setText] = useState("");
  const [draft, setDraft] = useState<KeyDraft>(() => emptyDraft(giving));
  const [noDoors, setNoDoors] = useState(false);
  const [wrongText, setWrongText] = useState(false);
  const set = (change: Partial<KeyDraft>): void => setDraft({ ...draft, ...change });
  const give = async (): Promise<void> => {
    const wrong = parseFobText(text.trim()) === undefined;
    setWrongText(wrong);
    setNoDoors(draft.doors.length === 0);
    if (wrong || draft.doors.length === 0) return;
    const { id, user } = await answered(api.POST("/api/keys", { body: { ...keyRequest(draft, giving, sharing.kind.smart), kind: "smart", fob: text.trim() } }));
    announce(fobs.registered(user.name));
    route(`${base}/${id}/fob`);
  };
  return (
    <Form submit={fobs.register} onSubmit={give}>
      {(errorOf) => (
        <>
          <FobTextField value={text} onValue={setText} error={wrongText && parseFobText(text.trim()) === undefined ? fobs.wrongText : errorOf("fob")} />
          <UserFields giving={giving} kind="pin" user={draft.user} onUser={(user) => set({ user })} unitNeeded={false} errorOf={errorOf} />
          <Choices legend={sharing.column.doors} choices={giving.doors.map(({ id, name }) => ({ value: id, label: name }))} chosen={draft.doors} onChosen={(doors) => set({ doors })} error={noDoors && draft.doors.length === 0 ? sharing.doorsNeeded : errorOf("doors")} />
          <TimesFields giving={giving} doors={draft.doors} times={draft.times} onTimes={(times) => set({ times })} errorOf={errorOf} />
        </>
      )}
    </Form>
  );
}

function emptyDraft(giving: Giving): KeyDraft {
  return {
    kind: "pin",
    doors: giving.doors.length === 1 ? [giving.doors[0].id] : [],
    user: { who: "new", person: "", name: "", address: "", contact: undefined, holderClass: "resident", unit: "" },
    name: "",
    card: "",
    times: { ...NO_TIMES, until: giving.endNeeded ? instantOf(localIn(SHARE_DAYS, giving.zone), giving.zone) : undefined },
  };
}
