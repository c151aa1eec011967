/** The words of a line, and whether the last of them is open: more characters would belong to it. */
export interface ConsoleWords {
  words: string[];
  open: boolean;
}

/** Words stand between spaces; with "…" around it a word may hold spaces, and `\` takes the next character as it is. */
export function splitWords(line: string): ConsoleWords {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const character = line[i];
    if (character === '"') {
      quoted = !quoted;
      word ??= "";
    } else if (character === " " && !quoted) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      if (character === "\\" && i + 1 < line.length) i += 1;
      word = (word ?? "") + line[i];
    }
  }
  if (word !== undefined) words.push(word);
  return { words, open: word !== undefined };
}
