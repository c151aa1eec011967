interface PageOf<Item> {
  items: Item[];
  next: string | null;
}

/** All of a list that is known to be short, e.g. the doors of one property. @param ask one page. */
export async function everyItem<Item>(ask: (after: string | undefined) => Promise<PageOf<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  let after: string | undefined;
  do {
    const page: PageOf<Item> = await ask(after);
    items.push(...page.items);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return items;
}
