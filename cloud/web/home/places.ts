import { answered, api, type Schema } from "../api/client";
import { useAsked, type Asked } from "../api/use-asked";

export type Place = Schema<"Place">;
export type Member = Schema<"Member">;
export type Household = Schema<"WholeHousehold">;

/** One's own places, and the invitations that wait for an answer. */
export function usePlaces(): Asked<Schema<"Places">> {
  return useAsked((signal) => answered(api.GET("/api/account/places", { signal })), []);
}

/** Who one is oneself, in all one's places: ids of people. */
export function ownPeople(places: Schema<"Places"> | undefined): ReadonlySet<string> {
  return new Set(places?.places.map(({ person }) => person) ?? []);
}

/** A household as one may see it, with one's own place there. */
export interface SeenHousehold {
  household: Household;
  /** undefined: one belongs there no more. */
  place: Place | undefined;
}

export function useHousehold(household: string): Asked<SeenHousehold> {
  return useAsked(async (signal) => {
    const [seen, { places }] = await Promise.all([answered(api.GET("/api/households/{household}", { params: { path: { household } }, signal })), answered(api.GET("/api/account/places", { signal }))]);
    return { household: seen, place: places.find((place) => place.household === household && place.state === "active") };
  }, [household]);
}

/** Somebody of a household, with the household and one's own place in it. */
export function useMember(household: string, person: string): Asked<SeenHousehold & { member: Member }> {
  return useAsked(
    async (signal) => {
      const [member, seen, { places }] = await Promise.all([
        answered(api.GET("/api/members/{person}", { params: { path: { person } }, signal })),
        answered(api.GET("/api/households/{household}", { params: { path: { household } }, signal })),
        answered(api.GET("/api/account/places", { signal })),
      ]);
      return { member, household: seen, place: places.find((place) => place.household === household && place.state === "active") };
    },
    [household, person],
  );
}
