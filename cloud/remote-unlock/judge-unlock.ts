import { SITE, type HomeActor, type Party } from "../accounts/actor";
import { surroundingsOf } from "../issuing/property-surroundings";
import { mayAtDoor, type DoorStanding } from "../rules/door-rights";
import { doorStanding } from "../rules/door-standing";
import type { Unit } from "../store/store";
import type { RemoteUnlockRow } from "../store/rows/door-rows";
import { decideUnlock, type UnlockVerdict } from "./decide-unlock";
import { readRights } from "./read-rights";

/** Whoever runs, owns or administers a door opens it at any time (N6); others as far as their own rights go now. */
export async function judgeUnlock(unit: Unit, { door, ranks, people }: DoorStanding, outputs: number, now: number): Promise<UnlockVerdict> {
  // The door would refuse as well, once it has heard of it.
  if (door.lock_state === "lock-down") return { allowed: false, reason: "locked-down" };
  if (ranks.some((rank) => rank !== "user")) return { allowed: true, person: await whoAtDoor(unit, people) };
  const property = await unit.selectFrom("properties").select(["time_zone", "holidays"]).where("id", "=", door.property_id).executeTakeFirstOrThrow();
  return decideUnlock(await readRights(unit, people, door.id), outputs, surroundingsOf(property, now), now);
}

/** The same when the door's nonce has come: what was revoked since the request opens nothing more. */
export async function judgeAgain(unit: Unit, { actor, door_id, outputs }: RemoteUnlockRow, now: number): Promise<UnlockVerdict> {
  const party = await partyOf(unit, actor);
  const standing = party && (await doorStanding(unit, party, door_id, now));
  if (standing === undefined || !mayAtDoor("unlock", standing).allowed) return { allowed: false, reason: "unknown-credential" };
  return judgeUnlock(unit, standing, outputs, now);
}

/** @param name as `actorName` gives it. @returns undefined for a program whose token has ended. */
async function partyOf(unit: Unit, name: string): Promise<Party | HomeActor | undefined> {
  const [kind, id] = name.split("/");
  if (kind === "site") return SITE;
  if (kind === "account") return { kind, account: id };
  if (kind === "home") return { kind, property: id };
  const token = await unit.selectFrom("tokens").select("property_id").where("id", "=", id).where("ended_at", "is", null).executeTakeFirst();
  return token && { kind: "machine", token: id, property: token.property_id };
}

/** Who of their people opens: where one of them has a place in a household, it is theirs to hide (O15). */
async function whoAtDoor(unit: Unit, people: readonly string[]): Promise<string | null> {
  if (people.length === 0) return null;
  const member = await unit.selectFrom("memberships").select("person_id").where("person_id", "in", people).orderBy("person_id").executeTakeFirst();
  return member?.person_id ?? people[0];
}
