import { Counter, Gauge, Histogram, Registry } from "prom-client";

/**
 * What the cloud counts and times as it works, for Prometheus. Names by its conventions; labels have few values, and
 * none is ever a person, an address or a door. Counting costs nothing worth mentioning, so it is always on; whether
 * anybody may read it is a setting.
 */
export class Meters {
  readonly registry = new Registry();

  readonly requestSeconds = new Histogram({
    ...named(this.registry, "latchkey_http_request_duration_seconds", "From a request's arrival to the head of its answer; streams and waits for doors included."),
    labelNames: ["area", "method", "status"],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
  });
  readonly requestsUnderWay = new Gauge(named(this.registry, "latchkey_http_requests_under_way", "Requests that are being worked on."));
  readonly requestsShed = new Counter(named(this.registry, "latchkey_http_requests_shed_total", "Requests that were turned away with 503 because too many were under way."));
  readonly refusals = new Counter({ ...named(this.registry, "latchkey_http_refusals_total", "Requests that changed nothing, by the code of the problem."), labelNames: ["code"] });

  readonly doorDecisions = new Counter({ ...named(this.registry, "latchkey_door_decisions_total", "Decisions that doors have told of, by reason; `granted` is one."), labelNames: ["reason"] });

  readonly listSeconds = new Histogram({
    ...named(this.registry, "latchkey_list_issue_duration_seconds", "Compiling, signing and storing one door's list."),
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
  });
  readonly listFailures = new Counter(named(this.registry, "latchkey_list_issue_failures_total", "Attempts to issue a list that failed, in signing or storing; each is tried again."));

  readonly transactionSeconds = new Histogram({
    ...named(this.registry, "latchkey_database_transaction_duration_seconds", "A transaction with its retries, without the wait for this process's other writers."),
    labelNames: ["kind"],
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
  });
  readonly transactionWaitSeconds = new Histogram({
    ...named(this.registry, "latchkey_database_writer_wait_seconds", "How long a writer waited for this process's other writers."),
    buckets: [0.001, 0.01, 0.1, 0.3, 1, 3, 10],
  });
  readonly transactionCollisions = new Counter(named(this.registry, "latchkey_database_collisions_total", "Transactions that PostgreSQL could not order beside another process's and that ran again."));
  readonly databaseFailures = new Counter(named(this.registry, "latchkey_database_failures_total", "Transactions that the disk or the connection failed: nothing was changed by them."));

  readonly clockJumps = new Counter({ ...named(this.registry, "latchkey_clock_jumps_total", "Times that this machine's clock was found to have been set, by direction."), labelNames: ["direction"] });
}

function named(registry: Registry, name: string, help: string): { name: string; help: string; registers: Registry[] } {
  return { name, help, registers: [registry] };
}
