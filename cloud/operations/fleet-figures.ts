import type { Unit } from "../store/store";

/** How the site as a whole does. Ages in seconds; 0 where there is nothing to be old. */
export interface FleetFigures {
  doors: number;
  doorsClaimed: number;
  /** Claimed doors that have not acknowledged their newest list, and for how long the oldest such list has been the newest. */
  doorsBehind: number;
  listLagSeconds: number;
  /** Rights at doors that were ended and are in no list any more, of which the door has not said so; and since when the first. */
  revocationsUnacknowledged: number;
  revocationAgeSeconds: number;
  /** Doors that wait for a list to be issued. */
  outboxDoors: number;
  outboxAgeSeconds: number;
  /** Doors that wait for a person's word since the cloud was restored from a backup. */
  doorsHeld: number;
  guestLeases: LeaseFigures;
  staffLeases: LeaseFigures;
  messagesWaiting: number;
  deliveriesWaiting: number;
}

/** How leases of a class of people stand at the doors that have had one. */
export interface LeaseFigures {
  /** Doors whose newest lease has ended: there they are let in no more. */
  ended: number;
  /** Unix seconds at which the next one ends unless its door hears from the cloud; undefined = there is none. */
  nextEnd: number | undefined;
}

/**
 * Reads them, in a handful of statements over the table of doors and over indexes that hold what waits, so that ten
 * thousand doors cost milliseconds.
 */
export async function readFleetFigures(unit: Unit, now: number): Promise<FleetFigures> {
  const doors = await unit
    .selectFrom("doors")
    .select((eb) => {
      const claimed = eb("claimed_at", "is not", null);
      const behind = eb.and([claimed, eb("version", ">", 0), eb("acknowledged_version", "<", eb.ref("version"))]);
      const count = (condition: typeof claimed) => eb.fn.sum<number | null>(eb.case().when(condition).then(1).else(0).end());
      const ended = (column: "guest_not_after" | "staff_not_after") => count(eb.and([claimed, eb(column, ">", 0), eb(column, "<=", now)]));
      const soonest = (column: "guest_not_after" | "staff_not_after") => eb.fn.min<number | null>(eb.case().when(eb.and([claimed, eb(column, ">", now)])).then(eb.ref(column)).end());
      return [
        eb.fn.countAll<number>().as("all"),
        count(claimed).as("claimed"),
        count(behind).as("behind"),
        count(eb("held_at", "is not", null)).as("held"),
        // A version is the second that it was made in, or very nearly.
        eb.fn.min<number | null>(eb.case().when(behind).then(eb.ref("version")).end()).as("oldest"),
        ended("guest_not_after").as("guest_ended"),
        soonest("guest_not_after").as("guest_next"),
        ended("staff_not_after").as("staff_ended"),
        soonest("staff_not_after").as("staff_next"),
      ];
    })
    .executeTakeFirstOrThrow();
  const revoked = await unit
    .selectFrom("grant_doors as at")
    .innerJoin("doors as door", "door.id", "at.door_id")
    .innerJoin("grants as grant", "grant.id", "at.grant_id")
    // The words of the index of these.
    .where("at.removed_version", ">", 0)
    .where("at.acknowledged_at", "is", null)
    .where("at.never_left", "=", 0)
    .where("at.removed_version", ">", (eb) => eb.ref("door.acknowledged_version"))
    .where("door.claimed_at", "is not", null)
    .where("grant.revoked_at", "is not", null)
    .select((eb) => [eb.fn.countAll<number>().as("count"), eb.fn.min("grant.revoked_at").as("oldest")])
    .executeTakeFirstOrThrow();
  const outbox = await unit
    .selectFrom("outbox")
    .select((eb) => [eb.fn.count<number>("door_id").distinct().as("doors"), eb.fn.min("created_at").as("oldest")])
    .executeTakeFirstOrThrow();
  const messages = await unit.selectFrom("messages").select((eb) => eb.fn.countAll<number>().as("count")).where("sent_at", "is", null).where("failed_at", "is", null).executeTakeFirstOrThrow();
  const deliveries = await unit.selectFrom("webhook_deliveries").select((eb) => eb.fn.countAll<number>().as("count")).where("delivered_at", "is", null).where("failed_at", "is", null).executeTakeFirstOrThrow();
  const age = (since: number | null): number => (since === null ? 0 : Math.max(0, now - Number(since)));
  const leases = (ended: number | null, next: number | null): LeaseFigures => ({ ended: Number(ended), nextEnd: next === null ? undefined : Number(next) });
  return {
    doors: Number(doors.all),
    doorsClaimed: Number(doors.claimed),
    doorsBehind: Number(doors.behind),
    listLagSeconds: age(doors.oldest),
    revocationsUnacknowledged: Number(revoked.count),
    revocationAgeSeconds: age(revoked.oldest),
    outboxDoors: Number(outbox.doors),
    outboxAgeSeconds: age(outbox.oldest),
    doorsHeld: Number(doors.held),
    guestLeases: leases(doors.guest_ended, doors.guest_next),
    staffLeases: leases(doors.staff_ended, doors.staff_next),
    messagesWaiting: Number(messages.count),
    deliveriesWaiting: Number(deliveries.count),
  };
}
