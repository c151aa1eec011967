/** One line of `npm run bench`. */
export interface Row {
  name: string;
  value: number;
  unit: string;
  /** DESIGN §9; where there is none the number is only told. */
  budget?: { atMost: number } | { atLeast: number };
  /** What the same run measured of the usual way to do it, in the same unit. */
  references?: { name: string; value: number }[];
}

export function isWithinBudget({ value, budget }: Row): boolean {
  if (budget === undefined) return true;
  return "atMost" in budget ? value <= budget.atMost : value >= budget.atLeast;
}

/** `compute` of the longest slice of work in the controller: what a key press may have to wait for. */
export const SLICE_COMPUTE_MAX = 30_000;
