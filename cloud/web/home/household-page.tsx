import type { ComponentChildren, JSX } from "preact";
import { useRoute } from "preact-iso/router";
import { useWords } from "../language/speaking";
import { AskedView } from "../ui/asked-view";
import { ButtonLink } from "../ui/button";
import { Page, Section } from "../ui/page";
import { FormerPlaces } from "./former-places";
import { LateRemovals } from "./late-removals";
import { MemberCodes } from "./member-codes";
import { MemberList } from "./member-list";
import { PlaceTerms } from "./place-terms";
import { useHousehold, type Household, type Place } from "./places";

/** One household: `/household/<id>`. */
export function HouseholdPage(): JSX.Element {
  const { params } = useRoute();
  return <HouseholdView key={params.household} id={params.household} back />;
}

/** Who lives there, who comes, and what one may do about it (O1–O5, O10, O12). */
export function HouseholdView({ id, back = false, former = [] }: { id: string; back?: boolean; former?: readonly Place[] }): JSX.Element {
  const words = useWords();
  const asked = useHousehold(id);
  const { data } = asked;
  const can = data?.household.can ?? [];
  return (
    <Page
      title={data?.household.unit.name ?? words.home.household}
      about={data?.place?.property.name}
      back={back ? { href: "/household", label: words.home.household } : undefined}
      acts={
        <>
          {can.includes("give-share") && <ButtonLink href={`/household/${id}/give`}>{words.household.give}</ButtonLink>}
          {(can.includes("add-resident") || can.includes("add-guest")) && (
            <ButtonLink tone="primary" href={`/household/${id}/add`}>
              {words.household.add}
            </ButtonLink>
          )}
        </>
      }
    >
      <AskedView asked={asked}>
        {({ household, place }) => (
          <>
            <People household={household} place={place} />
            {place !== undefined && <OwnAccess place={place} household={household} />}
            <LateRemovals household={household} />
            <FormerPlaces places={former} />
          </>
        )}
      </AskedView>
    </Page>
  );
}

function People({ household, place }: { household: Household; place: Place | undefined }): JSX.Element {
  const { household: words } = useWords();
  const living = household.members.filter(({ role }) => role !== "guest");
  const guests = household.members.filter(({ role }) => role === "guest");
  const administrates = place?.role === "administrator";
  return (
    <>
      {living.length > 0 && (
        <Section title={words.living}>
          <MemberList household={household} members={living} own={place?.person} label={words.living} />
          {place?.role === "resident" && <p class="quiet">{words.livingYours}</p>}
          <WhyNot household={household} verb="add-resident" />
        </Section>
      )}
      {(administrates || guests.length > 0) && (
        <Section title={words.guests}>
          {guests.length > 0 ? <MemberList household={household} members={guests} own={place?.person} label={words.guests} /> : <p class="quiet">{words.guestsNone}</p>}
          <WhyNot household={household} verb="add-guest" />
        </Section>
      )}
      {(household.can.includes("give-share") || household.shares.length > 0) && (
        <Section title={words.shares}>
          {household.shares.length > 0 ? (
            <>
              <p class="quiet">{words.sharesAbout}</p>
              <MemberList household={household} members={household.shares} own={place?.person} label={words.shares} />
            </>
          ) : (
            <p class="quiet">{words.sharesNone}</p>
          )}
        </Section>
      )}
    </>
  );
}

/** Where the manager's rules take a button away, it says so in its place (O5). */
export function WhyNot({ household, verb }: { household: Household; verb: "add-resident" | "add-guest" }): JSX.Element | null {
  const text = useWhyNot(household, verb);
  return text === undefined ? null : <p class="notice">{text}</p>;
}

export function useWhyNot({ cannot, limits }: Household, verb: "add-resident" | "add-guest"): string | undefined {
  const { household: words } = useWords();
  const because = cannot.find((each) => each.verb === verb)?.because;
  if (because === undefined) return undefined;
  if (verb === "add-resident") return because === "cap-reached" ? words.residentsFull(limits.residentsMax) : words.residentsForbidden;
  return because === "cap-reached" ? words.guestsFull(limits.guestsMax) : words.guestsForbidden;
}

function OwnAccess({ place, household }: { place: Place; household: Household }): JSX.Element {
  const { household: words } = useWords();
  return (
    <Section title={words.yours}>
      {place.suspended && <Notice>{words.pausedYours}</Notice>}
      <PlaceTerms place={{ ...place, doors: place.doors.map(({ id }) => id) }} doors={household.doors} zone={household.timeZone} />
      {place.can.includes("see-pins") && <h3>{words.yourCode}</h3>}
      {place.can.includes("see-pins") && <MemberCodes person={place.person} name={undefined} can={place.can} zone={household.timeZone} />}
    </Section>
  );
}

function Notice({ children }: { children: ComponentChildren }): JSX.Element {
  return <p class="notice warning">{children}</p>;
}
