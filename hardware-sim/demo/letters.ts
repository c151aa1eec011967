import type { Letter } from "../building/story-view";
import type { ApiClient } from "./api-client";

/** Letters that the page shows. */
const LETTERS = 20;

interface Message {
  id: string;
  channel: Letter["channel"];
  to: string;
  at: string;
  subject: string | null;
  text: string | null;
}

/** What lies in the demo's outbox, newest first: so a newcomer gets the codes that they sign in with. */
export async function letters(site: ApiClient): Promise<Letter[]> {
  const { items } = await site.get<{ items: Message[] }>(`/messages?limit=${LETTERS}`);
  return items.flatMap(({ id, channel, to, at, subject, text }) => (text === null ? [] : [{ id, channel, to, at, subject, text }]));
}
