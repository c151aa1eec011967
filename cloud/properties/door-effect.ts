/** Somebody's place as a change of the household's doors finds it. */
export interface PlaceDoors {
  person: string;
  /** The doors that were chosen for them; undefined: all that the household has. */
  chosen: readonly string[] | undefined;
}

/** What a change of doors does to somebody; doors in order. */
export interface DoorEffect {
  person: string;
  gains: string[];
  loses: string[];
}

/** The doors of a place: those of its household, as far as they were chosen for it (P1). */
export function doorsWithin(household: readonly string[], { chosen }: Pick<PlaceDoors, "chosen">): string[] {
  const doors = chosen === undefined ? household : household.filter((door) => chosen.includes(door));
  return [...new Set(doors)].sort();
}

/** Who gains and who loses which doors when a household's doors change; nobody for whom nothing changes (P1). */
export function effectOfDoors(places: readonly PlaceDoors[], before: readonly string[], after: readonly string[]): DoorEffect[] {
  return places
    .map((place) => {
      const had = doorsWithin(before, place);
      const has = doorsWithin(after, place);
      return { person: place.person, gains: has.filter((door) => !had.includes(door)), loses: had.filter((door) => !has.includes(door)) };
    })
    .filter(({ gains, loses }) => gains.length + loses.length > 0);
}
