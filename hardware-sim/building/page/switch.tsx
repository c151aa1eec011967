import type { ComponentChildren, JSX } from "preact";

/** Something that is in or out, on or off. */
export function Switch({ on, onSwitch, children }: { on: boolean; onSwitch: (on: boolean) => void; children: ComponentChildren }): JSX.Element {
  return (
    <button type="button" class="switch" role="switch" aria-checked={on} onClick={() => onSwitch(!on)}>
      {children}
    </button>
  );
}
