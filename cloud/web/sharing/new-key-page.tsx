import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { ApiProblem } from "../api/api-problem";
import { answered, api } from "../api/client";
import { useWords } from "../language/speaking";
import { localIn, instantOf } from "../language/zoned-input";
import { useAccount } from "../shell/session";
import { useAnnounce } from "../ui/announcer";
import { AskedView, Empty } from "../ui/asked-view";
import { Choices, Select, TextField } from "../ui/field";
import { Form } from "../ui/form";
import { Page } from "../ui/page";
import { Radios } from "../ui/radios";
import { useGiving, useKeysPath, type Giving } from "./giving";
import { HandedOver, type GivenKey } from "./handed-over";
import { keyRequest, NO_TIMES, type GivenKind, type KeyDraft } from "./key-draft";
import { TimesFields } from "./times-fields";
import { UserFields } from "./user-fields";

/** Giving a key (S3, N1–N10): to which doors, to whom, of what kind, when; then its link, its code, or where that went. */
export function NewKeyPage(): JSX.Element {
  const { sharing } = useWords();
  const base = useKeysPath();
  const giving = useGiving();
  const [given, setGiven] = useState<GivenKey>();
  if (given !== undefined) return <HandedOver given={given} onAnother={() => setGiven(undefined)} />;
  return (
    <Page title={sharing.give} back={{ href: base, label: sharing.keys }}>
      <AskedView asked={giving}>{(choices) => (choices.length === 0 ? <Empty title={sharing.mayNotGive} /> : <GiveFrom choices={choices} onGiven={setGiven} />)}</AskedView>
    </Page>
  );
}

/** From where: asked only of those who have several. A link may say (`?household=`, `?door=`). */
function GiveFrom({ choices, onGiven }: { choices: readonly Giving[]; onGiven: (given: GivenKey) => void }): JSX.Element {
  const { sharing } = useWords();
  const { query } = useLocation();
  const wanted = choices.find(({ id, doors }) => id === query.household || doors.some((door) => door.id === query.door));
  const [id, setId] = useState((wanted ?? choices[0]).id);
  const giving = choices.find((each) => each.id === id) ?? choices[0];
  return (
    <>
      {choices.length > 1 && <Select label={sharing.from} value={giving.id} choices={choices.map(({ id: value, label }) => ({ value, label }))} onValue={setId} />}
      <GiveKey key={giving.id} giving={giving} onGiven={onGiven} />
    </>
  );
}

function GiveKey({ giving, onGiven }: { giving: Giving; onGiven: (given: GivenKey) => void }): JSX.Element {
  const { sharing } = useWords();
  const { query } = useLocation();
  const announce = useAnnounce();
  const base = useKeysPath();
  const { account } = useAccount();
  const [draft, setDraft] = useState<KeyDraft>(() => emptyDraft(giving, query));
  const [unitNeeded, setUnitNeeded] = useState(false);
  const [noDoors, setNoDoors] = useState(false);
  const set = (change: Partial<KeyDraft>): void => setDraft({ ...draft, ...change });
  const setContactChoices = (choices: string[]): void => {
    const { user } = draft;
    if (user.contact !== undefined) set({ user: { ...user, contact: { ...user.contact, choices } } });
  };
  const kinds: { value: GivenKind; label: string; hint: string }[] = [
    { value: "app", label: sharing.kinds.app, hint: sharing.kinds.appHint },
    { value: "text", label: account.textMessages ? sharing.kinds.text : sharing.kinds.textMailOnly, hint: account.textMessages ? sharing.kinds.textHint : sharing.kinds.textHintMailOnly },
    { value: "pin", label: sharing.kinds.pin, hint: sharing.kinds.pinHint },
    ...(giving.manages ? [{ value: "card" as const, label: sharing.kinds.card, hint: sharing.kinds.cardHint }] : []),
  ];
  const give = async (): Promise<void> => {
    setNoDoors(draft.doors.length === 0);
    if (draft.doors.length === 0) return;
    try {
      const answer = await answered(api.POST("/api/keys", { body: keyRequest(draft, giving, sharing.kind[draft.kind === "text" ? "pin" : draft.kind]) }));
      announce(sharing.givenNow(answer.user.name));
      onGiven({ key: { ...answer, link: null }, link: answer.link, codes: answer.codes });
    } catch (error) {
      if (error instanceof ApiProblem && error.code === "choose-address") setContactChoices(choicesOf(error));
      if (error instanceof ApiProblem && error.code === "unit-needed") setUnitNeeded(true);
      throw error;
    }
  };
  return (
    <Form submit={sharing.give} onSubmit={give}>
      {(errorOf) => (
        <>
          <div class="card">
            <Radios legend={sharing.kinds.legend} value={draft.kind} choices={kinds} onValue={(kind) => set({ kind })}>
              {(kind) => kind === "card" && <TextField label={sharing.kinds.number} hint={sharing.kinds.numberHint} required value={draft.card} onValue={(card) => set({ card })} autocapitalize="off" spellcheck={false} error={errorOf("number")} />}
            </Radios>
            <p class="quiet">
              <a href={`${base}/fobs/new`}>{sharing.kinds.smart}</a>
            </p>
          </div>
          <div class="card">
            <UserFields giving={giving} kind={draft.kind} user={draft.user} onUser={(user) => set({ user })} unitNeeded={unitNeeded} errorOf={errorOf} />
          </div>
          <div class="card">
            <Choices legend={sharing.column.doors} choices={giving.doors.map(({ id, name }) => ({ value: id, label: name }))} chosen={draft.doors} onChosen={(doors) => set({ doors })} error={noDoors && draft.doors.length === 0 ? sharing.doorsNeeded : errorOf("doors")} />
          </div>
          <div class="card">
            <TimesFields giving={giving} doors={draft.doors} times={draft.times} onTimes={(times) => set({ times })} errorOf={errorOf} />
          </div>
          <div class="card">
            <TextField label={sharing.name} hint={sharing.nameHint} optional value={draft.name} onValue={(name) => set({ name })} maxLength={200} error={errorOf("name")} />
          </div>
        </>
      )}
    </Form>
  );
}

const SHARE_DAYS = 7;

function emptyDraft(giving: Giving, { person, door }: Record<string, string>): KeyDraft {
  const doors = giving.doors.filter(({ id }) => id === door || giving.doors.length === 1).map(({ id }) => id);
  return {
    kind: "app",
    doors,
    user: { who: person === undefined ? "new" : "known", person: person ?? "", name: "", address: "", contact: undefined, holderClass: "guest", unit: "" },
    name: "",
    card: "",
    times: { ...NO_TIMES, until: giving.endNeeded ? instantOf(localIn(SHARE_DAYS, giving.zone), giving.zone) : undefined },
  };
}

/** The addresses between which the API leaves the choice. */
function choicesOf({ members }: ApiProblem): string[] {
  const { choices } = members as { choices?: { email?: string; phone?: string }[] };
  return (choices ?? []).flatMap(({ email, phone }) => email ?? phone ?? []);
}
