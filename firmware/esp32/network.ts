import TCP from "embedded:io/socket/tcp";
import UDP from "embedded:io/socket/udp";
import Resolver from "embedded:network/dns/resolver/udp";
import HTTPClient from "embedded:network/http/client";
import MQTTClient from "embedded:network/mqtt/client";
import type { Device, HttpClientConstructor, MqttClientConstructor } from "../device";

/**
 * The SDK's MQTT and HTTP clients over plain TCP. Fit for a bench and a closed network only: TLS with the cloud's
 * CA takes its place with the rest of the board (`socket: { io: TLSSocket, TCP: { io: TCP }, secure }`).
 * @param dnsServers IPv4 addresses; none are asked where hosts are addresses.
 */
export function plainNetwork(dnsServers: readonly string[]): Device["network"] {
  const dns = { io: Resolver, servers: [...dnsServers], socket: { io: UDP } };
  // Without it a receipt of two segments waits for the other end's delayed acknowledgement, 40 ms and more.
  const socket = { io: TCP, nodelay: true };
  return {
    // The typings of both clients are looser than what they do (firmware/device.ts has that).
    mqtt: { io: MQTTClient as unknown as MqttClientConstructor, dns, socket },
    http: { io: HTTPClient as unknown as HttpClientConstructor, dns, socket },
  };
}
