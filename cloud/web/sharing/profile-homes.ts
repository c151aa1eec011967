import type { Asked } from "../api/use-asked";
import { usePropertyIfAny } from "../shell/managed-property";
import { useGiving } from "./giving";

/** A property with profiles for whoever reads. */
export interface ProfileHome {
  id: string;
  name: string;
  zone: string;
}

/** Where whoever reads gives keys by profiles: the property that they are managing, or all at which they have something to give. */
export function useProfileHomes(): Asked<ProfileHome[]> {
  const property = usePropertyIfAny();
  const giving = useGiving();
  if (property !== undefined) return { ...giving, data: [{ id: property.id, name: property.name, zone: property.timeZone }], problem: undefined, loading: false };
  const homes = new Map(giving.data?.filter(({ profiles }) => profiles).map((each) => [each.property, { id: each.property, name: each.propertyName, zone: each.zone }]));
  return { ...giving, data: giving.data && [...homes.values()] };
}

/** Where profiles are on these pages: one's own, or a property's. */
export function useProfilesPath(): string {
  const property = usePropertyIfAny();
  return property === undefined ? "/profiles" : `/manage/${property.id}/profiles`;
}
