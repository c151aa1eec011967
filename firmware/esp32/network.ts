/// <reference path="../typings/tls.d.ts" />
import TLSSocket from "embedded:io/socket/tcp/tls";
import type UDP from "embedded:io/socket/udp";
import Resolver from "embedded:network/dns/resolver/udp";
import HTTPClient from "embedded:network/http/client";
import MQTTClient from "embedded:network/mqtt/client";
import RNG from "rng";
import Certificates from "ssl/cert";
import Handshake from "ssl/handshake";
import Timer from "timer";
import type { Device, HttpClient, HttpClientConstructor, HttpRequest, HttpRequestOptions, MqttClientConstructor } from "../device";
import type { IoGuard } from "./io-guard";
import type { SystemClock } from "./system-clock";

/** What a record of TLS may hold (RFC 6066 §4): it lies in the JavaScript heap as a whole, twice while it is opened. */
const FRAGMENT_BYTES = 4_096;
/** Until the next attempt is asked for, where none can be made: no clock yet, no CA. */
const REFUSAL_MS = 1_000;

export interface NetworkOptions {
  guard: IoGuard;
  /** IPv4 addresses; none are asked where hosts are addresses. */
  dnsServers: readonly string[];
  tls: TlsOptions | "plain";
}
export interface TlsOptions {
  /** The one CA that is believed, DER; undefined: none has been given, and nothing is connected. */
  ca: ArrayBuffer | undefined;
  clock: SystemClock;
}

/** Where a name's address is asked for. */
export function makeDns(dnsServers: readonly string[], guard: IoGuard): { io: typeof Resolver; servers: string[]; socket: { io: typeof UDP } } {
  return { io: Resolver, servers: [...dnsServers], socket: { io: guard.udp() } };
}

/**
 * The SDK's MQTT and HTTP clients, over TLS 1.2 with one CA, or over plain TCP for a bench and a closed network.
 * @throws Error where the build has the SDK's own checks of certificates, which anybody can pass.
 */
export function makeNetwork({ guard, dnsServers, tls }: NetworkOptions): Device["network"] {
  requireOwnTls();
  // Without nodelay a receipt of two segments waits for the other end's delayed acknowledgement, 40 ms and more.
  const tcp = { io: guard.tcp(), nodelay: true };
  // No resumption: the server proves its key anew each time.
  const secure = tls === "plain" ? undefined : { certificate: tls.ca, tls_max_fragment_length: FRAGMENT_BYTES, cache: false };
  const provided = { dns: makeDns(dnsServers, guard), socket: secure === undefined ? tcp : { io: TLSSocket, TCP: tcp, nodelay: true, secure } };
  const mayConnect = (): boolean => {
    if (tls === "plain") return true;
    tls.clock.seek();
    return tls.clock.ready && tls.ca !== undefined;
  };
  return {
    mqtt: { io: guardedMqtt(guard, mayConnect), ...provided },
    http: { io: guardedHttp(guard, mayConnect), ...provided },
  };
}

/** manifest.json puts modules of firmware/esp32/tls in the place of the SDK's; a build that lost them must not run. */
function requireOwnTls(): void {
  if (Certificates.isLatchkeys !== true || Handshake.isLatchkeys !== true || RNG.isLatchkeys !== true) throw new Error("tls: not the checks of firmware/esp32/tls");
}

// The typings of both clients are looser than what they do (firmware/device.ts has that).
const MqttOverTcp = MQTTClient as unknown as MqttClientConstructor;
const HttpOverTcp = HTTPClient as unknown as HttpClientConstructor;

function guardedMqtt(guard: IoGuard, mayConnect: () => boolean): MqttClientConstructor {
  return class extends MqttOverTcp {
    constructor(options: ConstructorParameters<MqttClientConstructor>[0]) {
      const own = guard.ownAll(options);
      super(mayConnect() ? own : unreachable(own));
    }
  };
}

function guardedHttp(guard: IoGuard, mayConnect: () => boolean): HttpClientConstructor {
  return class extends HttpOverTcp implements HttpClient {
    constructor(options: ConstructorParameters<HttpClientConstructor>[0]) {
      const own = guard.ownAll(options);
      super(mayConnect() ? own : unreachable(own));
    }
    override request(options: HttpRequestOptions): HttpRequest {
      return super.request(guard.ownAll(options));
    }
  };
}

/** The same connection, but a name service that knows nobody: the client fails in its usual way, a little later. */
function unreachable<T extends object>(options: T): T {
  return { ...options, dns: { io: NoResolver } };
}

class NoResolver {
  resolve({ onError }: { onError(error: unknown): void }): void {
    Timer.set(() => onError(new Error("no clock or no CA yet")), REFUSAL_MS);
  }
  close(): void {}
}
