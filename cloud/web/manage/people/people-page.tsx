import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, api, type Schema } from "../../api/client";
import { everyItem } from "../../api/every-item";
import { useAsked } from "../../api/use-asked";
import { useWords } from "../../language/speaking";
import { Badge } from "../../ui/badge";
import { Select } from "../../ui/field";
import { Time } from "../../ui/time";
import { useProperty } from "../../shell/managed-property";
import { ListPage } from "../list-page";
import { byName } from "../use-doors";

type Person = Schema<"Person">;
type Shown = "outside" | "everybody" | "ended";

const ASKED = { outside: { outside: "true", ended: "false" }, everybody: { ended: "false" }, ended: { ended: "true" } } as const;

/** People: those of no household, everybody, or those whose access has ended. */
export function PeoplePage(): JSX.Element {
  const { people: words, manage } = useWords();
  const { id: property, timeZone } = useProperty();
  const at = `/manage/${property}/people`;
  const [shown, setShown] = useState<Shown>("outside");
  const asked = useAsked(
    async (signal) => {
      const people = await everyItem((after) => answered(api.GET("/api/people", { params: { query: { property, ...ASKED[shown], ...(after !== undefined && { after }) } }, signal })));
      return people.sort((a, b) => byName(a.name, b.name));
    },
    [property, shown],
  );
  return (
    <ListPage
      title={manage.people}
      about={words.about}
      add={{ href: `${at}/new`, text: words.add }}
      which={
        <Select
          label={words.shown}
          value={shown}
          onValue={setShown}
          choices={[
            { value: "outside", label: words.shownOutside },
            { value: "everybody", label: words.shownEverybody },
            { value: "ended", label: words.shownEnded },
          ]}
        />
      }
      asked={asked}
      none={{ title: words.noneOf[shown], about: shown === "outside" ? words.noneAbout : undefined }}
      hint={words.searchHint}
      textOf={({ name, unit }) => `${name} ${unit ?? ""}`}
      columns={[
        { title: words.name, heading: true, cell: (person) => <a href={person.class === "staff" && person.revokedAt === null ? `/manage/${property}/staff/${person.id}` : `${at}/${person.id}`}>{person.erased ? words.forgotten : person.name}</a> },
        { title: words.class, cell: (person) => (person.household === null ? words.classes[person.class] : <a href={`/manage/${property}/households/${person.household}`}>{words.ofHousehold}</a>) },
        { title: words.since, cell: ({ createdAt }) => <Time instant={createdAt} zone={timeZone} /> },
        { title: words.state, cell: (person) => <PersonState person={person} /> },
      ]}
    />
  );
}

export function PersonState({ person: { revokedAt, suspended, pending } }: { person: Pick<Person, "revokedAt" | "suspended"> & { pending?: unknown } }): JSX.Element {
  const { people: words } = useWords();
  if (revokedAt !== null) return <Badge tone="quiet">{words.ended}</Badge>;
  if (pending === true) return <Badge tone="warning">{words.pending}</Badge>;
  return suspended ? <Badge tone="danger">{words.suspended}</Badge> : <Badge tone="good">{words.inForce}</Badge>;
}
