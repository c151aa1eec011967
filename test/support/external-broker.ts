import { parseBrokerUrl } from "../../cloud/broker/broker-url";
import type { ExternalBrokerSettings } from "../../cloud/broker/external-broker-settings";

/** Settings of a cloud (`broker`) whose doors are at a broker of the test's. */
export function externalBroker(url: string, changes: Partial<ExternalBrokerSettings> = {}): ExternalBrokerSettings {
  return { location: parseBrokerUrl(url)!, ca: undefined, shared: "auto", logins: "none", ...changes };
}
