import type { GrantTerms } from "./grant";
import type { Window } from "./window";

/** The columns of a grant that say what it allows. */
export interface StoredTerms {
  not_before: number;
  not_after: number;
  /** JSON of window.ts. */
  windows: string;
  max_uses: number;
}

/** What a stored grant allows. */
export function termsOf({ not_before, not_after, windows, max_uses }: StoredTerms): GrantTerms {
  return { notBefore: not_before, notAfter: not_after, windows: JSON.parse(windows) as Window[], maxUses: max_uses };
}
