import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { TextField } from "./field";

interface NumberFieldProps<Value extends number | null> {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  min: number;
  max: number;
  /** Parts of one may be entered too. */
  broken?: boolean;
  /** null, where that means something, is shown as an empty field. */
  value: Value;
  onValue: (value: Value) => void;
  optional?: boolean;
}

/** A number within bounds. What is no number is not handed on, and the form around is not sent meanwhile. */
export function NumberField<Value extends number | null>({ label, hint, error, min, max, broken = false, value, onValue, optional = false }: NumberFieldProps<Value>): JSX.Element {
  const [text, setText] = useState(shown(value));
  useEffect(() => {
    if (parsed(text) !== value) setText(shown(value));
  }, [value]);
  return (
    <div class="number-field">
      <TextField
        {...{ label, hint, error, optional }}
        type="number"
        inputMode={broken ? "decimal" : "numeric"}
        required={!optional}
        min={String(min)}
        max={String(max)}
        step={broken ? "any" : "1"}
        value={text}
        onValue={(entered) => {
          setText(entered);
          const number = parsed(entered);
          if (number !== null || optional) onValue(number as Value);
        }}
      />
    </div>
  );
}

function shown(value: number | null): string {
  return value === null ? "" : String(value);
}

function parsed(text: string): number | null {
  return text.trim() === "" || !Number.isFinite(Number(text)) ? null : Number(text);
}
