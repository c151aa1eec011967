/** The pages that messages lead to. */
export type LinkedPage = "invitation" | "lease" | "manager-invitation" | "key" | "notifications" | "home";

/**
 * @param publicUrl where people reach this cloud, without a slash at its end.
 * @param token rides in the fragment, which no browser sends to a server: it stays out of every log on the way.
 */
export function pageLink(publicUrl: string, page: LinkedPage, token?: string): string {
  const path = page === "home" ? "/" : `/${page}`;
  return `${publicUrl}${path}${token === undefined ? "" : `#${token}`}`;
}
