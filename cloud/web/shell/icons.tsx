import type { JSX } from "preact";

/** Drawn with one stroke in the colour of the text, 24 × 24. They stand beside words, so nobody has to guess them. */
const PATHS = {
  door: "M6 21V4a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v17M3 21h18M14.5 12v.5",
  household: "M4 11l8-7 8 7M6 9.5V20h12V9.5M10 20v-5h4v5",
  key: "M14.5 9.5m-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0M10.8 13.2L4 20v0h3v-2.5h2.500V15",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l1.500 2h-15zM10 21h4",
  more: "M5 7h14M5 12h14M5 17h14",
  overview: "M4 4h7v7H4zM13 4h7v4h-7zM13 11h7v9h-7zM4 14h7v6H4z",
  list: "M9 6h11M9 12h11M9 18h11M4.500 6h.01M4.500 12h.01M4.500 18h.01",
  person: "M12 8m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0M4.500 21a7.500 6.500 0 0 1 15 0",
  building: "M5 21V4h9v17M14 9h5v12M3 21h18M8 8h3M8 12h3M8 16h3",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
