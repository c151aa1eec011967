import { ApiProblem } from "../api/api-problem";
import { answered, api } from "../api/client";

/**
 * How an attempt to open a door over the internet ended. `maybe`: the command left, and no answer came. `late`: none
 * left. `unknown`: the site was not reached, or its answer was lost.
 */
export type RemoteOutcome =
  | { opened: true; /** By an earlier press whose answer was lost, as far as anybody knows. */ before: boolean }
  | { opened: false; why: "offline" | "busy" | "maybe" | "late" | "unknown" }
  | { opened: false; why: "denied"; reason: string }
  | { opened: false; why: "problem"; problem: ApiProblem };

/** How long a lost answer is asked for again under the same key, ms; after that a press is a new one. */
const SAME_PRESS_MS = 30_000;
const POLL_MS = 1_000;
const POLLS_MAX = 20;

/**
 * Opens one door over the internet (N14). Each press has its own key: the same request twice opens once. Where an answer
 * was lost, the next press of that button asks for the same again.
 */
export class RemoteUnlock {
  readonly #door: string;
  #lost: { key: string; at: number } | undefined;

  constructor(door: string) {
    this.#door = door;
  }

  /** @param outputs numbers; none: the door itself. */
  async press(outputs: readonly number[] = []): Promise<RemoteOutcome> {
    const before = this.#lost !== undefined && Date.now() - this.#lost.at < SAME_PRESS_MS ? this.#lost.key : undefined;
    const key = before ?? crypto.randomUUID();
    this.#lost = undefined;
    try {
      await answered(api.POST("/api/doors/{door}/unlock", { params: { path: { door: this.#door }, header: { "idempotency-key": key } }, body: outputs.length === 0 ? { outputs: [0] } : { outputs: [...outputs] } }));
      return { opened: true, before: before !== undefined };
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.code === "offline") this.#lost = { key, at: Date.now() };
      return error.code === "unlock-under-way" ? waitFor(error) : outcomeOf(error);
    }
  }
}

/** What became of a request that was still under way. */
async function waitFor(problem: ApiProblem): Promise<RemoteOutcome> {
  const { unlock } = problem.members as { unlock?: string };
  try {
    for (let poll = 0; unlock !== undefined && poll < POLLS_MAX; poll++) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      const { state, opened, reason } = await answered(api.GET("/api/unlocks/{unlock}", { params: { path: { unlock } } }));
      if (state === "opened") return { opened: true, before: false };
      if (state === "denied") return { opened: false, why: "denied", reason: reason ?? "" };
      if (state === "offline" || state === "busy") return { opened: false, why: state };
      if (state === "timed-out") return { opened: false, why: opened === "maybe" ? "maybe" : "late" };
    }
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
  }
  return { opened: false, why: "unknown" };
}

function outcomeOf(problem: ApiProblem): RemoteOutcome {
  const { reason, opened } = problem.members as { reason?: string | null; opened?: string };
  switch (problem.code) {
    case "unlock-denied":
      return { opened: false, why: "denied", reason: reason ?? "" };
    case "door-offline":
      return { opened: false, why: "offline" };
    case "door-busy":
      return { opened: false, why: "busy" };
    case "unlock-timed-out":
      return { opened: false, why: opened === "maybe" ? "maybe" : "late" };
    case "offline":
      return { opened: false, why: "unknown" };
    default:
      return { opened: false, why: "problem", problem };
  }
}
