/** What the addresses of this page name; nothing: everything. */
export interface EventQuery {
  door?: string | undefined;
  person?: string | undefined;
  kind?: EventKind | undefined;
  reason?: string | undefined;
  /** Days of the property, both included. */
  since?: string | undefined;
  until?: string | undefined;
}

/** What people tell apart, and how the API is asked for it. */
export const KINDS = {
  opened: { denied: "false" },
  denied: { denied: "true" },
  "remote-unlock": { type: "remote-unlock" },
  "request-to-exit": { type: "request-to-exit" },
  "leaf-opened": { type: "leaf-opened" },
  "forced-open": { type: "forced-open" },
  "held-open": { type: "held-open" },
  "lock-state": { type: "lock-state" },
  alarm: { type: "alarm" },
  boot: { type: "boot" },
  altered: { type: "altered" },
} as const;
export type EventKind = keyof typeof KINDS;

export function queryText(query: EventQuery): string {
  const named = Object.entries(query).filter((entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "");
  return named.length === 0 ? "" : `?${new URLSearchParams(named).toString()}`;
}
