import type { JSX } from "preact";
import { answered, api, type Schema } from "../api/client";
import { useList } from "../api/use-list";
import { useWords } from "../language/speaking";
import { AskedView, Empty } from "../ui/asked-view";
import { Badge } from "../ui/badge";
import { ButtonLink } from "../ui/button";
import { More } from "../ui/more";
import { Page } from "../ui/page";
import { Table, type Column } from "../ui/table";
import { useGiving } from "./giving";

/** Everybody one has given something, or has a key in common with, and how many keys they have (N1, N11, N15). Nobody else can be found. */
export function PeoplePage(): JSX.Element {
  const { sharing } = useWords();
  const { known: words } = sharing;
  const giving = useGiving();
  const mayGive = giving.data !== undefined && giving.data.length > 0;
  const people = useList((after, signal) => answered(api.GET("/api/account/people", { params: { query: after === undefined ? {} : { after } }, signal })), ["people"]);
  const several = new Set(people.data?.map(({ property }) => property.id)).size > 1;
  const columns: Column<Schema<"KnownPerson">>[] = [
    {
      title: words.person,
      heading: true,
      cell: ({ person, name, keys }) => (keys === 0 ? name : <a href={`/keys?person=${person}`}>{name}</a>),
    },
    ...(several ? [{ title: sharing.property, cell: ({ property }: Schema<"KnownPerson">) => property.name }] : []),
    {
      title: sharing.keys,
      cell: ({ keys, pending }) => (
        <span>
          {words.keys(keys)} {pending > 0 && <Badge tone="warning">{words.pending(pending)}</Badge>}
        </span>
      ),
    },
    { title: words.how, cell: ({ shared, inCommon }) => [...(shared ? [words.shared] : []), ...(inCommon ? [words.inCommon] : [])].join(" · ") },
    {
      title: words.acts,
      cell: ({ person, name, can }) => (
        <span class="acts">
          {mayGive && (
            <ButtonLink href={`/keys/new?person=${person}`} label={words.giveTo(name)}>
              {words.give}
            </ButtonLink>
          )}
          {can.includes("remove") && (
            <ButtonLink href={`/keys?person=${person}`} label={words.takeFrom(name)}>
              {words.take}
            </ButtonLink>
          )}
        </span>
      ),
    },
  ];
  return (
    <Page title={sharing.people} about={words.about}>
      <AskedView asked={people}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={words.none}>
              <p>{words.noneText}</p>
              {mayGive && (
                <ButtonLink tone="primary" href="/keys/new">
                  {sharing.give}
                </ButtonLink>
              )}
            </Empty>
          ) : (
            <div class="card">
              <Table caption={sharing.people} columns={columns} rows={[...rows].sort((a, b) => a.name.localeCompare(b.name))} keyOf={({ person }) => person} />
              <More list={people} />
            </div>
          )
        }
      </AskedView>
    </Page>
  );
}
