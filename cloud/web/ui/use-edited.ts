import { useState } from "preact/hooks";
import { ApiProblem } from "../api/api-problem";

/** A record while somebody edits it, and what somebody else has made of it meanwhile. */
export interface Edited<Whole, Draft> {
  /** What the draft was made from, or has been compared with since: its version is the one to send. */
  base: Whole;
  draft: Draft;
  setDraft(draft: Draft): void;
  change(some: Partial<Draft>): void;
  /** What somebody else has saved meanwhile (412), for `ChangedMeanwhile`. */
  theirs: Whole | undefined;
  /** Puts what is stored in the place of what was entered. */
  take(whole: Whole): void;
  /** @returns what `act` answered; undefined where somebody else was first: then `theirs` is shown, and what was entered stays. */
  save<Saved>(act: (base: Whole) => Promise<Saved>): Promise<Saved | undefined>;
}

/**
 * Editing a whole record of which the API holds versions.
 * @param readAgain the record as it is now, asked for where it was changed meanwhile.
 */
export function useEdited<Whole, Draft extends object>(whole: Whole, draftOf: (whole: Whole) => Draft, readAgain: () => Promise<Whole>): Edited<Whole, Draft> {
  const [base, setBase] = useState(whole);
  const [draft, setDraft] = useState(() => draftOf(whole));
  const [theirs, setTheirs] = useState<Whole>();
  return {
    base,
    draft,
    setDraft,
    change: (some) => setDraft((before) => ({ ...before, ...some })),
    theirs,
    take: (now) => {
      setBase(now);
      setDraft(draftOf(now));
      setTheirs(undefined);
    },
    save: async (act) => {
      try {
        return await act(base);
      } catch (error) {
        if (!(error instanceof ApiProblem) || error.code !== "changed-meanwhile") throw error;
        const now = await readAgain();
        setBase(now);
        setTheirs(now);
        return undefined;
      }
    },
  };
}
