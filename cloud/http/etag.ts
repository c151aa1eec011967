import { z } from "@hono/zod-openapi";
import { Refusal } from "../refusal";

/** A record's version as an entity tag (RFC 9110 §8.8.3): two people who edit it at once do not undo each other. */
export function etag(version: number | string): string {
  return `"${version}"`;
}

/** Whether a request has what the entity tag names already (RFC 9110 §13.1.2, weak comparison). */
export function hasAlready(ifNoneMatch: string | undefined, version: number | string): boolean {
  return ifNoneMatch !== undefined && ifNoneMatch.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag(version));
}

/** Of requests that must say which version they change. */
export const IfMatch = z.object({ "if-match": z.string().max(64).optional().openapi({ description: "The `ETag` of what is being changed." }) });

/** @throws {Refusal} `version-needed`; `changed-meanwhile`. */
export function requireVersion(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined) throw new Refusal("version-needed", "Send the header If-Match with the ETag of what you have read.");
  if (ifMatch.trim() === "*") return;
  // No weak comparison: RFC 9110 §13.1.1.
  if (!ifMatch.split(",").some((tag) => tag.trim() === etag(version))) throw new Refusal("changed-meanwhile", "Somebody else has changed this meanwhile: read it again.");
}
