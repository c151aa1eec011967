import type { JSX } from "preact";
import { answered, api, type Schema } from "../../api/client";
import { everyItem } from "../../api/every-item";
import { useAsked } from "../../api/use-asked";
import { useWords } from "../../language/speaking";
import { Badge } from "../../ui/badge";
import { Time } from "../../ui/time";
import { WeekText } from "../../ui/week-view";
import { useProperty } from "../../shell/managed-property";
import { ListPage } from "../list-page";
import { PersonState } from "../people/people-page";
import { byName, doorNames, useDoors } from "../use-doors";

/** Everybody who works there: when they come, where they get in, until when. */
export function StaffListPage(): JSX.Element {
  const { staff: words, people, households, manage } = useWords();
  const { id: property, timeZone } = useProperty();
  const at = `/manage/${property}/staff`;
  const doors = useDoors();
  const asked = useAsked(
    async (signal) => {
      const all = await everyItem((after) => answered(api.GET("/api/properties/{property}/staff", { params: { path: { property }, query: { ...(after !== undefined && { after }) } }, signal })));
      return all.sort((a, b) => byName(a.name, b.name));
    },
    [property],
  );
  return (
    <ListPage
      title={manage.staff}
      about={words.about}
      add={{ href: `${at}/new`, text: words.add }}
      asked={asked}
      none={{ title: words.none, about: words.noneAbout }}
      hint={people.searchHint}
      textOf={({ name, unit }) => `${name} ${unit ?? ""}`}
      columns={[
        { title: people.name, heading: true, cell: (each) => <a href={`${at}/${each.id}`}>{each.name}</a> },
        { title: households.doors, cell: (each) => doorNames(doorsOfStaff(each), doors.data) },
        { title: households.times, cell: (each) => (ownGrant(each) === undefined ? "" : <WeekText windows={ownGrant(each)!.windows} />) },
        { title: people.until, cell: (each) => (ownGrant(each)?.notAfter === undefined ? <span class="quiet">{households.noEnd}</span> : <Time instant={ownGrant(each)!.notAfter!} zone={timeZone} />) },
        { title: people.state, cell: (each) => (each.grants.length === 0 ? <Badge tone="warning">{words.hasNothing}</Badge> : <PersonState person={each} />) },
      ]}
    />
  );
}

/** What holds for all of their PINs and cards alike, beside what groups and keys give. */
export function ownGrant({ grants }: Schema<"Staff">): Schema<"StaffGrant"> | undefined {
  return grants.find(({ group }) => group === null);
}

export function doorsOfStaff({ grants }: Schema<"Staff">): string[] {
  return [...new Set(grants.flatMap(({ doors }) => doors))];
}
