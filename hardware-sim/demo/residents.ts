/** Who lives and works in the demo's house: one of each kind of right. */
export interface Resident {
  name: string;
  class: "resident" | "guest" | "staff";
  /** What their PIN is good for, in the newcomer's words. */
  about: string;
  /** Indexes of the doors that the PIN opens. */
  doors: number[];
  windows?: { days: string[]; start: string; end: string }[];
  uses?: number;
  /** Days until the right ends. */
  endsAfterDays?: number;
}

const WORKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"];

export const PROPERTY = "Rue des Lilas 7";

export const RESIDENTS: readonly Resident[] = [
  { name: "Alice Martin", class: "resident", about: "tenant: every door, day and night", doors: [0, 1, 2] },
  {
    name: "Bruno Keller",
    class: "staff",
    about: "cleaner: front door and cellar, workdays 08:00–12:00, Thursdays also 22:00–02:00",
    doors: [0, 2],
    windows: [
      { days: WORKDAYS, start: "08:00", end: "12:00" },
      { days: ["thursday"], start: "22:00", end: "02:00" },
    ],
  },
  { name: "Parcel service", class: "guest", about: "one delivery: opens the front door once", doors: [0], uses: 1 },
  { name: "Chloé Dubois", class: "guest", about: "guest: front door and garage, for two days", doors: [0, 1], endsAfterDays: 2 },
];
