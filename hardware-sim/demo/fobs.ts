import type { Building } from "../building/building";
import type { ApiClient } from "./api-client";
import type { FoundDoor } from "./seed";
import type { Session } from "./session";

/** Which of its doors a button opens, 1 first. */
const BUTTONS = [0, 1];
const KEY_NAME = "Emil's fob";

interface Key {
  id: string;
  name: string;
  state: string;
}

/**
 * Gives the second tenant a fob whose first buttons open the first doors, and has it brought its assignment: some
 * seconds, in which the demo goes on. What is there already stays as it is.
 */
export async function seedFob(building: Building, site: ApiClient, manager: Session, parts: { property: string; doors: readonly FoundDoor[] }): Promise<void> {
  const { property, doors } = parts;
  const owner = building.phones[1];
  const buttons = BUTTONS.filter((door) => door < doors.length);
  // A fob's text is good for one building: another data folder has another property, and so another fob.
  const fob = building.addFob(owner, `${property} ${owner.name}`);
  const known = (await site.list<Key>(`/keys?property=${property}`)).find(({ name, state }) => name === KEY_NAME && state !== "ended");
  const key = known ?? (await site.post<Key>("/keys", { property, kind: "smart", name: KEY_NAME, fob: fob.text, user: { name: owner.name }, doors: buttons.map((door) => doors[door].id) }));
  buttons.forEach((door, at) => fob.name(at + 1, doors[door].name));
  if (key.state === "active") return;
  for (const [at, door] of buttons.entries()) if (known === undefined) await manager.send("PUT", `/fobs/${fob.id}/buttons/${at + 1}`, { key: key.id, door: doors[door].id });
  await fob.assign(manager.fetch);
}
