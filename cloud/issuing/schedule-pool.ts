import { LAST_RULE, type ScheduleRule } from "../../protocol/schedule";
import { ALWAYS } from "../../protocol/profile";
import { ruleToWindow, windowToRule, type Window } from "../access/window";

/** Equal schedules have equal keys. */
export function scheduleKey(windows: readonly Window[]): string {
  return windows.map((window) => `${window.days}.${window.start}.${window.end}.${window.onHolidays ? 1 : 0}`).join(" ");
}

/**
 * Schedule rules as a list carries them: chains that link by index. Given the rules of a base, it finds their
 * chains again, so that a delta adds only what is new.
 */
export class SchedulePool {
  readonly rules: ScheduleRule[];
  readonly #firstRules = new Map<string, number>();
  readonly #count: number;

  constructor(base: readonly ScheduleRule[] = []) {
    this.rules = [...base];
    this.#count = base.length;
    base.forEach((_, index) => {
      const key = scheduleKey(this.windowsAt(index));
      if (!this.#firstRules.has(key)) this.#firstRules.set(key, index);
    });
  }

  /** Index of the schedule's first rule, which is added where it is new; ALWAYS for no windows. */
  indexOf(windows: readonly Window[]): number {
    if (windows.length === 0) return ALWAYS;
    const key = scheduleKey(windows);
    const known = this.#firstRules.get(key);
    if (known !== undefined) return known;
    const first = this.rules.length;
    windows.forEach((window, position) => {
      this.rules.push({ ...windowToRule(window), next: position === windows.length - 1 ? LAST_RULE : first + position + 1 });
    });
    // A chain's end is a schedule too, as it is to whoever reads these rules back.
    windows.forEach((_, position) => {
      const end = scheduleKey(windows.slice(position));
      if (!this.#firstRules.has(end)) this.#firstRules.set(end, first + position);
    });
    return first;
  }

  /** The windows of the chain that begins at `index`; none for ALWAYS. */
  windowsAt(index: number): Window[] {
    const windows: Window[] = [];
    for (let at = index; at !== LAST_RULE && at !== ALWAYS; at = this.rules[at].next) windows.push(ruleToWindow(this.rules[at]));
    return windows;
  }

  /** Index and rule of those that the base lacks. */
  added(): [number, ScheduleRule][] {
    return this.rules.slice(this.#count).map((rule, position) => [this.#count + position, rule]);
  }
}
