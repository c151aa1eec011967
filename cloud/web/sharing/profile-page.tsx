import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso/router";
import { answered, api, versionTag, type Schema } from "../api/client";
import { useAsked } from "../api/use-asked";
import { useRefresh } from "../api/use-refresh";
import { useLanguage, useWords } from "../language/speaking";
import { useAnnounce } from "../ui/announcer";
import { AskedView } from "../ui/asked-view";
import { Button } from "../ui/button";
import { ChangedMeanwhile } from "../ui/changed-meanwhile";
import { ConfirmDialog } from "../ui/dialog";
import { KnownAtDoors } from "../ui/known-at-doors";
import { Fact, Facts } from "../ui/facts";
import { Form } from "../ui/form";
import { GivenCodes } from "../ui/given-codes";
import { Page, Section } from "../ui/page";
import { Time } from "../ui/time";
import { useEdited } from "../ui/use-edited";
import { WeekText, WeekView } from "../ui/week-view";
import { draftOf, ProfileFields, requestOf } from "./profile-fields";
import { useProfileHomes, useProfilesPath } from "./profile-homes";

type Whole = Schema<"WholeProfile">;

/** One profile: what it allows, who goes by it, and at which doors that is true (S2, S11). */
export function ProfilePage(): JSX.Element {
  const { params } = useRoute();
  const { sharing } = useWords();
  const path = useProfilesPath();
  const profile = params["profile"];
  const asked = useAsked((signal) => answered(api.GET("/api/profiles/{profile}", { params: { path: { profile } }, signal })), ["profile", profile]);
  const homes = useProfileHomes();
  useRefresh(asked.again, asked.data?.doors.some(({ upToDate }) => !upToDate) ?? false);
  return (
    <AskedView asked={asked}>
      {(known) => (
        <Page title={known.name} back={{ href: path, label: sharing.profiles }}>
          <AskedView asked={homes}>
            {(all) => {
              const zone = all.find(({ id }) => id === known.property)?.zone ?? "UTC";
              return known.can.includes("edit") ? <EditProfile profile={known} zone={zone} onChanged={asked.again} /> : <ReadProfile profile={known} zone={zone} />;
            }}
          </AskedView>
        </Page>
      )}
    </AskedView>
  );
}

function ReadProfile({ profile: { windows, notBefore, notAfter, builtIn }, zone }: { profile: Whole; zone: string }): JSX.Element {
  const { profiles: words } = useWords();
  return (
    <Section title={words.times}>
      <p class="notice">{builtIn ? words.builtInStay : words.notYours}</p>
      {!builtIn && <WeekView windows={windows} />}
      <Facts>
        {notBefore !== undefined && (
          <Fact term={words.from}>
            <Time instant={notBefore} zone={zone} />
          </Fact>
        )}
        {notAfter !== undefined && (
          <Fact term={words.until}>
            <Time instant={notAfter} zone={zone} />
          </Fact>
        )}
      </Facts>
    </Section>
  );
}

interface NewCodes {
  key: string;
  name: string;
  codes: readonly Schema<"GivenCode">[];
}

function EditProfile({ profile, zone, onChanged }: { profile: Whole; zone: string; onChanged: () => Promise<void> }): JSX.Element {
  const { profiles: words, common } = useWords();
  const path = useProfilesPath();
  const { route } = useLocation();
  const announce = useAnnounce();
  const at = { profile: profile.id };
  const edited = useEdited(profile, draftOf, () => answered(api.GET("/api/profiles/{profile}", { params: { path: at } })));
  const { base, draft, setDraft, theirs } = edited;
  const [codes, setCodes] = useState<NewCodes[]>([]);
  const [removing, setRemoving] = useState(false);
  const params = { path: at, header: { "if-match": versionTag(base.version ?? 0) } };
  const used = profile.keys + profile.groups > 0;
  const list = new Intl.ListFormat(useLanguage());
  const save = async (): Promise<void> => {
    const changed = await edited.save(() => answered(api.PATCH("/api/profiles/{profile}", { params, body: requestOf(draft) })));
    if (changed === undefined) return;
    edited.take(changed);
    setCodes(await named(changed.codes, words.key));
    announce(words.saved(changed.name));
    await onChanged();
  };
  const remove = async (): Promise<void> => {
    await answered(api.DELETE("/api/profiles/{profile}", { params }));
    announce(words.removed(profile.name));
    route(path);
  };
  return (
    <>
      {codes.length > 0 && (
        <Section title={words.newCodes}>
          {codes.map((each) => (
            <GivenCodes key={each.key} name={each.name} codes={each.codes} />
          ))}
        </Section>
      )}
      <section class="card">
        {theirs !== undefined && (
          <ChangedMeanwhile
            theirs={[
              { term: words.name, value: theirs.name },
              { term: words.times, value: <WeekText windows={theirs.windows} /> },
              { term: words.from, value: theirs.notBefore === undefined ? common.none : <Time instant={theirs.notBefore} zone={zone} /> },
              { term: words.until, value: theirs.notAfter === undefined ? common.none : <Time instant={theirs.notAfter} zone={zone} /> },
            ]}
            onTake={() => edited.take(theirs)}
          />
        )}
        <Form submit={used ? words.save : words.saveUnused} onSubmit={save}>
          {(errorOf) => <ProfileFields draft={draft} onDraft={setDraft} zone={zone} errorOf={errorOf} />}
        </Form>
      </section>
      <Section title={words.use}>
        <p>{used ? words.usedBy(list.format([...(profile.keys > 0 ? [words.keys(profile.keys)] : []), ...(profile.groups > 0 ? [words.groups(profile.groups)] : [])])) : words.unused}</p>
        {profile.doors.length > 0 && (
          <>
            <p class="quiet">{words.doorsKnow}</p>
            <KnownAtDoors doors={profile.doors} known={words.upToDate} unknown={words.notYet} />
          </>
        )}
        {used ? (
          <p class="quiet">{words.removeUsed}</p>
        ) : (
          <Button tone="danger" onPress={() => setRemoving(true)}>
            {words.removeIt}
          </Button>
        )}
      </Section>
      {removing && (
        <ConfirmDialog title={words.removeTitle(profile.name)} act={words.removeIt} onConfirm={remove} onClose={() => setRemoving(false)}>
          <p>{words.removeSure}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

/** Keys by the names that people gave them. */
async function named(codes: readonly { key: string; codes: readonly Schema<"GivenCode">[] }[], unknown: string): Promise<NewCodes[]> {
  const some = codes.filter((each) => each.codes.length > 0);
  return Promise.all(some.map(async (each) => ({ ...each, name: (await answered(api.GET("/api/keys/{key}", { params: { path: { key: each.key } } })).catch(() => undefined))?.name ?? unknown })));
}
