import type { ComponentChildren, InputHTMLAttributes, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { useWords } from "../language/speaking";

interface FieldProps {
  label: string;
  /** What to enter, where the label does not say enough. */
  hint?: string | undefined;
  /** What is wrong with what was entered. */
  error?: string | undefined;
  optional?: boolean;
  /** The control, which takes these. */
  children: (control: { id: string; "aria-describedby": string | undefined; "aria-invalid": boolean | undefined }) => ComponentChildren;
}

/** A labelled control with its hint and its error, tied together for those who do not see them. */
export function Field({ label, hint, error, optional = false, children }: FieldProps): JSX.Element {
  const id = useId();
  const { common } = useWords();
  const described = [...(hint === undefined ? [] : [`${id}-hint`]), ...(error === undefined ? [] : [`${id}-error`])].join(" ");
  return (
    <div class="field">
      <label for={id}>
        {label}
        {optional && <span class="quiet"> ({common.optional})</span>}
      </label>
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {children({ id, "aria-describedby": described === "" ? undefined : described, "aria-invalid": error === undefined ? undefined : true })}
      {error !== undefined && (
        <p class="error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

interface InputProps extends Omit<FieldProps, "children">, Pick<InputHTMLAttributes<HTMLInputElement>, "type" | "name" | "required" | "autocomplete" | "inputMode" | "pattern" | "min" | "max" | "step" | "maxLength" | "placeholder" | "spellcheck" | "autocapitalize" | "readOnly" | "disabled"> {
  value: string;
  onValue: (value: string) => void;
  /** Takes the focus when it appears: for a step of a form that follows another. */
  focused?: boolean;
  /** Of a `<datalist>` with what may be meant. */
  list?: string;
}

/** A line of text, a date, a number: any `<input>` with text in it. */
export function TextField({ label, hint, error, optional, value, onValue, focused = false, type = "text", ...input }: InputProps): JSX.Element {
  // Preact's types tell inputs apart by the literal of their type, which is known only to whoever uses this.
  const attributes: object = { ...input, type };
  const element = useRef<HTMLInputElement>(null);
  useEffect(() => (focused ? element.current?.focus() : undefined), []);
  return (
    <Field {...{ label, hint, error }} optional={optional ?? false}>
      {(control) => <input ref={element} {...attributes} {...control} value={value} onInput={({ currentTarget }) => onValue(currentTarget.value)} />}
    </Field>
  );
}

interface SelectProps<Value extends string> extends Omit<FieldProps, "children"> {
  value: Value;
  choices: readonly { value: Value; label: string }[];
  onValue: (value: Value) => void;
  name?: string;
  disabled?: boolean;
  /** The empty value is no choice. */
  required?: boolean;
}

export function Select<Value extends string>({ label, hint, error, optional, value, choices, onValue, name, disabled, required = false }: SelectProps<Value>): JSX.Element {
  return (
    <Field {...{ label, hint, error }} optional={optional ?? false}>
      {(control) => (
        <select {...control} name={name} disabled={disabled} required={required} value={value} onChange={({ currentTarget }) => onValue(currentTarget.value as Value)}>
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value} selected={choice.value === value}>
              {choice.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function Checkbox({ label, hint, checked, onChecked, disabled }: { label: string; hint?: string | undefined; checked: boolean; onChecked: (checked: boolean) => void; disabled?: boolean }): JSX.Element {
  const id = useId();
  return (
    <div class="checkbox">
      <input type="checkbox" id={id} checked={checked} disabled={disabled} aria-describedby={hint === undefined ? undefined : `${id}-hint`} onChange={({ currentTarget }) => onChecked(currentTarget.checked)} />
      <label for={id}>{label}</label>
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** Several of a list, e.g. doors. */
export function Choices({ legend, hint, error, choices, chosen, onChosen }: { legend: string; hint?: string | undefined; error?: string | undefined; choices: readonly { value: string; label: string; disabled?: boolean }[]; chosen: readonly string[]; onChosen: (chosen: string[]) => void }): JSX.Element {
  const id = useId();
  return (
    <fieldset class="choices" aria-describedby={error === undefined ? undefined : `${id}-error`}>
      <legend>{legend}</legend>
      {hint !== undefined && <p class="hint">{hint}</p>}
      {choices.map(({ value, label, disabled }) => (
        <Checkbox key={value} label={label} disabled={disabled ?? false} checked={chosen.includes(value)} onChecked={(checked) => onChosen(checked ? [...chosen, value] : chosen.filter((each) => each !== value))} />
      ))}
      {error !== undefined && (
        <p class="error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
