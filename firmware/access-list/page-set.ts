/** Which of a list's pages: one bit each, in 32 bits (PAGES_MAX). */
export type PageSet = number;

export const NO_PAGES: PageSet = 0;

/** Pages 0 to `count` − 1. */
export function allPages(count: number): PageSet {
  return count === 0 ? NO_PAGES : -1 >>> (32 - count);
}

export function hasPage(set: PageSet, page: number): boolean {
  return page < 32 && ((set >>> page) & 1) === 1;
}

export function withPage(set: PageSet, page: number): PageSet {
  return (set | (1 << page)) >>> 0;
}

export function withoutPage(set: PageSet, page: number): PageSet {
  return (set & ~(1 << page)) >>> 0;
}

/** The lowest page of a set that is not empty. */
export function firstPage(set: PageSet): number {
  return 31 - Math.clz32(set & -set);
}

export function isOnePage(set: PageSet): boolean {
  return set !== 0 && (set & (set - 1)) === 0;
}
