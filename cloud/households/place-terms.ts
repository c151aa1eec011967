import { NO_END } from "../../protocol/profile";
import type { GrantTerms } from "../access/grant";
import type { Window } from "../access/window";
import type { MembershipRow } from "../store/rows/household-rows";

/** From the first lease of a household to the last, Unix seconds. */
export interface LeaseSpan {
  start: number;
  /** Exclusive; NO_END = some lease has no end. */
  end: number;
}

type Lease = Pick<MembershipRow, "role" | "state" | "starts_at" | "ends_at">;

/** @returns undefined for a household that no lease holds together: its members are the manager's. */
export function leaseSpan(members: readonly Lease[]): LeaseSpan | undefined {
  const leases = members.filter(({ role, state }) => role === "administrator" && state !== "ended");
  if (leases.length === 0) return undefined;
  return { start: Math.min(...leases.map((lease) => lease.starts_at)), end: Math.max(...leases.map((lease) => lease.ends_at ?? NO_END)) };
}

/**
 * What a place allows at each of its doors. It carries the household's own end, so that a door without a network
 * keeps it too (O2, M1). @returns undefined where it never allows anything: it starts after all leases have ended.
 */
export function placeTerms(place: Lease & Pick<MembershipRow, "windows">, span: LeaseSpan | undefined): GrantTerms | undefined {
  const end = place.ends_at ?? NO_END;
  const bounded = place.role !== "administrator" && span !== undefined;
  const notBefore = bounded ? Math.max(place.starts_at, span.start) : place.starts_at;
  const notAfter = bounded ? Math.min(end, span.end) : end;
  if (notAfter <= notBefore) return undefined;
  return { notBefore, notAfter, windows: JSON.parse(place.windows) as Window[], maxUses: 0 };
}
