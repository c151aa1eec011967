import type { JSX } from "preact";
import { useWords } from "../language/speaking";
import { instantOf, localOf } from "../language/zoned-input";
import { TextField } from "./field";

interface InstantFieldProps {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  optional?: boolean;
  required?: boolean;
  /** RFC 3339; undefined: none, or not whole yet. */
  value: string | undefined;
  onValue: (instant: string | undefined) => void;
  /** Of the property: what is entered is its wall clock's time. */
  zone: string;
}

/** A day and a time there. Where the reader's own clock goes by another zone, it says whose time is meant. For pages that are loaded when they are needed: it brings the calendar's rules. */
export function InstantField({ label, hint, value, onValue, zone, ...field }: InstantFieldProps): JSX.Element {
  const { common } = useWords();
  const elsewhere = Intl.DateTimeFormat().resolvedOptions().timeZone === zone ? [] : [`${common.timesOf(zone)}.`];
  const said = [...(hint === undefined ? [] : [hint]), ...elsewhere].join(" ");
  return (
    <TextField
      {...field}
      label={label}
      hint={said === "" ? undefined : said}
      type="datetime-local"
      value={value === undefined ? "" : localOf(value, zone)}
      onValue={(local) => onValue(local === "" ? undefined : instantOf(local, zone))}
    />
  );
}
