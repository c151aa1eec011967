import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, api, type Schema } from "../../api/client";
import { useAsked } from "../../api/use-asked";
import { showInstant } from "../../language/times";
import { useLanguage, useWords } from "../../language/speaking";
import { AskedView } from "../../ui/asked-view";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { ConfirmDialog } from "../../ui/dialog";
import { TextField } from "../../ui/field";
import { Form } from "../../ui/form";
import { GivenCodes } from "../../ui/given-codes";
import { Page, Section } from "../../ui/page";
import { useProperty } from "../../shell/managed-property";
import { doorNames, useDoors } from "../use-doors";
import { useBackToDoor, useDoor } from "./use-door";

const OVERLAP_HOURS_MAX = 72;

/** A door is lost or stolen (P4): one act, then who must get a new code, and the cards to replace. */
export function StolenPage(): JSX.Element {
  const { managedDoors: words } = useWords();
  const asked = useDoor();
  const [report, setReport] = useState<Schema<"StolenDoor">>();
  const done = async (found: Schema<"StolenDoor">): Promise<void> => {
    setReport(found);
    await asked.again();
  };
  const back = useBackToDoor(asked.data, asked.id);
  if (asked.data === undefined) {
    return (
      <Page title={words.stolen} back={back}>
        <AskedView asked={asked}>{() => null}</AskedView>
      </Page>
    );
  }
  return (
    <AskedView asked={asked}>
      {(door) => (
        <Page title={door.state === "stolen" ? words.stolen : words.stolenTitle(door.name)} about={door.state === "stolen" ? door.name : words.stolenAbout} back={back}>
          {report !== undefined && <Renewed report={report} />}
          {door.state === "stolen" ? <Cards door={door} /> : <Report door={door} onDone={done} />}
        </Page>
      )}
    </AskedView>
  );
}

function Report({ door, onDone }: { door: Schema<"Door">; onDone: (report: Schema<"StolenDoor">) => Promise<void> }): JSX.Element {
  const { managedDoors: words } = useWords();
  const [hours, setHours] = useState("0");
  const [asking, setAsking] = useState(false);
  const report = async (): Promise<void> => {
    const found = await answered(api.POST("/api/doors/{door}/stolen", { params: { path: { door: door.id } }, body: { overlapHours: Number(hours), endCards: false } }));
    await onDone(found);
  };
  return (
    <Section title={words.stolenHow}>
      <Form submit={words.stolenAct} tone="danger" onSubmit={() => Promise.resolve(setAsking(true))}>
        {() => (
          <>
            <What />
            <TextField label={`${words.stolenOverlap} (${words.stolenOverlapHours})`} hint={words.stolenOverlapHint} type="number" min={0} max={OVERLAP_HOURS_MAX} required inputMode="numeric" value={hours} onValue={setHours} />
          </>
        )}
      </Form>
      {asking && (
        <ConfirmDialog title={words.stolenTitle(door.name)} act={words.stolenAct} onConfirm={report} onClose={() => setAsking(false)}>
          <What />
        </ConfirmDialog>
      )}
    </Section>
  );
}

function What(): JSX.Element {
  const { managedDoors: words } = useWords();
  return (
    <ul>
      {words.stolenWhat.map((what) => (
        <li key={what}>{what}</li>
      ))}
    </ul>
  );
}

/** Who must get a new code. */
function Renewed({ report: { renewed } }: { report: Schema<"StolenDoor"> }): JSX.Element {
  const { managedDoors: words } = useWords();
  const { id: property } = useProperty();
  const { data: doors } = useDoors();
  return (
    <Section title={words.stolen}>
      <p role="status">{renewed.length === 0 ? words.stolenDoneNone : words.stolenDone}</p>
      <ul class="renewed">
        {renewed.map(({ person, name, told, codes, oldDoors, endedLimited }) => (
          <li key={person}>
            <p>
              <a href={`/manage/${property}/people/${person}`}>
                <strong>{name}</strong>
              </a>{" "}
              · {told === "holder" ? words.stolenToldHolder : told === "household" ? words.stolenToldHousehold : words.stolenToldNobody}
              <span class="quiet"> · {doorNames(oldDoors, doors)}</span>
            </p>
            <GivenCodes name={name} codes={codes.flatMap(({ id, pin }) => (pin === undefined ? [] : [{ id, pin }]))} />
            {endedLimited.map(({ code, uses }) => (
              <p key={code} class="notice warning">
                {words.stolenEnded(uses)}
              </p>
            ))}
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Cards that the door knew: they are replaced first, and ended then. */
function Cards({ door: { id, name } }: { door: Schema<"Door"> }): JSX.Element {
  const { common, managedDoors: words } = useWords();
  const { id: property, timeZone } = useProperty();
  const language = useLanguage();
  const [asking, setAsking] = useState(false);
  const asked = useAsked((signal) => answered(api.GET("/api/doors/{door}/stolen", { params: { path: { door: id } }, signal })), [id]);
  const end = async (): Promise<void> => {
    await answered(api.POST("/api/doors/{door}/stolen", { params: { path: { door: id } }, body: { overlapHours: 0, endCards: true } }));
    await asked.again();
    setAsking(false);
  };
  return (
    <AskedView asked={asked}>
      {({ stolenAt, items }) => {
        const open = items.filter(({ ended }) => !ended);
        return (
          <>
            {stolenAt !== null && (
              <p class="notice danger">
                {words.of(words.stolenSince, showInstant(stolenAt, timeZone, language))}
              </p>
            )}
            <Section title={words.cards}>
              <p class="hint">{words.cardsAbout}</p>
              {items.length === 0 && <p>{common.none}</p>}
              <ul>
                {items.map(({ person, name: holder, card, ended }) => (
                  <li key={card}>
                    <a href={`/manage/${property}/people/${person}`}>{holder}</a> {ended && <Badge tone="quiet">{words.cardsEnded}</Badge>}
                  </li>
                ))}
              </ul>
              {open.length > 0 && (
                <Button tone="danger" onPress={() => setAsking(true)}>
                  {words.cardsEnd}
                </Button>
              )}
              {asking && (
                <ConfirmDialog title={words.of(words.cardsEnd, name)} act={words.cardsEnd} onConfirm={end} onClose={() => setAsking(false)}>
                  <p>{words.cardsAbout}</p>
                  <ul>
                    {open.map(({ card, name: holder }) => (
                      <li key={card}>{holder}</li>
                    ))}
                  </ul>
                </ConfirmDialog>
              )}
            </Section>
          </>
        );
      }}
    </AskedView>
  );
}
