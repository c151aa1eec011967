import type { JSX } from "preact";
import { answered, api, type Schema } from "../api/client";
import { everyItem } from "../api/every-item";
import { useAsked } from "../api/use-asked";
import { useWords } from "../language/speaking";
import { usePropertyIfAny } from "../shell/managed-property";
import { AskedView, Empty } from "../ui/asked-view";
import { Badge } from "../ui/badge";
import { ButtonLink } from "../ui/button";
import { Fact, Facts } from "../ui/facts";
import { Page, Section } from "../ui/page";
import { Table, type Column } from "../ui/table";
import { WeekText } from "../ui/week-view";
import { useProfileHomes, useProfilesPath, type ProfileHome } from "./profile-homes";

/** Profiles by which whoever reads may give keys, and the two that are always there. */
export function ProfilesPage(): JSX.Element {
  const { profiles: words, sharing } = useWords();
  const path = useProfilesPath();
  const homes = useProfileHomes();
  const some = homes.data !== undefined && homes.data.length > 0;
  return (
    <Page
      title={sharing.profiles}
      about={words.about}
      acts={
        some && (
          <ButtonLink tone="primary" href={`${path}/new`}>
            {words.addNew}
          </ButtonLink>
        )
      }
    >
      <AskedView asked={homes}>
        {(all) =>
          all.length === 0 ? (
            <Empty title={words.nowhere}>
              <p>{words.nowhereHow}</p>
            </Empty>
          ) : (
            all.map((home) => <ProfilesOf key={home.id} home={home} named={all.length > 1} />)
          )
        }
      </AskedView>
      {some && (
        <Section title={words.builtIn}>
          <Facts>
            <Fact term={words.admin}>{words.adminMeans}</Fact>
            <Fact term={words.blocked}>{words.blockedMeans}</Fact>
          </Facts>
          <p class="quiet">{words.builtInStay}</p>
        </Section>
      )}
    </Page>
  );
}

function ProfilesOf({ home, named }: { home: ProfileHome; named: boolean }): JSX.Element {
  const { profiles: words, sharing } = useWords();
  const path = useProfilesPath();
  const managed = usePropertyIfAny() !== undefined;
  const asked = useAsked(
    async (signal) => (await everyItem((after) => answered(api.GET("/api/profiles", { params: { query: { property: home.id, ...(after !== undefined && { after }) } }, signal })))).filter(({ builtIn }) => !builtIn),
    ["profiles", home.id],
  );
  const columns: Column<Schema<"Profile">>[] = [
    { title: words.name, heading: true, cell: ({ id, name }) => <a href={`${path}/${id}`}>{name}</a> },
    { title: words.times, cell: ({ windows }) => <WeekText windows={windows} /> },
    // A manager sees the property's alone.
    ...(managed ? [] : [{ title: words.whose, cell: ({ own }: Schema<"Profile">) => <Badge tone="quiet">{own ? words.own : words.ofProperty}</Badge> }]),
  ];
  const list = (profiles: readonly Schema<"Profile">[]): JSX.Element =>
    profiles.length === 0 ? (
      <Empty title={words.none}>
        <p>{words.noneHow}</p>
        <ButtonLink href={`${path}/new?property=${home.id}`}>{words.addNew}</ButtonLink>
      </Empty>
    ) : (
      <Table caption={sharing.profiles} rows={[...profiles].sort((a, b) => a.name.localeCompare(b.name))} keyOf={({ id }) => id} columns={columns} />
    );
  const view = <AskedView asked={asked}>{list}</AskedView>;
  if (named) return <Section title={home.name}>{view}</Section>;
  return asked.data?.length === 0 ? <div class="alone">{view}</div> : <section class="card">{view}</section>;
}
