import type { JSX } from "preact";
import { LEASE_SECONDS_MAX } from "../../../../protocol/limits";
import type { Schema } from "../../api/client";
import { useWords } from "../../language/speaking";
import { NumberField } from "../../ui/number-field";

type Staleness = Schema<"Staleness">;

const HOUR = 3_600;
const GUEST_HOURS_MAX = 24;
const STAFF_HOURS_MAX = 72;

interface StalenessFieldsProps {
  staleness: Staleness;
  onStaleness: (staleness: Staleness) => void;
  errorOf: (path: string) => string | undefined;
}

/** How long each class still gets in at a door that hears nothing (X3), in hours. */
export function StalenessFields({ staleness, onStaleness, errorOf }: StalenessFieldsProps): JSX.Element {
  const { settings: words } = useWords();
  const { guestSeconds, staffSeconds, residentSeconds } = staleness;
  const set = (change: Partial<Staleness>): void => onStaleness({ ...staleness, ...change });
  const seconds = (hours: number): number => Math.round(hours * HOUR);
  return (
    <>
      <NumberField broken label={words.guests} hint={words.guestsHint} min={1} max={GUEST_HOURS_MAX} value={guestSeconds / HOUR} onValue={(hours) => set({ guestSeconds: seconds(hours) })} error={errorOf("staleness.guestSeconds")} />
      <NumberField broken label={words.staff} hint={words.staffHint} min={1} max={STAFF_HOURS_MAX} value={staffSeconds / HOUR} onValue={(hours) => set({ staffSeconds: seconds(hours) })} error={errorOf("staleness.staffSeconds")} />
      <NumberField
        broken
        optional
        label={words.residents}
        hint={words.residentsHint}
        min={1}
        max={LEASE_SECONDS_MAX / HOUR}
        value={residentSeconds === null ? null : residentSeconds / HOUR}
        onValue={(hours) => set({ residentSeconds: hours === null ? null : seconds(hours) })}
        error={errorOf("staleness.residentSeconds")}
      />
    </>
  );
}
