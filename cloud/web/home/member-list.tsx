import type { JSX } from "preact";
import { useLanguage, useWords } from "../language/speaking";
import { Badge } from "../ui/badge";
import { doorsText, spanText } from "./place-text";
import type { Household, Member } from "./places";

interface MemberListProps {
  household: Household;
  members: readonly Member[];
  /** Whoever looks. */
  own: string | undefined;
  label: string;
}

/** People of a household, each with what they have in a line and a way to all of it. */
export function MemberList({ household, members, own, label }: MemberListProps): JSX.Element {
  return (
    <ul class="members" aria-label={label}>
      {[...members].sort((a, b) => orderOf(a, own) - orderOf(b, own) || a.name.localeCompare(b.name)).map((member) => (
        <li key={member.person}>
          <MemberLine household={household} member={member} isOwn={member.person === own} />
        </li>
      ))}
    </ul>
  );
}

/** Oneself first, then those who manage the household. */
function orderOf({ person, role }: Member, own: string | undefined): number {
  return person === own ? 0 : role === "administrator" ? 1 : 2;
}

function MemberLine({ household, member, isOwn }: { household: Household; member: Member; isOwn: boolean }): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  const { household: said } = words;
  const facts = [
    member.allDoors ? said.allDoors : doorsText(member.doors, household.doors, language),
    spanText(member, words, household.timeZone, language),
    ...(member.invitedBy !== null && member.role === "share" ? [member.invitedBy.removed ? said.givenRemoved(member.invitedBy.name) : said.given(member.invitedBy.name)] : []),
  ].filter((fact) => fact !== "");
  return (
    <>
      <div class="who">
        <a href={`/household/${household.id}/members/${member.person}`}>{member.name}</a>
        {isOwn && <span class="quiet"> ({said.you})</span>} {member.role === "administrator" && <Badge tone="quiet">{said.roles.administrator}</Badge>} <MemberState member={member} />
      </div>
      <p class="quiet">{facts.join(" · ")}</p>
    </>
  );
}

/** What keeps somebody from opening anything; nothing where nothing does. */
export function MemberState({ member: { state, suspended, invitation } }: { member: Member }): JSX.Element | null {
  const { household: words } = useWords();
  if (state === "pending") {
    const over = invitation?.state === "declined" || invitation?.state === "expired" ? invitation.state : undefined;
    return <Badge tone={over === undefined ? "quiet" : "warning"}>{over === undefined ? words.pending : words.invitationOver[over]}</Badge>;
  }
  return suspended ? <Badge tone="warning">{words.pausedBadge}</Badge> : null;
}
