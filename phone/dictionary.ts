import type { FobFailure } from "./fob-editor";
import type { CarryOutcome, RefillFailure, UnlockFailure, UnlockProgress } from "./outcome";

/** Two short sentences for a person in front of a door. */
export interface Words {
  /** What happened. */
  said: string;
  /** What to do now; absent where there is nothing. */
  advice?: string;
}

type CarryFailure = Extract<CarryOutcome, { carried: false }>["why"];

/** How a visit to a fob ended (S6 to S8). */
interface FobDictionary {
  staged: Words;
  committed: Words;
  /** Added where the cloud does not know yet. */
  untold: string;
  failures: Record<FobFailure, Words>;
}

/** Every outcome of a phone in one language: a language is one file of this shape, and a line in dictionaries.ts. */
export interface Dictionary {
  granted: (seconds: number) => Words;
  grantedAfterNews: (seconds: number) => Words;
  failures: Record<UnlockFailure | CarryFailure | RefillFailure, Words>;
  /** Added to a refusal where the door has had its news and refuses still. */
  afterNews: string;
  carried: (carried: Extract<CarryOutcome, { carried: true }>) => Words;
  refilled: (doors: number) => Words;
  progress: Record<UnlockProgress, string>;
  /** Where the platform has no cryptography for pages that came over plain HTTP. */
  noVault: Words;
  fob: FobDictionary;
}
