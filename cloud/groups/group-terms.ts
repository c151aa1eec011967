import { NO_END } from "../../protocol/profile";
import { STRIKE } from "../access/door-row";
import type { GrantTerms } from "../access/grant";
import { profileTerms, type ProfileColumns } from "../profiles/profile";

/** From when until when something holds, Unix seconds; the end is exclusive. */
export interface Span {
  from: number;
  until: number;
}

export const ALWAYS: Span = { from: 0, until: NO_END };

/** What two spans have in common; undefined: nothing. */
export function meet(a: Span, b: Span): Span | undefined {
  const both = { from: Math.max(a.from, b.from), until: Math.min(a.until, b.until) };
  return both.until > both.from ? both : undefined;
}

/**
 * What a group lets a credential do at its doors (N12): what its profile says, or always, for as long as the
 * credential's holder lives there and its key holds. A door without a network keeps that end as well.
 * @param profile of the group; undefined where it has none.
 * @returns undefined where the two never meet.
 */
export function groupTerms(profile: ProfileColumns | undefined, holds: Span): { terms: GrantTerms; outputs: number } | undefined {
  const { terms, outputs } = profile === undefined ? { terms: { notBefore: 0, notAfter: NO_END, windows: [], maxUses: 0 }, outputs: STRIKE } : profileTerms(profile);
  const span = meet({ from: terms.notBefore, until: terms.notAfter }, holds);
  return span && { terms: { ...terms, notBefore: span.from, notAfter: span.until }, outputs };
}
