import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Schema } from "../../api/client";
import { answered, api } from "../../api/client";
import { useWords } from "../../language/speaking";
import { useAnnounce } from "../../ui/announcer";
import { Badge } from "../../ui/badge";
import { Button, ButtonLink } from "../../ui/button";
import { Fact, Facts } from "../../ui/facts";
import { Time } from "../../ui/time";
import { WeekText } from "../../ui/week-view";
import { useProperty } from "../../shell/managed-property";
import { CodesDialog } from "./codes-dialog";
import { CourtOrderDialog } from "./court-order-dialog";
import { LeaseEndDialog } from "./lease-end-dialog";
import { MoveOutDialog } from "./move-out-dialog";
import { RemoveDialog } from "./remove-dialog";
import { SuspendDialog } from "../people/suspend-dialog";

type Member = Schema<"Member">;
type Act = "change-lease" | "end-lease" | "court-order" | "remove" | "suspend" | "codes" | "withdraw";

interface MemberItemProps {
  member: Member;
  household: Schema<"WholeHousehold">;
  onChanged: () => Promise<void>;
}

/** Somebody of a household: how they stand, and what the manager may do. */
export function MemberItem({ member, household, onChanged }: MemberItemProps): JSX.Element {
  const { households: words } = useWords();
  const { id: property } = useProperty();
  const announce = useAnnounce();
  const [act, setAct] = useState<Act>();
  const { person, name, can, invitation } = member;
  const close = (): void => setAct(undefined);
  const done = async (said: string): Promise<void> => {
    setAct(undefined);
    announce(said);
    await onChanged();
  };
  const resend = async (): Promise<void> => {
    await answered(api.POST("/api/members/{person}/invitation", { params: { path: { person } }, body: {} }));
    await done(words.resent(name));
  };
  const of = (text: string): string => `${text}: ${name}`;
  const mayInvite = can.includes("invite") && (member.email !== null || member.phone !== null) && !member.linked;
  return (
    <li class="holder">
      <div class="split">
        <h3>
          <a href={`/manage/${property}/people/${person}`}>{name}</a>
        </h3>
        <MemberState member={member} />
      </div>
      <MemberFacts member={member} household={household} />
      <div class="acts">
        {can.includes("change-lease") && <Button label={of(words.changeEnd)} onPress={() => setAct("change-lease")}>{words.changeEnd}</Button>}
        {can.includes("edit") && (
          <ButtonLink label={of(words.edit)} href={`/manage/${property}/households/${household.id}/people/${person}`}>
            {words.edit}
          </ButtonLink>
        )}
        {can.includes("see-pins") && <Button label={of(words.codes)} onPress={() => setAct("codes")}>{words.codes}</Button>}
        {mayInvite && <Button label={of(words.resend)} onPress={resend}>{words.resend}</Button>}
        {mayInvite && invitation?.state === "pending" && <Button label={of(words.withdraw)} onPress={() => setAct("withdraw")}>{words.withdraw}</Button>}
        {can.includes("suspend") && <Button label={of(member.suspended ? words.resume : words.suspend)} onPress={() => setAct("suspend")}>{member.suspended ? words.resume : words.suspend}</Button>}
        {can.includes("end-lease") && <Button tone="danger" label={of(words.moveOut)} onPress={() => setAct("end-lease")}>{words.moveOut}</Button>}
        {can.includes("court-order") && <Button tone="danger" label={of(words.courtOrder)} onPress={() => setAct("court-order")}>{words.courtOrder}</Button>}
        {(can.includes("remove") || can.includes("end-share")) && <Button tone="danger" label={of(can.includes("remove") ? words.remove : words.endShare)} onPress={() => setAct("remove")}>{can.includes("remove") ? words.remove : words.endShare}</Button>}
      </div>
      {act === "change-lease" && <LeaseEndDialog member={member} onDone={() => done(words.endChanged(name))} onClose={close} />}
      {act === "end-lease" && <MoveOutDialog member={member} household={household} onDone={() => done(words.willMoveOut(name))} onClose={close} />}
      {act === "court-order" && <CourtOrderDialog member={member} household={household} onClose={close} />}
      {(act === "remove" || act === "withdraw") && <RemoveDialog member={member} household={household} what={act === "withdraw" ? "invitation" : can.includes("remove") ? "member" : "share"} onDone={() => done(words.withdrawn(name))} onClose={close} />}
      {act === "suspend" && <SuspendDialog person={person} name={name} suspended={member.suspended} doors={member.doors} onDone={() => done(member.suspended ? words.resumed(name) : words.nowSuspended(name))} onClose={close} />}
      {act === "codes" && <CodesDialog member={member} onClose={close} />}
    </li>
  );
}

function MemberState({ member: { role, state, suspended, invitation, linked, start } }: { member: Member }): JSX.Element {
  const { households: words } = useWords();
  return (
    <span class="badges">
      <Badge tone="quiet">{words.roles[role]}</Badge>
      {suspended && <Badge tone="danger">{words.suspended}</Badge>}
      {state === "pending" && <Badge tone="warning">{invitation?.state === "pending" ? (role === "administrator" ? words.notLinked : words.notAccepted) : invitation === null ? words.pendingBare : words.links[invitation.state]}</Badge>}
      {state === "active" && !suspended && Date.parse(start) > Date.now() && <Badge tone="quiet">{words.notYet}</Badge>}
      {state === "active" && !suspended && Date.parse(start) <= Date.now() && <Badge tone="good">{linked ? words.hasApp : words.withoutApp}</Badge>}
    </span>
  );
}

function MemberFacts({ member, household }: { member: Member; household: Schema<"WholeHousehold"> }): JSX.Element {
  const { households: words } = useWords();
  const { timeZone } = useProperty();
  const { email, phone, start, end, windows, allDoors, doors, invitedBy, invitation, role, state } = member;
  const addresses = [email, phone].filter((each) => each !== null);
  return (
    <Facts>
      {addresses.length > 0 && <Fact term={words.addresses}>{addresses.join(" · ")}</Fact>}
      <Fact term={role === "administrator" ? words.lease : words.access}>
        <Time instant={start} zone={timeZone} /> – {end === null ? words.noEnd : <Time instant={end} zone={timeZone} />}
      </Fact>
      {windows.length > 0 && (
        <Fact term={words.times}>
          <WeekText windows={windows} />
        </Fact>
      )}
      {!allDoors && <Fact term={words.doors}>{household.doors.filter(({ id }) => doors.includes(id)).map(({ name }) => name).join(", ") || words.opensNoDoors}</Fact>}
      {invitedBy !== null && <Fact term={words.invitedBy}>{invitedBy.removed ? words.removedInviter(invitedBy.name) : invitedBy.name}</Fact>}
      {state === "pending" && invitation?.state === "pending" && (
        <Fact term={words.link}>
          {words.linkSent[invitation.channel]} <Time instant={invitation.at} zone={timeZone} />, {words.linkUntil} <Time instant={invitation.expiresAt} zone={timeZone} />
        </Fact>
      )}
    </Facts>
  );
}
