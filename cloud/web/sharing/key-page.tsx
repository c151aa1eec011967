import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useRoute } from "preact-iso/router";
import { answered, api, versionTag, type Schema } from "../api/client";
import { useAsked, type Asked } from "../api/use-asked";
import { useRefresh } from "../api/use-refresh";
import { useWords } from "../language/speaking";
import { usePropertyIfAny } from "../shell/managed-property";
import { DoorTruths } from "../truth/door-truths";
import { useAnnounce } from "../ui/announcer";
import { AskedView } from "../ui/asked-view";
import { Badge } from "../ui/badge";
import { Button, ButtonLink } from "../ui/button";
import { ConfirmDialog } from "../ui/dialog";
import { Fact, Facts } from "../ui/facts";
import { Page, Section } from "../ui/page";
import { Time } from "../ui/time";
import { CountedUses } from "./counted-uses";
import { useKeysPath } from "./giving";
import { KeyCodes } from "./key-codes";
import { SendAgain } from "./send-again";
import { isMoving, KeyState } from "./key-state";
import { KeyTimes } from "./key-times";

type Key = Schema<"Key">;

/** One key (S5, S9–S11): how it stands at each door, and what one may do with it. */
export function KeyPage(): JSX.Element {
  const { sharing } = useWords();
  const base = useKeysPath();
  const { key: id = "" } = useRoute().params;
  const asked = useAsked((signal) => answered(api.GET("/api/keys/{key}", { params: { path: { key: id } }, signal })), ["key", id]);
  useRefresh(asked.again, asked.data !== undefined && isMoving(asked.data));
  const key = asked.data;
  return (
    <Page title={key?.name ?? sharing.column.key} back={{ href: base, label: sharing.keys }} acts={key === undefined ? undefined : <KeyActs asked={asked} of={key} />}>
      <AskedView asked={asked}>{(it) => <WholeKey of={it} asked={asked} />}</AskedView>
    </Page>
  );
}

function WholeKey({ of: key, asked }: { of: Key; asked: Asked<Key> }): JSX.Element {
  const { sharing } = useWords();
  const profile = useProfileName(key);
  const property = usePropertyIfAny();
  const ended = key.state === "ended";
  return (
    <>
      {key.state === "pending" && <PendingNote of={key} />}
      {key.can.includes("send") && <SendAgain of={key} onSent={asked.again} />}
      {key.profile === "blocked" && !ended && <p class="notice danger">{sharing.blockedNote}</p>}
      <Section title={sharing.about}>
        <Facts>
          <Fact term={sharing.column.state}>
            <KeyState of={key} />
          </Fact>
          <Fact term={sharing.column.user}>
            <a href={property === undefined ? `/keys?person=${key.user.person}` : `/manage/${property.id}/people/${key.user.person}`}>{key.user.name}</a>
          </Fact>
          <Fact term={sharing.kinds.legend}>{sharing.kind[key.kind]}</Fact>
          <Fact term={sharing.column.giver}>{key.giver ?? sharing.byManager}</Fact>
          {property === undefined && <Fact term={sharing.property}>{key.propertyName}</Fact>}
          <Fact term={sharing.created}>
            <Time instant={key.createdAt} zone={key.timeZone} />
          </Fact>
          {key.endedAt !== null && (
            <Fact term={sharing.state.ended}>
              <Time instant={key.endedAt} zone={key.timeZone} />
            </Fact>
          )}
        </Facts>
      </Section>
      {!ended && (
        <Section title={sharing.column.doors}>
          <ul class="key-doors">
            {key.doors.map(({ door, name, upToDate }) => (
              <li key={door}>
                <span>{name}</span>
                {upToDate !== null && <Badge tone={upToDate ? "good" : "warning"}>{upToDate ? sharing.doorKnows : sharing.doorBehind}</Badge>}
              </li>
            ))}
          </ul>
        </Section>
      )}
      {!ended && (
        <Section title={sharing.column.when}>
          <KeyTimes times={key} zone={key.timeZone} profile={profile} />
          <CountedUses counted={key.counted} zone={key.timeZone} />
        </Section>
      )}
      {key.kind === "pin" && key.household !== null && !ended && <KeyCodes person={key.user.person} name={key.user.name} />}
      {key.truth.length > 0 && (
        <Section title={ended ? sharing.truthEnded : sharing.truthDoors}>
          <DoorTruths truths={key.truth} zone={key.timeZone} />
        </Section>
      )}
    </>
  );
}

