import type { ApiClient } from "./api-client";
import { enter, type Session } from "./session";

/** Who runs the demo's house, in the pages and for the story. */
export const MANAGER = { name: "Maud Lambert", email: "manager@latchkey.example" };

/**
 * Makes sure that somebody manages the property, and signs them in.
 * @param kept where the session is kept.
 * @throws {Error} messages leave this computer, so that nobody here can read the codes in them.
 */
export async function seedManager(site: ApiClient, property: string, kept: string): Promise<Session> {
  const { email } = MANAGER;
  const session = await enter(site, MANAGER, kept);
  const { items } = await session.get<{ items: { id: string }[] }>("/properties");
  if (items.some(({ id }) => id === property)) return session;
  await site.post(`/properties/${property}/managers`, { email });
  const letters = await site.get<{ items: { text: string | null }[] }>(`/messages?to=${encodeURIComponent(email)}`);
  const token = letters.items.flatMap(({ text }) => /#([A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])/.exec(text ?? "")?.[1] ?? []).at(0);
  if (token === undefined) throw new Error(`no link for ${email} in the outbox`);
  await session.send("POST", "/managers/accept", { token });
  return session;
}
