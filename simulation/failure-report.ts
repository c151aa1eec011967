import { runHouse } from "./run";
import { shrink } from "./shrink";
import type { Violation } from "./violation";
import type { WorldOptions } from "./world";

const TRACE_LINES = 60;

/**
 * What broke, where, and how little of it still shows the same, line by line.
 * @param isOver when the search for less shall end.
 */
export function failureReport(house: WorldOptions, found: Violation, isOver: () => boolean): string[] {
  const lines = [`${found.invariant} does not hold: ${found.text}`, `seed ${house.seed}, step ${found.step}, ${Math.floor(found.at / 1_000)} s after the start`];
  const { house: least, violation: last, story, runs } = shrink(house, found, isOver);
  lines.push(`after ${runs} runs with less in them ${story.length} steps are left, up to number ${last.step}: ${last.text}`, ...indented(story));
  const trace: string[] = [];
  runHouse({ ...least, onLine: (line) => trace.push(line) });
  lines.push("the end of its trace:", ...indented(trace.slice(-TRACE_LINES)), `again: npm run simulate -- ${againArguments(least)} --trace`);
  return lines;
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

function againArguments({ seed, doors, days, liveness, steps, without, withoutKinds }: WorldOptions): string {
  const parts = [`--house ${seed}`, `--doors ${doors}`, `--days ${days}`, `--mode ${liveness ? "liveness" : "safety"}`];
  if (steps !== undefined) parts.push(`--steps ${steps}`);
  if (withoutKinds !== undefined && withoutKinds.size > 0) parts.push(`--without-kinds "${[...withoutKinds].join(",")}"`);
  if (without !== undefined && without.size > 0) parts.push(`--without ${[...without].join(",")}`);
  return parts.join(" ");
}
