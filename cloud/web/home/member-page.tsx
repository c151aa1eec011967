import type { JSX } from "preact";
import { useRoute } from "preact-iso/router";
import { useLanguage, useWords } from "../language/speaking";
import { showInstant } from "../language/times";
import { AskedView } from "../ui/asked-view";
import { Fact } from "../ui/facts";
import { Page, Section } from "../ui/page";
import { MemberActs } from "./member-acts";
import { MemberCodes } from "./member-codes";
import { MemberState } from "./member-list";
import { PlaceTerms } from "./place-terms";
import { useMember, type Household, type Member } from "./places";

/** Somebody of a household, or a third party to whom it has given something. */
export function MemberPage(): JSX.Element {
  const { params } = useRoute();
  return <MemberView key={params.person} household={params.household} person={params.person} />;
}

function MemberView({ household: id, person }: { household: string; person: string }): JSX.Element {
  const { home, household: words } = useWords();
  const asked = useMember(id, person);
  const { data } = asked;
  const isOwn = data !== undefined && data.member.person === data.place?.person;
  return (
    <Page title={data?.member.name ?? home.household} about={data === undefined ? undefined : isOwn ? words.you : undefined} back={{ href: `/household/${id}`, label: data?.household.unit.name ?? home.household }} acts={data !== undefined && <MemberActs {...data} onChanged={asked.again} />}>
      <AskedView asked={asked}>
        {({ household, member }) => (
          <>
            <Standing member={member} isOwn={isOwn} />
            <Section title={words.access}>
              <PlaceTerms place={member} doors={household.doors} zone={household.timeZone}>
                <Inviter member={member} />
                <SentInvitation member={member} household={household} />
              </PlaceTerms>
            </Section>
            {member.can.includes("see-pins") && (
              <Section title={isOwn ? words.yourCode : words.code}>
                <MemberCodes person={person} name={isOwn ? undefined : member.name} can={member.can} zone={household.timeZone} />
              </Section>
            )}
            {member.role === "administrator" && !isOwn && <p class="quiet">{words.cannotRemoveAdministrator}</p>}
          </>
        )}
      </AskedView>
    </Page>
  );
}

/** What keeps them from opening anything. */
function Standing({ member, isOwn }: { member: Member; isOwn: boolean }): JSX.Element | null {
  const { household: words } = useWords();
  if (member.state === "pending") {
    const over = member.invitation?.state === "declined" || member.invitation?.state === "expired";
    return (
      <p class={over ? "notice warning" : "notice"}>
        {words.pendingAbout(member.name)} {over && <MemberState member={member} />}
      </p>
    );
  }
  if (member.suspended) return <p class="notice warning">{isOwn ? words.pausedYours : words.pausedAbout(member.name)}</p>;
  return null;
}

function Inviter({ member: { invitedBy } }: { member: Member }): JSX.Element {
  const { household: words } = useWords();
  return <Fact term={words.inviter}>{invitedBy === null ? words.givenByManager : invitedBy.removed ? words.givenRemoved(invitedBy.name) : words.given(invitedBy.name)}</Fact>;
}

/** How the newest link stands, for those who may send it again. */
function SentInvitation({ member: { invitation, email, phone, state }, household }: { member: Member; household: Household }): JSX.Element | null {
  const { household: words } = useWords();
  const language = useLanguage();
  const address = email ?? phone;
  if (address === null && invitation === null) return null;
  const said = invitation === null ? undefined : invitation.state === "pending" ? words.invitation.pending(showInstant(invitation.expiresAt, household.timeZone, language)) : words.invitation[invitation.state];
  return (
    <>
      {address !== null && <Fact term={words.address}>{address}</Fact>}
      {said !== undefined && state === "pending" && <Fact term={words.invitationTitle}>{said}</Fact>}
    </>
  );
}
