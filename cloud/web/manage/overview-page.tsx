import type { ComponentChildren, JSX } from "preact";
import { answered, api, type Schema } from "../api/client";
import { useAsked } from "../api/use-asked";
import { showDay, showAgo, showInstant } from "../language/times";
import { useLanguage, useWords } from "../language/speaking";
import { AskedView } from "../ui/asked-view";
import { Badge } from "../ui/badge";
import { ButtonLink } from "../ui/button";
import { Page, Section } from "../ui/page";
import { Ago } from "../ui/time";
import { DoorTable, NoDoors } from "./doors/doors-page";
import { doorAsOfNow, needsSomebody, useDoorsNow } from "./doors/doors-now";
import { useProperty } from "../shell/managed-property";
import { useDoors } from "./use-doors";

const SHOWN = 6;

/** What needs the manager today: doors, ended access that is not true yet, leases, invitations. */
export function OverviewPage(): JSX.Element {
  const { overview: words } = useWords();
  const { id, name, timeZone } = useProperty();
  const doors = useDoors();
  const { doors: now } = useDoorsNow(id);
  const attention = useAsked((signal) => answered(api.GET("/api/properties/{property}/attention", { params: { path: { property: id } }, signal })), [id]);
  const open = useAsked((signal) => answered(api.GET("/api/revocations", { params: { query: { property: id, open: "true" } }, signal })), [id]);
  return (
    <Page title={name} about={words.about}>
      <AskedView asked={doors}>
        {(read) => {
          const known = read.map((door) => doorAsOfNow(door, now?.get(door.id))).filter(({ state }) => state !== "stolen");
          if (known.length === 0) return <NoDoors />;
          const trouble = known.filter(needsSomebody);
          const quiet = trouble.length === 0 && open.data?.items.length === 0;
          return (
            <>
              <Numbers doors={known} households={attention.data?.households} trouble={trouble.length} />
              {quiet && (
                <div class="notice good">
                  <p>
                    <strong>{words.allWell}</strong>
                  </p>
                  <p>{words.allWellHow}</p>
                </div>
              )}
              {trouble.length > 0 && (
                <Section title={words.doors} acts={<ButtonLink href={`/manage/${id}/doors`}>{words.showAll}</ButtonLink>}>
                  <DoorTable doors={trouble.slice(0, SHOWN)} property={id} zone={timeZone} caption={words.doors} />
                  <MoreThere count={trouble.length - SHOWN} href={`/manage/${id}/doors`} />
                </Section>
              )}
            </>
          );
        }}
      </AskedView>
      <AskedView asked={open}>{({ items }) => <EndedAccess items={items} />}</AskedView>
      <AskedView asked={attention}>{(found) => <People attention={found} />}</AskedView>
    </Page>
  );
}

function Numbers({ doors, households, trouble }: { doors: readonly Schema<"Door">[]; households: number | undefined; trouble: number }): JSX.Element {
  const { overview: words } = useWords();
  const online = doors.filter((door) => door.online).length;
  return (
    <p class="numbers" role="status">
      <span>{words.doorsOf(online, doors.length)}</span>
      {households !== undefined && <span>{words.families(households)}</span>}
      {trouble === 0 ? <Badge tone="good">{words.wellDoors}</Badge> : <Badge tone="warning">{words.trouble(trouble)}</Badge>}
    </p>
  );
}

function EndedAccess({ items }: { items: readonly Schema<"RevocationOfPerson">[] }): JSX.Element | null {
  const { overview: words, truth } = useWords();
  const { id, timeZone } = useProperty();
  const language = useLanguage();
  if (items.length === 0) return null;
  const said = ({ doors }: Schema<"RevocationOfPerson">): string => {
    const pending = doors.filter(({ state }) => state === "pending");
    const until = pending.some(({ mayOpenUntil }) => mayOpenUntil === null) ? undefined : pending.flatMap(({ mayOpenUntil }) => mayOpenUntil ?? []).sort().at(-1);
    return until === undefined ? truth.openShort(pending.length) : truth.openUntilShort(pending.length, showInstant(until, timeZone, language));
  };
  return (
    <Section title={words.endedAccess} acts={<ButtonLink href={`/manage/${id}/truth`}>{words.showAll}</ButtonLink>}>
      <Lines>
        {items.slice(0, SHOWN).map((item) => (
          <Line key={item.id} href={`/manage/${id}/truth/revocations/${item.id}`} name={item.name} said={said(item)} tone="danger" when={<Ago instant={item.at} zone={timeZone} />} />
        ))}
      </Lines>
      <MoreThere count={items.length - SHOWN} href={`/manage/${id}/truth`} />
    </Section>
  );
}

function People({ attention: { alarms, leasesEnding, invitations } }: { attention: Schema<"Attention"> }): JSX.Element {
  const { overview: words, managedDoors } = useWords();
  const { id, timeZone } = useProperty();
  const language = useLanguage();
  const at = `/manage/${id}`;
  return (
    <>
      {alarms.length > 0 && (
        <Section title={words.alarms}>
          <Lines>
            {alarms.slice(0, SHOWN).map(({ door, doorName, kind, at: when }) => (
              <Line key={`${door}${when}${kind}`} href={`${at}/doors/${door}`} name={doorName} said={managedDoors.alarm[kind].said} tone={kind === "duress" || kind === "events-altered" ? "danger" : "warning"} when={<Ago instant={when} zone={timeZone} />} />
            ))}
          </Lines>
        </Section>
      )}
      {leasesEnding.length > 0 && (
        <Section title={words.ending}>
          <Lines>
            {leasesEnding.slice(0, SHOWN).map(({ person, name, household, unit, endsAt }) => (
              <Line key={person} href={`${at}/households/${household}`} name={`${name} · ${unit}`} said={words.endsOn(showDay(endsAt, timeZone, language))} />
            ))}
          </Lines>
          <MoreThere count={leasesEnding.length - SHOWN} href={`${at}/households`} />
        </Section>
      )}
      {invitations.length > 0 && (
        <Section title={words.invitations}>
          <Lines>
            {invitations.slice(0, SHOWN).map(({ person, name, household, unit, since }) => (
              <Line key={person} href={`${at}/households/${household}`} name={`${name} · ${unit}`} said={words.invitedSince(showAgo(since, language))} />
            ))}
          </Lines>
          <MoreThere count={invitations.length - SHOWN} href={`${at}/households`} />
        </Section>
      )}
    </>
  );
}

function Lines({ children }: { children: ComponentChildren }): JSX.Element {
  return <ul class="lines">{children}</ul>;
}

interface LineProps {
  href: string;
  name: string;
  said: string;
  tone?: "danger" | "warning";
  when?: ComponentChildren;
}

function Line({ href, name, said, tone, when }: LineProps): JSX.Element {
  return (
    <li>
      <a href={href}>{name}</a> {tone === undefined ? <span class="quiet">{said}</span> : <Badge tone={tone}>{said}</Badge>}
      {when !== undefined && <span class="quiet when">{when}</span>}
    </li>
  );
}

function MoreThere({ count, href }: { count: number; href: string }): JSX.Element | null {
  const { overview: words } = useWords();
  if (count <= 0) return null;
  return (
    <p>
      <a href={href}>{words.andMore(count)}</a>
    </p>
  );
}
