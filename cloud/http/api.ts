import { OpenAPIHono, type z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Logger } from "pino";
import type { Actor } from "../accounts/actor";
import type { AdminToken } from "../admin-token";
import type { Clock } from "../clock";
import type { BrokerAddress } from "../doors/claim-door";
import type { DoorLink } from "../doors/door-link";
import type { DoorPresence } from "../doors/door-presence";
import type { DoorSecrets } from "../doors/door-secrets";
import type { KeyRotation } from "../keys/key-rotation";
import type { Keystore } from "../keys/keystore";
import { Refusal } from "../refusal";
import type { Database, Unit } from "../store/store";

/** What the routes work with. */
export interface ApiParts {
  database: Database;
  keystore: Keystore;
  keyRotation: KeyRotation;
  secrets: DoorSecrets;
  presence: DoorPresence;
  link: DoorLink;
  clock: Clock;
  log: Logger;
  adminToken: AdminToken;
  /** IANA zone of properties that name none. */
  timeZone: string;
  /** For claimed doors; asked for at each claim, because the port is known only once the broker listens. */
  brokerAddress(): BrokerAddress;
  /** Something was committed that lists may have to follow. */
  onChanged(): void;
}

/** What requests carry from the check of who makes them. */
export interface ApiEnvironment {
  Variables: { actor: Actor };
}

export type Routes = OpenAPIHono<ApiEnvironment>;

/** Whoever makes the request; requests of nobody in particular do not get as far. */
export function actorOf(context: Context<ApiEnvironment>): Actor {
  return context.get("actor");
}

/** Routes whose invalid requests become problems like all others. */
export function routes(): Routes {
  return new OpenAPIHono<ApiEnvironment>({
    defaultHook: (result) => {
      if (!result.success) throw invalidRequest(result.error);
    },
  });
}

function invalidRequest(error: z.ZodError): Refusal {
  const errors = error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message }));
  const [first] = errors;
  return new Refusal("invalid-request", first.path === "" ? first.message : `${first.path}: ${first.message}`, { errors });
}

/** Reads in one transaction: what an answer says was true at one moment. */
export function read<T>(parts: ApiParts, work: (unit: Unit, now: number) => Promise<T>): Promise<T> {
  return parts.database.transaction().execute((unit) => work(unit, parts.clock.now()));
}

/** A command: one transaction, all of it or nothing. The lists follow after its commit. */
export async function change<T>(parts: ApiParts, work: (unit: Unit, now: number) => Promise<T>): Promise<T> {
  const result = await parts.database.transaction().execute((unit) => work(unit, parts.clock.now()));
  parts.onChanged();
  return result;
}
