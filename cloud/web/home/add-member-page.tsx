import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso/router";
import { answered, api, type Schema } from "../api/client";
import { useWords } from "../language/speaking";
import { useSession } from "../shell/session";
import { AskedView } from "../ui/asked-view";
import { Form } from "../ui/form";
import { Page } from "../ui/page";
import { AddedMember } from "./added-member";
import { useWhyNot, WhyNot } from "./household-page";
import { emptyContact, WhoFields, type Contact } from "./member-contact";
import { DoorFields, lacksDoors, termsOf, TimeFields, type PlaceDraft } from "./place-form";
import { PlaceTerms } from "./place-terms";
import { useHousehold, type Household } from "./places";

/** Adding a resident or a guest in steps (O2, O3, O8, O9, M5). */
export function AddMemberPage(): JSX.Element {
  const { params } = useRoute();
  const { home, household: words } = useWords();
  const asked = useHousehold(params.household);
  const [added, setAdded] = useState<Schema<"MemberWithCodes">>();
  const back = { href: `/household/${params.household}`, label: asked.data?.household.unit.name ?? home.household };
  return (
    <Page title={added === undefined ? words.addTitle : added.codes.length > 0 ? words.addedGiven(added.name) : words.addedInvited(added.name)} back={back}>
      <AskedView asked={asked}>
        {({ household }) =>
          added !== undefined ? (
            <AddedMember
              added={added}
              household={household}
              onAnother={() => {
                setAdded(undefined);
                void asked.again();
              }}
            />
          ) : !household.can.includes("add-resident") && !household.can.includes("add-guest") ? (
            <>
              <WhyNot household={household} verb="add-resident" />
              <WhyNot household={household} verb="add-guest" />
            </>
          ) : (
            <Steps
              household={household}
              onAdded={async (member) => {
                await asked.again();
                setAdded(member);
              }}
            />
          )
        }
      </AskedView>
    </Page>
  );
}

const STEPS = 4;

function Steps({ household, onAdded }: { household: Household; onAdded: (member: Schema<"MemberWithCodes">) => Promise<void> }): JSX.Element {
  const { household: words, common } = useWords();
  const { session } = useSession();
  const { route } = useLocation();
  const whyNoResident = useWhyNot(household, "add-resident");
  const whyNoGuest = useWhyNot(household, "add-guest");
  const [step, setStep] = useState(0);
  const [contact, setContact] = useState<Contact>(emptyContact);
  const [draft, setDraft] = useState<PlaceDraft>({ role: household.can.includes("add-resident") ? "resident" : "guest", allDoors: true, doors: household.doors.length === 1 ? [household.doors[0].id] : [], windows: [], start: undefined, end: undefined });
  const [noDoors, setNoDoors] = useState(false);
  const onDraft = (change: Partial<PlaceDraft>): void => setDraft((before) => ({ ...before, ...change }));
  const texts = session.state !== "account" || session.account.textMessages;
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(step);
  useEffect(() => {
    if (shown.current !== step) heading.current?.focus();
    shown.current = step;
  }, [step]);
  const titles = [words.who, words.where, words.when, words.check];

  const submit = async (): Promise<void> => {
    if (step === 1) {
      setNoDoors(lacksDoors(draft));
      if (lacksDoors(draft)) return;
    }
    if (step < STEPS - 1) return setStep(step + 1);
    const { how, name, email, phone } = contact;
    const body = { role: draft.role, ...(name !== "" && { name }), ...(how === "email" && { email }), ...(how === "phone" && { phone }), ...termsOf(draft) };
    await onAdded(await answered(api.POST("/api/households/{household}/members", { params: { path: { household: household.id } }, body })));
  };
  return (
    <div class="card adding">
      <p class="quiet">{words.step(step + 1, STEPS)}</p>
      <progress max={STEPS} value={step + 1} aria-hidden="true" />
      <h2 ref={heading} tabIndex={-1}>
        {titles[step]}
      </h2>
      <Form key={step} submit={step < STEPS - 1 ? words.next : words.addIt[contact.how]} onSubmit={submit} onCancel={() => (step === 0 ? route(`/household/${household.id}`) : setStep(step - 1))} cancel={step === 0 ? common.cancel : common.back}>
        {(errorOf) => {
          const fields = { draft, onDraft, household, errorOf };
          switch (step) {
            case 0:
              return <WhoFields contact={contact} onContact={(change) => setContact((before) => ({ ...before, ...change }))} role={draft.role} onRole={(role) => onDraft({ role })} whyNot={{ resident: whyNoResident, guest: whyNoGuest }} texts={texts} />;
            case 1:
              return <DoorFields {...fields} errorOf={(path) => (path === "doors" && noDoors ? words.whereNeeded : errorOf(path))} />;
            case 2:
              return <TimeFields {...fields} />;
            default:
              return <Summary contact={contact} draft={draft} household={household} />;
          }
        }}
      </Form>
    </div>
  );
}

/** All of it once more, before anything is sent. */
function Summary({ contact, draft, household }: { contact: Contact; draft: PlaceDraft; household: Household }): JSX.Element {
  const { household: words } = useWords();
  const { how, name, email, phone } = contact;
  const doors = draft.role === "resident" && draft.allDoors ? household.doors.map(({ id }) => id) : [...draft.doors];
  const place = { role: draft.role, allDoors: draft.role === "resident" && draft.allDoors, doors, windows: draft.windows, start: draft.start ?? new Date().toISOString(), end: draft.end ?? null };
  return (
    <>
      <p>
        <strong>{name === "" ? (how === "email" ? email : phone) : name}</strong>
        {how !== "name" && name !== "" && <span class="quiet"> · {how === "email" ? email : phone}</span>}
      </p>
      <p class="quiet">{words.howsAbout[how]}</p>
      <PlaceTerms place={place} doors={household.doors} zone={household.timeZone} />
    </>
  );
}
