import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

interface RadiosProps<Value extends string> {
  legend: string;
  hint?: string | undefined;
  error?: string | undefined;
  choices: readonly { value: Value; label: string; hint?: string | undefined; disabled?: boolean }[];
  value: Value | undefined;
  onValue: (value: Value) => void;
  /** What the chosen one asks for, below it. */
  children?: (value: Value) => ComponentChildren;
}

/** One of a few, each with what it means. For many, or without a word on each, there is `Select`. */
export function Radios<Value extends string>({ legend, hint, error, choices, value, onValue, children }: RadiosProps<Value>): JSX.Element {
  const id = useId();
  return (
    <fieldset class="choices" aria-describedby={error === undefined ? undefined : `${id}-error`}>
      <legend>{legend}</legend>
      {hint !== undefined && <p class="hint">{hint}</p>}
      {choices.map((choice) => (
        <div key={choice.value}>
          <div class="checkbox">
            <input
              type="radio"
              id={`${id}-${choice.value}`}
              name={id}
              value={choice.value}
              checked={choice.value === value}
              disabled={choice.disabled ?? false}
              aria-describedby={choice.hint === undefined ? undefined : `${id}-${choice.value}-hint`}
              onChange={() => onValue(choice.value)}
            />
            <label for={`${id}-${choice.value}`}>{choice.label}</label>
            {choice.hint !== undefined && (
              <p class="hint" id={`${id}-${choice.value}-hint`}>
                {choice.hint}
              </p>
            )}
          </div>
          {choice.value === value && children !== undefined && <div class="chosen">{children(choice.value)}</div>}
        </div>
      ))}
      {error !== undefined && (
        <p class="error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
