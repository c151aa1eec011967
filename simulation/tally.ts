/** What happened how often, by name; names are ascending in `entries`, so that two runs compare by their text. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string, count = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  get total(): number {
    let sum = 0;
    this.#counts.forEach((count) => (sum += count));
    return sum;
  }

  merge(other: Tally): void {
    other.#counts.forEach((count, name) => this.add(name, count));
  }

  entries(): Record<string, number> {
    const sorted: Record<string, number> = {};
    for (const name of [...this.#counts.keys()].sort()) sorted[name] = this.#counts.get(name)!;
    return sorted;
  }
}
