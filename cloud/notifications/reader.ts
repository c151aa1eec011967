import type { AccountActor } from "../accounts/actor";
import { visibleEntries } from "../households/visible-entries";
import { mayAtDoor } from "../rules/door-rights";
import { doorStanding } from "../rules/door-standing";
import { managedProperties, meetMember, placesInForce } from "../rules/read-standing";
import { may } from "../rules/rights";
import type { Unit } from "../store/store";
import { doorsOfKey } from "./audience";
import { ENTRY_KINDS, type Occurrence } from "./occurrence";

/** By which right somebody is told: one's own place and what one answers for there, a door's, the property's. */
export type Sight = "own" | "door" | "property";

/** Of what a rule may be told. */
export interface Scope {
  property: string;
  door?: string | undefined;
  group?: string | undefined;
}

/** Somebody who wants to be told, as they stand in one transaction. */
export class Reader {
  readonly account: string;
  readonly #unit: Unit;
  readonly #now: number;
  readonly #actor: Pick<AccountActor, "kind" | "account">;
  readonly #listens = new Map<string, boolean>();
  #known: Known | undefined;

  constructor(unit: Unit, account: string, now: number) {
    this.account = account;
    this.#unit = unit;
    this.#now = now;
    this.#actor = { kind: "account", account };
  }

  /**
   * By which right they may be told of something (O15); undefined: by none. Entries are seen as lists of entries show
   * them (households/visible-entries.ts), changes by whoever sees what was changed, but nobody is told of their own. Of
   * duress whoever is under it hears nothing: somebody may be looking at their phone.
   */
  async sees(occurrence: Occurrence): Promise<Sight | undefined> {
    const { property, door, person, kind, detail } = occurrence;
    const { managed, own, doors } = await this.#know();
    const isOwn = person !== undefined && own.includes(person);
    if ((kind === "duress" && isOwn) || detail.actor === `account/${this.account}`) return undefined;
    if (managed === "all" || managed.includes(property)) return "property";
    if (person !== undefined && (isOwn || (await this.#seesPerson(person, kind === "changed")))) return "own";
    const isEntry = ENTRY_KINDS.includes(kind);
    const there = door === undefined ? await doorsOfKey(this.#unit, detail.subject) : [door];
    // Whoever owns a door does not see who of a household comes and goes.
    return there.some((each) => doors.includes(each)) && !(isEntry && person !== undefined && (await this.#isMember(person))) ? "door" : undefined;
  }

  /** Whether they have anything to do with what a rule is about: where not, it has come to its end. */
  async listens({ property, door, group }: Scope): Promise<boolean> {
    const key = `${property}/${door ?? ""}/${group ?? ""}`;
    const known = this.#listens.get(key) ?? (await this.#mayListen(property, door, group));
    this.#listens.set(key, known);
    return known;
  }

  async #mayListen(property: string, door: string | undefined, group: string | undefined): Promise<boolean> {
    const { managed } = await this.#know();
    const manages = managed === "all" || managed.includes(property);
    if (door !== undefined) {
      const standing = await doorStanding(this.#unit, this.#actor, door, this.#now);
      return standing !== undefined && standing.door.property_id === property && mayAtDoor("know", standing).allowed;
    }
    if (group !== undefined) {
      const row = await this.#unit.selectFrom("groups").select("property_id").where("id", "=", group).executeTakeFirst();
      return row?.property_id === property && (manages || (await this.#seesGroup(group)));
    }
    return manages || (await this.#belongsTo(property));
  }

  /** Who lives there, owns or administers a door there, or has a key. */
  async #belongsTo(property: string): Promise<boolean> {
    if ((await placesInForce(this.#unit, this.account, this.#now)).some((place) => place.property_id === property)) return true;
    const owned = await this.#unit.selectFrom("door_owners as owner").innerJoin("doors as door", "door.id", "owner.door_id").where("owner.account_id", "=", this.account).where("door.property_id", "=", property).select("door.id").executeTakeFirst();
    if (owned !== undefined) return true;
    return (await this.#unit.selectFrom("keys").select("id").where("account_id", "=", this.account).where("property_id", "=", property).where("state", "=", "active").executeTakeFirst()) !== undefined;
  }

  async #seesGroup(group: string): Promise<boolean> {
    const { doors } = await this.#know();
    return (await this.#unit.selectFrom("group_doors").select("door_id").where("group_id", "=", group).execute()).some((row) => doors.includes(row.door_id));
  }

  async #seesPerson(person: string, changed: boolean): Promise<boolean> {
    if (!changed) return (await this.#know()).people.includes(person);
    const encounter = await meetMember(this.#unit, this.#actor, person, this.#now);
    return encounter !== undefined && may("see", encounter.standing, encounter.target).allowed;
  }

  async #isMember(person: string): Promise<boolean> {
    return (await this.#unit.selectFrom("memberships").select("role").where("person_id", "=", person).executeTakeFirst()) !== undefined;
  }

  /** Whom they have ever been: a door may tell of it later. */
  async #ownPeople(): Promise<string[]> {
    const places = await this.#unit.selectFrom("memberships").select("person_id").where("account_id", "=", this.account).execute();
    const keys = await this.#unit.selectFrom("keys").select("person_id").where("account_id", "=", this.account).execute();
    return [...places, ...keys].map((row) => row.person_id);
  }

  async #know(): Promise<Known> {
    if (this.#known !== undefined) return this.#known;
    const managed = await managedProperties(this.#unit, this.#actor);
    const { people, doors } = await visibleEntries(this.#unit, this.#actor, this.#now);
    this.#known = { managed, people, doors, own: await this.#ownPeople() };
    return this.#known;
  }
}

interface Known {
  managed: "all" | string[];
  /** Whose entries they may see by a household's rules. */
  people: readonly string[];
  /** At which they may see what happens, but for members of households. */
  doors: readonly string[];
  /** Who they are themselves. */
  own: readonly string[];
}
