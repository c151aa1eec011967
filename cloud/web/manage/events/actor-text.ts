import type { Words } from "../../language/en";

/** Who acted, as people say it. @param actor `account/<id>`, `token/<id>`, `home/<id>`, `site`, or a part of the cloud. @param name while there is one. */
export function actorText(actor: string, name: string | null | undefined, words: Words["audit"]): string {
  if (name !== null && name !== undefined) return name;
  if (actor === "site") return words.site;
  if (actor.startsWith("account/")) return words.somebody;
  if (actor.startsWith("home/")) return words.home;
  return actor.startsWith("token/") ? words.program : words.cloud;
}
