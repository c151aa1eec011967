import { X509Certificate } from "node:crypto";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createSecureContext, TLSSocket, type SecureContext } from "node:tls";
import { TLS_FRAGMENT_BYTES } from "../limits";
import type { Certificate } from "../network/certificate";
import type { ConnectionGuard } from "../network/connection-guard";
import { beforeLogin } from "./door-allowances";
import { doorOfCertificate } from "./door-certificate";
import { DoorStream } from "./door-stream";

/** Where doors connect to. */
export interface MqttAddress {
  host: string;
  /** 0 = any free one. */
  port: number;
  /** MQTT over TLS 1.2 or 1.3 then, and nothing else at this port. */
  certificate?: Certificate | undefined;
  /** PEM of CAs whose client certificates name doors. */
  clientAuthorities?: readonly string[] | undefined;
}

/** Whoever is at the other end. */
export interface Peer {
  readonly address: string;
  /** A door has logged in from there before. */
  readonly known: boolean;
  /** It has logged in. */
  proved(): void;
  readonly hasProved: boolean;
  /** Which door its certificate names, once TLS stands; undefined without one that counts. */
  doorOfCertificate(): string | undefined;
}

/** One TCP port for MQTT, over TLS where it has a certificate. Whoever gets through speaks to `onConnection`. */
export class MqttListener {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #guard: ConnectionGuard;
  readonly #onConnection: (stream: DoorStream, peer: Peer) => void;
  readonly #onRefused: (address: string) => void;
  readonly #authorities: readonly X509Certificate[];
  readonly #authorityTexts: readonly string[];
  #context: SecureContext | undefined;

  private constructor(address: MqttAddress, guard: ConnectionGuard, onConnection: (stream: DoorStream, peer: Peer) => void, onRefused: (address: string) => void) {
    this.#guard = guard;
    this.#onConnection = onConnection;
    this.#onRefused = onRefused;
    this.#authorityTexts = address.clientAuthorities ?? [];
    this.#authorities = this.#authorityTexts.map((text) => new X509Certificate(text));
    if (address.certificate !== undefined) this.useCertificate(address.certificate);
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  /**
   * @param onRefused somebody sent what no door sends.
   * @throws as `listen` of node:net, e.g. EADDRINUSE.
   */
  static async start(address: MqttAddress, guard: ConnectionGuard, onConnection: (stream: DoorStream, peer: Peer) => void, onRefused: (address: string) => void): Promise<MqttListener> {
    const listener = new MqttListener(address, guard, onConnection, onRefused);
    await new Promise<void>((resolve, reject) => {
      listener.#server.once("error", reject);
      listener.#server.listen(address.port, address.host, resolve);
    });
    return listener;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** For connections from now on. */
  useCertificate({ cert, key }: Certificate): void {
    const ca = [...this.#authorityTexts];
    this.#context = createSecureContext({ cert, key, minVersion: "TLSv1.2", honorCipherOrder: true, sessionIdContext: "latchkey-mqtt", ...(ca.length > 0 && { ca }) });
  }

  /** No more come in. Resolves when the last one has gone. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #accept(socket: Socket): void {
    const address = socket.remoteAddress ?? "";
    socket.on("error", () => socket.destroy());
    const admission = this.#guard.admit(socket);
    if (admission === undefined) return;
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    const secured = this.#context === undefined ? undefined : this.#secure(socket, this.#context);
    const stream = new DoorStream(secured ?? socket, beforeLogin(), () => this.#onRefused(address));
    const authorities = this.#authorities;
    let hasProved = false;
    this.#onConnection(stream, {
      address,
      known: admission.known,
      proved: () => {
        hasProved = true;
        admission.proved();
      },
      get hasProved() {
        return hasProved;
      },
      doorOfCertificate: () => {
        const shown = authorities.length === 0 ? undefined : secured?.getPeerX509Certificate();
        return shown && doorOfCertificate(shown, authorities, Date.now());
      },
    });
  }

  /** Not by tls.Server, which lets the size of records be set only after the handshake. */
  #secure(socket: Socket, secureContext: SecureContext): TLSSocket {
    const secured = new TLSSocket(socket, { isServer: true, secureContext, requestCert: this.#authorities.length > 0, rejectUnauthorized: false });
    secured.setMaxSendFragment(TLS_FRAGMENT_BYTES);
    return secured;
  }
}
