import createClient, { type Client } from "openapi-fetch";
import type { paths } from "../api/schema";

export type SiteApi = Client<paths>;

/**
 * The API for whoever runs the site: by the site's own token, which is in this object alone. No cookie goes along, so
 * that a wrong token ends nobody's session.
 */
export function siteApi(token: string): SiteApi {
  return createClient<paths>({ headers: { "content-type": "application/json", authorization: `Bearer ${token}` }, credentials: "omit" });
}
