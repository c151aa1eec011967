import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { TextField } from "./field";

interface TimeZoneFieldProps {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  /** IANA name. */
  value: string;
  onValue: (zone: string) => void;
}

/** A time zone by its IANA name, with all those that the browser knows to choose from. */
export function TimeZoneField({ label, hint, error, value, onValue }: TimeZoneFieldProps): JSX.Element {
  const id = useId();
  return (
    <>
      <TextField label={label} hint={hint} error={error} value={value} onValue={onValue} required list={id} maxLength={64} autocomplete="off" autocapitalize="none" spellcheck={false} />
      <datalist id={id}>
        {Intl.supportedValuesOf("timeZone").map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
}
