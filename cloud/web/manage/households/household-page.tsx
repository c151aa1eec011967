import type { JSX } from "preact";
import { useRoute } from "preact-iso/router";
import { answered, api, type Schema } from "../../api/client";
import { useAsked } from "../../api/use-asked";
import { useWords } from "../../language/speaking";
import { AskedView } from "../../ui/asked-view";
import { Badge } from "../../ui/badge";
import { ButtonLink } from "../../ui/button";
import { Page, Section } from "../../ui/page";
import { Time } from "../../ui/time";
import { useProperty } from "../../shell/managed-property";
import { ROLES } from "../units/use-units";
import { byName } from "../use-doors";
import { MemberItem } from "./member-item";

type Whole = Schema<"WholeHousehold">;

/** One household: its leaseholders, who lives with them, whom they let in, and what has lately ended there. */
export function HouseholdPage(): JSX.Element {
  const { params } = useRoute();
  const { household } = params;
  const { id: property, timeZone } = useProperty();
  const { households: words, manage } = useWords();
  const asked = useAsked((signal) => answered(api.GET("/api/households/{household}", { params: { path: { household } }, signal })), [household]);
  const back = { href: `/manage/${property}/households`, label: manage.households };
  return (
    <AskedView
      asked={asked}
      around={(shown) => (
        <Page title={manage.households} back={back}>
          {shown}
        </Page>
      )}
    >
      {(whole) => (
        <Page
          title={words.householdOf(whole.unit.name)}
          about={
            whole.endedAt === null ? (
              <>
                {words.since} <Time instant={whole.createdAt} zone={timeZone} />
              </>
            ) : (
              <>
                {words.endedAt} <Time instant={whole.endedAt} zone={timeZone} />
              </>
            )
          }
          back={back}
        >
          <Members whole={whole} onChanged={asked.again} />
          <Section title={words.opens}>
            {whole.doors.length === 0 ? <p class="quiet">{words.opensNoDoors}</p> : <p>{whole.doors.map(({ name }) => name).join(", ")}</p>}
            <p>
              <a href={`/manage/${property}/units/${whole.unit.id}`}>{words.changeDoors}</a>
            </p>
          </Section>
          {whole.removals.length > 0 && (
            <Section title={words.lately}>
              <ul class="plain">
                {whole.removals.map(({ id, kind, at, complete, people }) => (
                  <li key={id} class="split">
                    <span>
                      <a href={`/manage/${property}/truth/removals/${id}`}>{people.map(({ name }) => name).join(", ")}</a>{" "}
                      <span class="quiet">
                        {words.kinds[kind]}, <Time instant={at} zone={timeZone} />
                      </span>
                    </span>
                    <Badge tone={complete ? "good" : "warning"}>{complete ? words.trueEverywhere : words.notYetTrue}</Badge>
                  </li>
                ))}
              </ul>
            </Section>
          )}
        </Page>
      )}
    </AskedView>
  );
}

function Members({ whole, onChanged }: { whole: Whole; onChanged: () => Promise<void> }): JSX.Element {
  const { households: words } = useWords();
  const { id: property } = useProperty();
  const { id, unit, members, shares, can } = whole;
  const at = `/manage/${property}/households`;
  const leaseholders = members.filter(({ role }) => role === "administrator").sort((a, b) => byName(a.name, b.name));
  const others = members.filter(({ role }) => role !== "administrator").sort((a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role) || byName(a.name, b.name));
  const list = (people: readonly Schema<"Member">[]): JSX.Element => (
    <ul class="holders">
      {people.map((member) => (
        <MemberItem key={member.person} member={member} household={whole} onChanged={onChanged} />
      ))}
    </ul>
  );
  return (
    <>
      <Section title={words.leaseholders} acts={can.includes("add-leaseholder") && <ButtonLink href={`${at}/new?unit=${unit.id}&household=${id}`}>{words.addLeaseholder}</ButtonLink>}>
        {leaseholders.length === 0 ? <p class="quiet">{whole.endedAt === null ? words.noLeaseholders : words.allGone}</p> : list(leaseholders)}
      </Section>
      {(others.length > 0 || can.includes("add-resident") || can.includes("add-guest")) && (
        <Section title={words.residentsAndGuests} acts={(can.includes("add-resident") || can.includes("add-guest")) && <ButtonLink href={`${at}/${id}/add`}>{words.addMember}</ButtonLink>}>
          {others.length === 0 ? <p class="quiet">{words.noOthers}</p> : list(others)}
        </Section>
      )}
      {shares.length > 0 && <Section title={words.thirdParties}>{list(shares)}</Section>}
    </>
  );
}
