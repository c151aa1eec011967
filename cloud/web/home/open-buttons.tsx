import type { JSX } from "preact";

interface OpenButtonsProps {
  outputs: readonly { output: number; name: string }[];
  busy: boolean;
  label: string;
  /** @param output its name; undefined: the door itself. */
  labelOf: (output?: string) => string;
  onPress: (output?: number) => void;
}

/** One big button; where a door moves several things, one for each. They stay pressable, so that focus stays: a second press is the same one. */
export function OpenButtons({ outputs, busy, label, labelOf, onPress }: OpenButtonsProps): JSX.Element {
  if (outputs.length < 2) {
    return (
      <button type="button" class="unlock" aria-label={labelOf()} aria-busy={busy || undefined} onClick={() => onPress()}>
        <Padlock />
        {label}
      </button>
    );
  }
  return (
    <div class="unlocks">
      {outputs.map(({ output, name }) => (
        <button key={output} type="button" class="unlock" aria-label={labelOf(name)} aria-busy={busy || undefined} onClick={() => onPress(output)}>
          <Padlock />
          {name}
        </button>
      ))}
    </div>
  );
}

function Padlock(): JSX.Element {
  return (
    <svg viewBox="0 0 24 24" width="26" height="26" aria-hidden="true">
      <path d="M7 10.5V7.2a5 5 0 0 1 9.6-1.9M5 10.5h14v9.5H5zM12 14v2.5" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}
