import { messagesTo, signIn, siteClient, type Client, type Site } from "./sign-in";

/** The token in the newest link that was sent to an identifier: what follows the #. */
export async function lastLinkToken(site: Site, identifier: string): Promise<string> {
  const texts = (await messagesTo(site, identifier)).map((message) => message.text as string);
  const token = texts.flatMap((text) => /#([A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])/.exec(text)?.[1] ?? []).at(0);
  if (token === undefined) throw new Error(`no link was sent to ${identifier}`);
  return token;
}

/** Somebody who has signed in and manages a property, invited by the site. */
export async function signInManager(site: Site, property: string, email: string): Promise<Client> {
  const manager = await signIn(site, email, { name: email.split("@")[0] });
  await siteClient(site).post(`/properties/${property}/managers`, { email });
  await manager.post("/managers/accept", { token: await lastLinkToken(site, email) }, 200);
  return manager;
}
