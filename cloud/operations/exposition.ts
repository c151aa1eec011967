import { collectDefaultMetrics, Counter, Gauge, type Registry } from "prom-client";
import type { Logger } from "pino";
import type { DoorBroker } from "../broker/door-broker";
import type { Clock } from "../clock";
import type { DoorSync } from "../doors/door-sync";
import { FIGURES_SECONDS } from "../limits";
import type { Database } from "../store/store";
import { inSnapshot } from "../store/transaction";
import { readFleetFigures, type FleetFigures } from "./fleet-figures";
import type { Meters } from "./meters";

/** What Prometheus reads: all that was counted, and how the site does at this moment. */
export class Exposition {
  readonly #parts: ExpositionParts;
  readonly #gauges: ReturnType<typeof makeGauges>;
  #figures: { at: number; read: Promise<FleetFigures | undefined> } | undefined;

  constructor(parts: ExpositionParts) {
    this.#parts = parts;
    const { registry } = parts.meters;
    // Of this process: event-loop lag, memory, garbage collection, open files.
    collectDefaultMetrics({ register: registry });
    this.#gauges = makeGauges(registry);
  }

  get contentType(): string {
    return this.#parts.meters.registry.contentType;
  }

  async text(): Promise<string> {
    this.#refresh(await this.#read());
    return this.#parts.meters.registry.metrics();
  }

  /** However often somebody asks, the database is read once in FIGURES_SECONDS. */
  #read(): Promise<FleetFigures | undefined> {
    const { database, clock, log } = this.#parts;
    const now = clock.now();
    if (this.#figures === undefined || Math.abs(now - this.#figures.at) >= FIGURES_SECONDS) {
      const read = inSnapshot(database, (unit) => readFleetFigures(unit, now)).catch((error: unknown) => {
        log.error({ err: error }, "failed to read the fleet's figures");
        return undefined;
      });
      this.#figures = { at: now, read };
    }
    return this.#figures.read;
  }

  #refresh(figures: FleetFigures | undefined): void {
    const { broker, sync, certificateEnds } = this.#parts;
    const gauges = this.#gauges;
    gauges.doorsConnected.set([...broker.connected()].length);
    gauges.connections.set(broker.load?.open ?? 0);
    gauges.connectionsPending.set(broker.load?.pending ?? 0);
    gauges.refusals.reset();
    for (const [reason, count] of [...Object.entries(broker.refusals ?? {}), ...Object.entries(sync.refusals)]) gauges.refusals.inc({ reason }, count);
    const ends = certificateEnds();
    if (ends.length > 0) gauges.certificateEnds.set(Math.min(...ends));
    gauges.figuresUp.set(figures === undefined ? 0 : 1);
    if (figures === undefined) return;
    gauges.doors.set(figures.doors);
    gauges.doorsClaimed.set(figures.doorsClaimed);
    gauges.doorsBehind.set(figures.doorsBehind);
    gauges.listLag.set(figures.listLagSeconds);
    gauges.revocations.set(figures.revocationsUnacknowledged);
    gauges.revocationAge.set(figures.revocationAgeSeconds);
    gauges.outbox.set(figures.outboxDoors);
    gauges.outboxAge.set(figures.outboxAgeSeconds);
    gauges.doorsHeld.set(figures.doorsHeld);
    gauges.messages.set(figures.messagesWaiting);
    gauges.deliveries.set(figures.deliveriesWaiting);
    for (const [holders, { ended, nextEnd }] of [["guest", figures.guestLeases], ["staff", figures.staffLeases]] as const) {
      gauges.leasesEnded.set({ class: holders }, ended);
      if (nextEnd === undefined) gauges.leaseEnds.remove({ class: holders });
      else gauges.leaseEnds.set({ class: holders }, nextEnd);
    }
  }
}

export interface ExpositionParts {
  meters: Meters;
  database: Database;
  clock: Clock;
  log: Logger;
  broker: Pick<DoorBroker, "connected" | "refusals" | "load">;
  sync: Pick<DoorSync, "refusals">;
  /** Unix seconds at which the certificates of HTTPS and MQTT end; none without TLS. */
  certificateEnds(): readonly number[];
}

/** Those of the whole site say the same at every process of a site: take the greatest, not the sum. */
function makeGauges(registry: Registry) {
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [registry] });
  const byClass = (name: string, help: string) => new Gauge({ name, help, registers: [registry], labelNames: ["class"] });
  return {
    doorsConnected: gauge("latchkey_doors_connected", "Doors that this process sees connected."),
    connections: gauge("latchkey_mqtt_connections", "Connections to this process's broker."),
    connectionsPending: gauge("latchkey_mqtt_connections_pending", "Those that have not logged in."),
    refusals: new Counter({ name: "latchkey_door_refusals_total", help: "Connections and messages of doors, or of whoever says so, that were turned away or dropped, by why.", registers: [registry], labelNames: ["reason"] }),
    certificateEnds: gauge("latchkey_certificate_end_timestamp_seconds", "When the first of the certificates of HTTPS and MQTT ends."),
    figuresUp: gauge("latchkey_figures_up", "1 where the figures of the whole site could be read from the database, 0 where they are old or missing."),
    doors: gauge("latchkey_doors", "Doors that are registered."),
    doorsClaimed: gauge("latchkey_doors_claimed", "Doors that are claimed."),
    doorsBehind: gauge("latchkey_doors_behind", "Claimed doors that have not acknowledged their newest list."),
    listLag: gauge("latchkey_list_lag_seconds", "For how long the oldest list that is some door's newest has waited for its acknowledgement."),
    revocations: gauge("latchkey_revocations_unacknowledged", "Ended rights at doors that have not said that they know."),
    revocationAge: gauge("latchkey_revocation_oldest_age_seconds", "Since when the oldest of these was ended."),
    outbox: gauge("latchkey_outbox_doors", "Doors that wait for a list to be issued."),
    outboxAge: gauge("latchkey_outbox_oldest_age_seconds", "For how long the first of these has waited."),
    doorsHeld: gauge("latchkey_doors_held", "Doors that keep their list since a restore until a person has confirmed."),
    messages: gauge("latchkey_messages_waiting", "E-mails and text messages that are to be sent."),
    deliveries: gauge("latchkey_webhook_deliveries_waiting", "Deliveries to webhooks that are to be made."),
    leasesEnded: byClass("latchkey_leases_ended", "Doors that let this class of people in no more because they have not heard from the cloud for too long."),
    leaseEnds: byClass("latchkey_lease_end_timestamp_seconds", "When the next lease of a door ends, unless it hears from the cloud."),
  };
}
