/** All words of a language with something done to each text, also to those that are made of parts when they are said. */
export function typeset<Words>(words: Words, set: (text: string) => string): Words {
  if (typeof words === "string") return set(words) as Words;
  if (typeof words === "function") return ((...parts: unknown[]) => typeset((words as unknown as (...parts: unknown[]) => unknown)(...parts), set)) as Words;
  if (Array.isArray(words)) return words.map((each: unknown) => typeset(each, set)) as Words;
  if (typeof words !== "object" || words === null) return words;
  return Object.fromEntries(Object.entries(words).map(([key, each]) => [key, typeset(each, set)])) as Words;
}

/** French sets a blank before its tall punctuation and inside its quotation marks, at which a line must not break: a narrow one, but for the colon. */
export function frenchBlanks(text: string): string {
  return text.replace(/ ([;!?])/g, "\u202f$1").replace(/ (:)(?=\s|$)/g, "\u00a0$1").replace(/« /g, "«\u00a0").replace(/ »/g, "\u00a0»");
}