/** Why it opens nothing yet. */
function PendingNote({ of: key }: { of: Key }): JSX.Element {
  const { pending } = useWords().sharing;
  const text = key.kind === "app" ? pending.app : key.kind === "smart" ? pending.smart : key.message === "failed" ? pending.textFailed : pending.text;
  return (
    <p class="notice warning" role="status">
      {text} {key.sentTo !== null && key.message !== null && pending.sentTo[key.message](key.sentTo)}
    </p>
  );
}

/** What `can` allows. */
function KeyActs({ asked, of: key }: { asked: Asked<Key>; of: Key }): JSX.Element {
  const { sharing, common } = useWords();
  const base = useKeysPath();
  const announce = useAnnounce();
  const [asking, setAsking] = useState<"remove" | "block">();
  const mayEdit = key.can.includes("edit");
  const blocked = key.profile === "blocked";
  const close = (): void => setAsking(undefined);
  const setBlocked = async (to: boolean): Promise<void> => {
    await answered(api.PATCH("/api/keys/{key}", { params: { path: { key: key.id }, header: { "if-match": versionTag(key.version) } }, body: to ? { profile: "blocked" } : { blocked: false } }));
    close();
    await asked.again();
    announce(to ? sharing.blockedNow(key.name) : sharing.unblockedNow(key.name));
  };
  const remove = async (): Promise<void> => {
    await answered(api.DELETE("/api/keys/{key}", { params: { path: { key: key.id } } }));
    close();
    await asked.again();
    announce(sharing.removedNow(key.name));
  };
  const doors = key.doors.map(({ name }) => name).join(", ");
  return (
    <>
      {key.kind === "smart" && key.fob !== null && key.state !== "ended" && <ButtonLink href={`${base}/${key.id}/fob`}>{sharing.fob}</ButtonLink>}
      {mayEdit && <ButtonLink href={`${base}/${key.id}/edit`}>{common.edit}</ButtonLink>}
      {mayEdit && key.state === "active" && (blocked ? <Button onPress={() => setBlocked(false)}>{sharing.unblock}</Button> : <Button onPress={() => setAsking("block")}>{sharing.block}</Button>)}
      {key.can.includes("remove") && (
        <Button tone="danger" onPress={() => setAsking("remove")}>
          {key.mine ? sharing.giveBack : common.remove}
        </Button>
      )}
      {asking === "remove" && (
        <ConfirmDialog title={key.mine ? sharing.giveBackTitle(key.name) : sharing.removeTitle(key.name)} act={key.mine ? sharing.giveBack : sharing.removeAct} onConfirm={remove} onClose={close}>
          <p>{key.mine ? sharing.giveBackWhat(doors) : key.state === "pending" ? sharing.removePending(key.user.name) : sharing.removeWhat(key.user.name, doors)}</p>
          {key.state === "active" && <p>{sharing.removeSince}</p>}
          <p>{sharing.removeStays(key.user.name)}</p>
        </ConfirmDialog>
      )}
      {asking === "block" && (
        <ConfirmDialog title={sharing.blockTitle(key.name)} act={sharing.block} onConfirm={() => setBlocked(true)} onClose={close}>
          <p>{sharing.blockWhat(key.user.name, doors)}</p>
          <p>{sharing.removeSince}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

/** For whoever may know of the profile. */
function useProfileName({ ownProfile }: Key): string | undefined {
  const named = ownProfile !== null && ownProfile !== "admin" && ownProfile !== "blocked" ? ownProfile : undefined;
  const { data } = useAsked((signal) => (named === undefined ? Promise.resolve(undefined) : answered(api.GET("/api/profiles/{profile}", { params: { path: { profile: named } }, signal }))), ["profile", named]);
  return data?.name;
}
