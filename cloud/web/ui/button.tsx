import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";

export type Tone = "plain" | "primary" | "danger";

interface ButtonProps {
  children: ComponentChildren;
  tone?: Tone;
  type?: "button" | "submit";
  disabled?: boolean | undefined;
  /** Says what a button with an icon alone is for; also tells equal buttons of a list apart. */
  label?: string;
  /** While its promise runs the button is busy and cannot be pressed again. */
  onPress?: () => void | Promise<void>;
}

export function Button({ children, tone = "plain", type = "button", disabled = false, label, onPress }: ButtonProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const press = (): void => {
    const work = onPress?.();
    if (!(work instanceof Promise)) return;
    setBusy(true);
    void work.finally(() => setBusy(false));
  };
  return (
    <button type={type} class={`button ${tone}`} disabled={disabled || busy} aria-busy={busy || undefined} aria-label={label} onClick={type === "submit" ? undefined : press}>
      {children}
    </button>
  );
}

/** A link that looks like a button: for what leads to another page. */
export function ButtonLink({ children, tone = "plain", href, label }: { children: ComponentChildren; tone?: Tone; href: string; /** Tells equal links of a list apart. */ label?: string }): JSX.Element {
  return (
    <a class={`button ${tone}`} href={href} aria-label={label}>
      {children}
    </a>
  );
}
