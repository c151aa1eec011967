import { FleetDoor } from "../../hardware-sim/fleet/fleet-door";
import type { Json } from "../support/cloud-rig";

/** Somebody who was given a PIN, as the cloud has confirmed. */
export interface Person {
  id: string;
  pin: string;
  /** Id of the revocation, once it is known to be made. */
  revocation: string | undefined;
  /** It was asked for, and nobody knows whether it was done. */
  unsure: boolean;
}

/** What was confirmed, what the doors do, and what the cloud says of them: they must agree. */
export class HouseWatch {
  readonly doors: readonly FleetDoor[];
  readonly people: Person[] = [];
  readonly violations: string[] = [];
  looks = 0;

  constructor(doors: readonly FleetDoor[]) {
    this.doors = doors;
  }

  /** People whose PIN opens every door now: their revocation shows. */
  known(): Person[] {
    return this.people.filter((person) => person.revocation === undefined && !person.unsure && this.doors.every((door) => door.knows(person.pin)));
  }

  /** Holds one answer about a revocation against the doors. A door never takes a list back, so later is soon enough. */
  look(person: Person, answer: Json): void {
    this.looks += 1;
    for (const { door: id, state } of answer.doors as { door: string; state: string }[]) {
      const door = this.doors.find(({ hex }) => hex === id);
      if (door === undefined) this.violations.push(`revocation ${person.revocation} speaks of a door that is not there: ${id}`);
      else if (state === "acknowledged" && door.knows(person.pin)) this.violations.push(`door ${id} opens for ${person.id}, and the cloud says that it has acknowledged the end`);
    }
  }

  /** Whether each door opens for those who were not revoked, and for nobody else. */
  get converged(): boolean {
    return this.doors.every((door) => this.people.every((person) => door.knows(person.pin) === (person.revocation === undefined)));
  }
}
