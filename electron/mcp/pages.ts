/** All pages of a list, as far as anybody needs it. */
export async function allPages<Item>(
  fetchPage: (params: {
    cursor?: string;
  }) => Promise<{ items: readonly Item[]; nextCursor?: string | undefined }>,
  most: number,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  const seen = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await fetchPage(cursor === undefined ? {} : { cursor });
    items.push(...page.items.slice(0, most - items.length));
    cursor = page.nextCursor;
    // One that leads back to a page would never end.
    if (cursor !== undefined && seen.has(cursor)) break;
    if (cursor !== undefined) seen.add(cursor);
  } while (cursor !== undefined && items.length < most);
  return items;
}
