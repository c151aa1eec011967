import type { Device } from "../../../firmware/device";
import type { BoardSession } from "../../board-session";
import { httpClientClass } from "../../ecma-http-client";
import { mqttClientClass } from "../../ecma-mqtt-client";
import type { BoardNetwork } from "../../board-network";
import { Cable } from "./cable";
import { performHttp } from "./http-exchange";
import { MqttConnection, type MqttCarrier, type MqttTraffic } from "./mqtt-connection";

export interface SocketNetworkOptions {
  /** TLS towards the cloud. */
  secure: boolean;
  /** DER of the CA that the board was given, as it starts; undefined: the PC's authorities count. */
  ca?: () => Uint8Array | undefined;
  onTraffic?: (message: MqttTraffic) => void;
  /** Default: every message passes at once. */
  carry?: MqttCarrier;
  onRequest?: (method: string, path: string, status: number | undefined) => void;
  /** The door's MQTT client is connected, or not any more. */
  onLink?: (connected: boolean) => void;
}

/** A board's place in the real network: MQTT and HTTP of ECMA-419's shape over the PC's sockets. */
export class SocketNetwork implements BoardNetwork {
  readonly #cable = new Cable();
  #options: SocketNetworkOptions;

  constructor(options: SocketNetworkOptions) {
    this.#options = options;
  }

  get plugged(): boolean {
    return this.#cable.plugged;
  }

  setPlugged(plugged: boolean): void {
    this.#cable.setPlugged(plugged);
  }

  attach(session: BoardSession): Device["network"] {
    const { secure, ca, onTraffic, carry, onRequest, onLink } = this.#options;
    const tls = secure ? { ca: ca?.() } : undefined;
    session.onEnd(() => this.#cable.goDark());
    return {
      mqtt: {
        io: mqttClientClass(session, (mqtt, events) => {
          const open = () => this.#cable.open(mqtt.host, mqtt.port ?? (secure ? 8883 : 1883), tls);
          const forget = session.onEnd(() => connection.close());
          const connection: MqttConnection = new MqttConnection(
            { open, onClosed: forget, ...(onTraffic && { onTraffic }), ...(carry && { carry }), ...(onLink && { onLink }) },
            events,
          );
          return connection;
        }),
      },
      http: {
        io: httpClientClass(session, (exchange, events) => {
          const { host, port, method, path } = exchange;
          return performHttp(() => this.#cable.open(host, port, tls), exchange, {
            ...events,
            onHead: (status, headers) => {
              onRequest?.(method, path, status);
              events.onHead(status, headers);
            },
            onError: () => {
              onRequest?.(method, path, undefined);
              events.onError();
            },
          });
        }),
      },
    };
  }

  close(): void {
    this.#cable.close();
  }
}
