import type { MqttAddress } from "../broker/mqtt-listener";
import { readAuthorities } from "../network/certificate";
import type { Settings } from "../settings";
import type { Certificates } from "./certificates";

/** Where the embedded broker listens; doors are told the first. @throws StartupError where the file of CAs is none. */
export function brokerAddresses(settings: Settings, { mqtt }: Certificates): [MqttAddress, ...MqttAddress[]] {
  const { mqttHost: host, mqttPort: port, mqttPlainPort, mqttClientCa } = settings;
  if (mqtt === undefined) return [{ host, port }];
  const clientAuthorities = mqttClientCa === undefined ? undefined : readAuthorities("LATCHKEY_MQTT_CLIENT_CA", mqttClientCa);
  const secure: MqttAddress = { host, port, certificate: mqtt.current, clientAuthorities };
  return mqttPlainPort === undefined ? [secure] : [secure, { host, port: mqttPlainPort }];
}
