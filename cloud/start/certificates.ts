import type { Logger } from "pino";
import { RenewedCertificate } from "../network/renewed-certificate";
import type { Settings } from "../settings";

/** The certificates that this cloud shows: at HTTP, at MQTT, often the same one. */
export interface Certificates {
  http: RenewedCertificate | undefined;
  mqtt: RenewedCertificate | undefined;
  /** Looks whether they have been renewed. @param now Unix seconds. */
  look(now: number): void;
}

/** @throws StartupError in one line where one cannot be used. */
export function openCertificates({ tls, mqttTls }: Pick<Settings, "tls" | "mqttTls">, log: Logger): Certificates {
  const http = tls && new RenewedCertificate(tls, log);
  const same = mqttTls !== undefined && mqttTls.certificateFile === tls?.certificateFile && mqttTls.keyFile === tls.keyFile;
  const mqtt = same ? http : mqttTls && new RenewedCertificate(mqttTls, log);
  return {
    http,
    mqtt,
    look(now) {
      http?.look(now);
      if (mqtt !== http) mqtt?.look(now);
    },
  };
}
