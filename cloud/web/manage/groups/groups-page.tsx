import type { JSX } from "preact";
import { answered, api } from "../../api/client";
import { everyItem } from "../../api/every-item";
import { useAsked } from "../../api/use-asked";
import { useLanguage, useWords } from "../../language/speaking";
import { useProperty } from "../../shell/managed-property";
import { byName } from "../use-doors";
import { AskedView, Empty } from "../../ui/asked-view";
import { ButtonLink } from "../../ui/button";
import { Page } from "../../ui/page";
import { Table } from "../../ui/table";

/** The groups of a property, or why there are none. */
export function GroupsPage(): JSX.Element {
  const { groups: words, sharing, common } = useWords();
  const language = useLanguage();
  const { id: property } = useProperty();
  const path = `/manage/${property}/groups`;
  const asked = useAsked(
    async (signal) => {
      const { groups: on } = await answered(api.GET("/api/properties/{property}/rules", { params: { path: { property } }, signal }));
      const groups = await everyItem((after) => answered(api.GET("/api/groups", { params: { query: { property, ...(after !== undefined && { after }) } }, signal })));
      return { on, groups: groups.sort((a, b) => byName(a.name, b.name)) };
    },
    ["groups", property],
  );
  const add = (
    <ButtonLink tone="primary" href={`${path}/new`}>
      {words.addNew}
    </ButtonLink>
  );
  const list = new Intl.ListFormat(language);
  return (
    <Page title={sharing.groups} about={words.about} acts={asked.data?.on === true && asked.data.groups.length > 0 && add}>
      <AskedView asked={asked}>
        {({ on, groups }) =>
          !on ? (
            <Empty title={words.off}>
              <p>{words.offHow}</p>
              <ButtonLink href={`/manage/${property}/rules`}>{words.toRules}</ButtonLink>
            </Empty>
          ) : groups.length === 0 ? (
            <Empty title={words.none}>
              <p>{words.noneHow}</p>
              {add}
            </Empty>
          ) : (
            <section class="card">
              <Table
                caption={sharing.groups}
                rows={groups}
                keyOf={({ id }) => id}
                columns={[
                  { title: words.name, heading: true, cell: ({ id, name }) => <a href={`${path}/${id}`}>{name}</a> },
                  { title: words.doors, cell: ({ doors }) => (doors.length === 0 ? <span class="quiet">{words.noDoors}</span> : list.format(doors.map(({ name }) => name))) },
                  { title: words.people, cell: ({ people }) => common.people(people) },
                  { title: words.permissions, cell: ({ permissions }) => (permissions.length === 0 ? <span class="quiet">{words.opensOnly}</span> : list.format(permissions.map((permission) => words.short[permission]))) },
                ]}
              />
            </section>
          )
        }
      </AskedView>
    </Page>
  );
}
