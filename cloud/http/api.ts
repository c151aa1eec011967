import { OpenAPIHono, type z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Logger } from "pino";
import type { AccountActor, Actor } from "../accounts/actor";
import type { Region } from "../accounts/identifier";
import type { AdminToken } from "../admin-token";
import type { Clock } from "../clock";
import type { CourierDesk } from "../couriers/courier-desk";
import type { BrokerAddress } from "../doors/claim-door";
import type { DoorLink } from "../doors/door-link";
import type { DoorPresence } from "../doors/door-presence";
import type { DoorSecrets } from "../doors/door-secrets";
import type { HomeAssistant } from "../home-assistant/home-assistant";
import type { ImageStreams } from "../firmware-images/image-stream";
import type { Channels } from "../messages/channels";
import type { KeyRotation } from "../keys/key-rotation";
import type { Keystore } from "../keys/keystore";
import type { Meters } from "../operations/meters";
import type { ReadinessCheck } from "../operations/readiness";
import { Refusal } from "../refusal";
import type { RemoteUnlocks } from "../remote-unlock/remote-unlocks";
import type { Database, Unit } from "../store/store";
import type { LiveTruth } from "../truth/live-truth";
import { inSnapshot, inTransaction } from "../store/transaction";

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
  meters: Meters;
  readiness: ReadinessCheck;
  /** More are turned away. */
  requestsAtOnce: number;
  channels: Channels;
  live: LiveTruth;
  unlocks: RemoteUnlocks;
  couriers: CourierDesk;
  images: ImageStreams;
  /** The home's own Home Assistant; undefined: the site has none. */
  home: Pick<HomeAssistant, "connected"> | undefined;
  /** IANA zone of properties that name none. */
  timeZone: string;
  /** For claimed doors; asked for at each claim, because the port is known only once the broker listens. */
  brokerAddress(): BrokerAddress;
  /** Origin at which people reach this site, such as `https://doors.example`: for links, cookies and passkeys. */
  publicUrl(): string;
  /** A proxy of ours speaks HTTPS and names the callers in X-Forwarded-For; otherwise nobody is believed who does. */
  behindProxy: boolean;
  /** Country of phone numbers that are written without one. */
  region: Region | undefined;
  /** Whether webhooks may go to addresses inside private networks. */
  privateWebhooks: boolean;
  /** Something was committed that lists may have to follow. */
  onChanged(): void;
}

/** What requests carry from the check of who makes them. */
export interface ApiEnvironment {
  Variables: { actor: Actor | undefined; /** Its id, for the log. */ request: string };
}

export type Routes = OpenAPIHono<ApiEnvironment>;

/** Whoever makes the request. @throws Refusal `unauthorized` where that is nobody, as only open paths allow. */
export function actorOf(context: Context<ApiEnvironment>): Actor {
  const actor = context.get("actor");
  if (actor === undefined) throw new Refusal("unauthorized");
  return actor;
}

/** Whoever makes the request, on paths that are open to anybody. */
export function actorIfAny(context: Context<ApiEnvironment>): Actor | undefined {
  return context.get("actor");
}

/** Whoever has signed in. @throws Refusal `not-allowed` for programs and the site: they have no account. */
export function accountOf(context: Context<ApiEnvironment>): AccountActor {
  const actor = actorOf(context);
  if (actor.kind !== "account") throw new Refusal("not-allowed", "Only people who have signed in can do this: programs have no account.");
  return actor;
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

/** The fields that a request names: the others stay as they are. */
export function namedFields<Fields extends object>(request: Fields): NamedFields<Fields> {
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined)) as NamedFields<Fields>;
}

type NamedFields<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** Reads in one transaction: what an answer says was true at one moment. */
export function read<T>(parts: ApiParts, work: (unit: Unit, now: number) => Promise<T>): Promise<T> {
  return inSnapshot(parts.database, (unit) => work(unit, parts.clock.now()));
}

/** A command: one transaction, all of it or nothing. The lists follow after its commit. */
export async function change<T>(parts: ApiParts, work: (unit: Unit, now: number) => Promise<T>): Promise<T> {
  const result = await inTransaction(parts.database, (unit) => work(unit, parts.clock.now()));
  parts.onChanged();
  return result;
}
