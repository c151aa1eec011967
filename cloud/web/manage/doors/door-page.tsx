import type { JSX } from "preact";
import { useWords } from "../../language/speaking";
import { AskedView } from "../../ui/asked-view";
import { ButtonLink } from "../../ui/button";
import { Page, Section } from "../../ui/page";
import { WeekText } from "../../ui/week-view";
import { useProperty } from "../../shell/managed-property";
import { DoorAlarms } from "./door-alarms";
import { DoorEvents } from "./door-events";
import { DoorConnection, DoorFlags } from "./door-state";
import { DoorStatus } from "./door-status";
import { DoorTruth } from "./door-truth";
import { doorAsOfNow, useDoorNow } from "./doors-now";
import { KeypadReset, LockState } from "./door-orders";
import { OpenNow } from "./open-now";
import { useDoor } from "./use-door";

/** One door: how it is, what it goes by, and what can be ordered. */
export function DoorPage(): JSX.Element {
  const { manage, managedDoors: words } = useWords();
  const { id: property, timeZone } = useProperty();
  const asked = useDoor();
  const now = useDoorNow(asked.id, () => void asked.again());
  const at = `/manage/${property}/doors/${asked.id}`;
  const back = { href: `/manage/${property}/doors`, label: manage.doors };
  if (asked.data === undefined) {
    return (
      <Page title={manage.doors} back={back}>
        <AskedView asked={asked}>{() => null}</AskedView>
      </Page>
    );
  }
  return (
    <AskedView asked={asked}>
      {(read) => {
        const door = doorAsOfNow(read, now);
        const claimed = door.state === "claimed";
        return (
          <Page title={door.name} back={back} acts={<DoorConnection door={door} />}>
            <DoorFlags door={door} />
            {claimed && <OpenNow door={door} />}
            {door.state === "registered" && (
              <p class="notice">
                {words.registeredHow} <a href={`/manage/${property}/doors/new?door=${door.id}`}>{words.registerSteps}</a>
              </p>
            )}
            {door.state === "stolen" && (
              <p class="notice danger">
                {words.stolenSince}. <a href={`${at}/stolen`}>{words.cards}</a>
              </p>
            )}
            <DoorAlarms door={door} />
            <Section title={words.state}>
              <DoorStatus door={door} zone={timeZone} />
            </Section>
            <DoorTruth door={door} zone={timeZone} />
            {claimed && (
              <>
                <Section title={words.lock}>
                  <LockState door={door} onDone={asked.again} />
                </Section>
                <Section title={words.keypad}>
                  <KeypadReset door={door} onDone={asked.again} />
                </Section>
              </>
            )}
            <Section title={words.who} acts={<ButtonLink href={`${at}/who`}>{words.whoAll}</ButtonLink>}>
              <p>{words.whoAbout}</p>
            </Section>
            <Section title={words.hours} acts={<ButtonLink href={`${at}/hours`}>{words.hoursEdit}</ButtonLink>}>
              {door.orders.hours.windows.length === 0 ? <p class="quiet">{words.hoursNone}</p> : <p><WeekText windows={door.orders.hours.windows} /></p>}
              {door.orders.hours.firstIn !== null && door.orders.hours.windows.length > 0 && (
                <p>
                  {words.of(words.firstIn, door.orders.hours.firstIn.map((each) => words.classes[each]).join(", "))}
                </p>
              )}
            </Section>
            <DoorEvents door={door} newest={now?.newestEvent ?? null} />
            <Section title={words.settings} acts={<ButtonLink href={`${at}/settings`}>{words.settingsEdit}</ButtonLink>}>
              <p class="quiet">{[words.outputs, words.keypad, words.owners, words.release].join(" · ")}</p>
              {door.state !== "stolen" && claimed && (
                <p>
                  <a href={`${at}/stolen`}>{words.stolenHow}</a>
                </p>
              )}
            </Section>
          </Page>
        );
      }}
    </AskedView>
  );
}
