import type { ComponentChildren, JSX } from "preact";

/** A state in a word: colour comes on top of the word, never instead of it. */
export function Badge({ tone, children }: { tone: "good" | "warning" | "danger" | "quiet"; children: ComponentChildren }): JSX.Element {
  return <span class={`badge ${tone}`}>{children}</span>;
}
