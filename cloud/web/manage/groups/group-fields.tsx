import type { JSX } from "preact";
import { answered, api, type Schema } from "../../api/client";
import { everyItem } from "../../api/every-item";
import { useAsked } from "../../api/use-asked";
import { useWords } from "../../language/speaking";
import { useProperty } from "../../shell/managed-property";
import { DoorChoices } from "../../ui/door-choices";
import { Choices, Select, TextField } from "../../ui/field";

type Permission = Schema<"GroupPermission">;

const PERMISSIONS: readonly Permission[] = ["remote-unlock", "see-events", "share"];

/** What is entered of a group; as the API takes it. */
export interface GroupDraft {
  name: string;
  doors: string[];
  profile: string | null;
  permissions: Permission[];
}

export const NEW_GROUP: GroupDraft = { name: "", doors: [], profile: null, permissions: [] };

export function groupDraft({ name, doors, profile, permissions }: Schema<"Group">): GroupDraft {
  return { name, doors: doors.map(({ door }) => door), profile, permissions };
}

interface GroupFieldsProps {
  draft: GroupDraft;
  onDraft: (draft: GroupDraft) => void;
  doors: readonly Schema<"Door">[];
  errorOf: (path: string) => string | undefined;
}

export function GroupFields({ draft, onDraft, doors, errorOf }: GroupFieldsProps): JSX.Element {
  const { groups: words } = useWords();
  const profiles = usePropertyProfiles();
  const set = (change: Partial<GroupDraft>): void => onDraft({ ...draft, ...change });
  return (
    <>
      <TextField label={words.name} required maxLength={100} value={draft.name} onValue={(name) => set({ name })} error={errorOf("name")} />
      <DoorChoices legend={words.doors} doors={doors} chosen={draft.doors} onChosen={(chosen) => set({ doors: chosen })} error={errorOf("doors")} />
      <Select
        label={words.profile}
        hint={words.profileHint}
        value={draft.profile ?? ""}
        choices={[{ value: "", label: words.always }, ...profiles.map(({ id, name }) => ({ value: id, label: name }))]}
        onValue={(profile) => set({ profile: profile === "" ? null : profile })}
        error={errorOf("profile")}
      />
      <Choices
        legend={words.permissions}
        hint={words.permissionsHint}
        choices={PERMISSIONS.map((permission) => ({ value: permission, label: words.permission[permission] }))}
        chosen={draft.permissions}
        onChosen={(chosen) => set({ permissions: PERMISSIONS.filter((permission) => chosen.includes(permission)) })}
        error={errorOf("permissions")}
      />
    </>
  );
}

/** Those that a group may go by: the property's. */
export function usePropertyProfiles(): Schema<"Profile">[] {
  const { id: property } = useProperty();
  const { data } = useAsked(
    async (signal) => (await everyItem((after) => answered(api.GET("/api/profiles", { params: { query: { property, ...(after !== undefined && { after }) } }, signal })))).filter(({ builtIn, own }) => !builtIn && !own),
    ["profiles", property],
  );
  return data ?? [];
}
