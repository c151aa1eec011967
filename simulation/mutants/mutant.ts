/** One place in a source that says something else. */
export interface Edit {
  /** Stands in the file exactly once. */
  find: string;
  replace: string;
}

/** A bug that an engineer might make, in one source file. */
export interface Mutant extends Edit {
  name: string;
  /** What it breaks, and which invariant should say so. */
  breaks: string;
  /** From the house's root. */
  file: string;
  /** Where one place is not enough. */
  also?: readonly Edit[];
}

/**
 * The source with the bug in it.
 * @throws Error where a text to be replaced does not stand there exactly once: the table is older than the source.
 */
export function plant({ name, file, find, replace, also = [] }: Mutant, source: string): string {
  let planted = source;
  for (const edit of [{ find, replace }, ...also]) {
    const places = planted.split(edit.find).length - 1;
    if (places !== 1) throw new Error(`the mutant "${name}" finds its place in ${file} ${places} times, not once: ${edit.find}`);
    // A function, because in a text "$" would mean something.
    planted = planted.replace(edit.find, () => edit.replace);
  }
  return planted;
}
