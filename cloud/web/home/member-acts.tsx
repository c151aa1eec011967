import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { answered, api } from "../api/client";
import { useLanguage, useWords } from "../language/speaking";
import { ActButton } from "../ui/act-button";
import { useAnnounce } from "../ui/announcer";
import { Button, ButtonLink } from "../ui/button";
import { ConfirmDialog } from "../ui/dialog";
import { doorsText } from "./place-text";
import type { Household, Member } from "./places";

interface MemberActsProps {
  household: Household;
  member: Member;
  onChanged: () => Promise<void>;
}

type Asking = "remove" | "end-share" | "withdraw" | "pause";

/** What may be done to somebody's place, as far as the API lets whoever looks (O4, O11, O13). */
export function MemberActs({ household, member, onChanged }: MemberActsProps): JSX.Element {
  const { household: words } = useWords();
  const announce = useAnnounce();
  const [asking, setAsking] = useState<Asking>();
  const { can, person, name } = member;
  const pending = member.state === "pending";
  const params = { path: { person } };
  const resend = async (): Promise<void> => {
    await answered(api.POST("/api/members/{person}/invitation", { params, body: {} }));
    await onChanged();
    announce(words.resent);
  };
  const resume = async (): Promise<void> => {
    await answered(api.PUT("/api/people/{person}/suspension", { params, body: { suspended: false } }));
    await onChanged();
    announce(words.resumed(name));
  };
  return (
    <>
      {can.includes("edit") && <ButtonLink href={`/household/${household.id}/members/${person}/edit`}>{words.edit}</ButtonLink>}
      {pending && can.includes("invite") && <ActButton act={resend}>{words.resend}</ActButton>}
      {can.includes("suspend") && (member.suspended ? <ActButton act={resume}>{words.resume}</ActButton> : <Button onPress={() => setAsking("pause")}>{words.pause}</Button>)}
      {pending && can.includes("invite") ? (
        <Button tone="danger" onPress={() => setAsking("withdraw")}>
          {words.withdraw}
        </Button>
      ) : (
        can.includes("remove") && (
          <Button tone="danger" onPress={() => setAsking("remove")}>
            {words.remove}
          </Button>
        )
      )}
      {can.includes("end-share") && (
        <Button tone="danger" onPress={() => setAsking("end-share")}>
          {words.endShare}
        </Button>
      )}
      {asking !== undefined && <ActDialog asking={asking} household={household} member={member} onClose={() => setAsking(undefined)} onChanged={onChanged} />}
    </>
  );
}

function ActDialog({ asking, household, member, onClose, onChanged }: MemberActsProps & { asking: Asking; onClose: () => void }): JSX.Element {
  const { household: words } = useWords();
  const language = useLanguage();
  const announce = useAnnounce();
  const { route } = useLocation();
  const { person, name } = member;
  const params = { path: { person } };
  const doors = member.allDoors ? words.everyDoor(doorsText(member.doors, household.doors, language)) : doorsText(member.doors, household.doors, language);
  const showTruth = (removal: string): void => {
    announce(words.removed(name));
    route(`/household/${household.id}/removals/${removal}`);
  };
  switch (asking) {
    case "remove":
      return (
        <ConfirmDialog title={words.removeTitle(name)} act={words.remove} onConfirm={async () => showTruth((await answered(api.DELETE("/api/members/{person}", { params }))).id)} onClose={onClose}>
          <p>{words.removeAbout(name, doors)}</p>
          <p>{words.removeWhen}</p>
          <p>{words.removeStays(name)}</p>
        </ConfirmDialog>
      );
    case "end-share":
      return (
        <ConfirmDialog title={words.endShareTitle(name)} act={words.endShare} onConfirm={async () => showTruth((await answered(api.DELETE("/api/shares/{person}", { params }))).id)} onClose={onClose}>
          <p>{words.endShareAbout(name, doors)}</p>
          <p>{words.removeWhen}</p>
        </ConfirmDialog>
      );
    case "withdraw":
      return (
        <ConfirmDialog
          title={words.withdrawTitle(name)}
          act={words.withdraw}
          onConfirm={async () => {
            await answered(api.DELETE("/api/members/{person}/invitation", { params }));
            announce(words.withdrawn(name));
            route(`/household/${household.id}`);
          }}
          onClose={onClose}
        >
          <p>{words.withdrawAbout(name)}</p>
        </ConfirmDialog>
      );
    case "pause":
      return (
        <ConfirmDialog
          title={words.pauseTitle(name)}
          act={words.pause}
          onConfirm={async () => {
            await answered(api.PUT("/api/people/{person}/suspension", { params, body: { suspended: true } }));
            onClose();
            await onChanged();
            announce(words.paused(name));
          }}
          onClose={onClose}
        >
          <p>{words.pauseAbout(name, doors)}</p>
        </ConfirmDialog>
      );
  }
}
