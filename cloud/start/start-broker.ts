import type { Logger } from "pino";
import { isLoopback } from "../broker/broker-url";
import type { DoorBroker } from "../broker/door-broker";
import { checkLogin, isClaimed } from "../broker/door-login";
import { EmbeddedBroker } from "../broker/embedded-broker";
import { ExternalBroker, type ExternalBrokerEvents } from "../broker/external-broker";
import type { MqttAddress } from "../broker/mqtt-listener";
import type { Clock } from "../clock";
import type { BrokerAddress } from "../doors/claim-door";
import type { Sealing } from "../keys/sealing";
import type { Ticks } from "../network/token-bucket";
import type { Settings } from "../settings";
import type { Database } from "../store/store";
import { listen } from "./listen";

/** The embedded broker, or a client of the one that the settings name. @throws StartupError where its address cannot be had. */
export async function startBroker(settings: Settings, addresses: readonly [MqttAddress, ...MqttAddress[]], parts: BrokerParts): Promise<DoorBroker> {
  const { database, sealing, events, log } = parts;
  if (settings.broker !== undefined) return new ExternalBroker({ settings: settings.broker, ...parts });
  return listen("MQTT", settings.mqttHost, settings.mqttPort, () =>
    EmbeddedBroker.start({ addresses, ticks: parts.ticks }, { login: (door, password) => checkLogin(database, sealing, door, password), claimed: (door) => isClaimed(database, door), ...events }, log),
  );
}

/** What claimed doors are told. A name that only this machine has for its broker is of no use to them: then it is the claim's. */
export function publicBroker({ mqttPublicHost, mqttPublicPort, broker }: Settings, port: number): BrokerAddress {
  const host = broker === undefined || isLoopback(broker.location.host) ? undefined : broker.location.host;
  return { host: mqttPublicHost ?? host, port: mqttPublicPort ?? port };
}

export interface BrokerParts {
  database: Database;
  sealing: Sealing;
  /** 16 hexadecimal digits. */
  site: string;
  clock: Clock;
  log: Logger;
  /** What the embedded one's limits count by; undefined: real time. */
  ticks?: Ticks | undefined;
  /** Of this start of this process, and of no other (`newId`). */
  holder: string;
  events: ExternalBrokerEvents;
}
