import type { ComponentChildren, JSX } from "preact";
import type { Asked } from "../api/use-asked";
import { AskedView, Empty } from "../ui/asked-view";
import { ButtonLink } from "../ui/button";
import { Page } from "../ui/page";
import { Table, type Column } from "../ui/table";
import { SearchedList } from "./searched-list";

interface ListPageProps<Item extends { id: string }> {
  title: string;
  about: string;
  /** What adds one, e.g. `Enter a lease`. */
  add: { href: string; text: string };
  /** The field that says which of them are shown, where there are several sorts. */
  which?: ComponentChildren;
  asked: Asked<Item[]>;
  /** What is said where there are none; with `about` where adding one is the first step. */
  none: { title: string; about?: string | undefined };
  /** What is searched in, and in words. */
  textOf: (item: Item) => string;
  hint: string;
  columns: readonly Column<Item>[];
}

/** A page of all the people or households of a building: 400 of them are searched, not scrolled. */
export function ListPage<Item extends { id: string }>({ title, about, add, which, asked, none, textOf, hint, columns }: ListPageProps<Item>): JSX.Element {
  const adding = (
    <ButtonLink tone="primary" href={add.href}>
      {add.text}
    </ButtonLink>
  );
  const list = (
    <AskedView asked={asked}>
      {(items) =>
        items.length > 0 ? (
          <SearchedList items={items} textOf={textOf} hint={hint}>
            {(rows) => <Table caption={title} rows={rows} keyOf={({ id }) => id} columns={columns} />}
          </SearchedList>
        ) : (
          <Empty title={none.title}>
            {none.about !== undefined && (
              <>
                <p>{none.about}</p>
                {adding}
              </>
            )}
          </Empty>
        )
      }
    </AskedView>
  );
  return (
    <Page title={title} about={about} acts={adding}>
      {which === undefined ? (
        list
      ) : (
        <div class="listing">
          <div class="which">{which}</div>
          {list}
        </div>
      )}
    </Page>
  );
}
