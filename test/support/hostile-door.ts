import { connect, type Socket } from "node:net";
import { downFilter } from "../../protocol/topics";

/** One MQTT packet (MQTT 3.1.1 §2). */
export function packet(head: number, body: Buffer): Buffer {
  const length: number[] = [];
  for (let left = body.length; ; left >>= 7) {
    length.push(left < 128 ? left : (left & 127) | 128);
    if (left < 128) break;
  }
  return Buffer.concat([Buffer.of(head, ...length), body]);
}

function field(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 255), bytes]);
}

/** MQTT 3.1.1 §3.1, with a keep-alive of a minute. */
export function connectPacket(door: string, password: Buffer): Buffer {
  return packet(0x10, Buffer.concat([field(Buffer.from("MQTT")), Buffer.of(4, 0xc2, 0, 60), field(Buffer.from(door)), field(Buffer.from(door)), field(password)]));
}

export function subscribePacket(filters: readonly string[]): Buffer {
  return packet(0x82, Buffer.concat([Buffer.of(0, 1), ...filters.map((filter) => Buffer.concat([field(Buffer.from(filter)), Buffer.of(0)]))]));
}

export function publishPacket(topic: string, payload: Uint8Array): Buffer {
  return packet(0x30, Buffer.concat([field(Buffer.from(topic)), Buffer.from(payload)]));
}

/** A TCP connection that has sent these bytes. It reads nothing by itself. */
export async function rawDoor(port: number, bytes: Buffer = Buffer.alloc(0)): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => socket.destroy());
  await new Promise<void>((resolve) => {
    socket.once("connect", () => resolve());
    socket.once("close", () => resolve());
  });
  if (bytes.length > 0) socket.write(bytes);
  socket.resume();
  return socket;
}

/** A door that has logged in and subscribed, and then sends these bytes as fast as they are taken. */
export async function hostile(port: number, door: string, bytes: Buffer, password: Buffer): Promise<Socket> {
  const socket = await rawDoor(port, Buffer.concat([connectPacket(door, password), subscribePacket([downFilter(door)])]));
  await new Promise<void>((resolve, reject) => {
    const heard = (chunk: Buffer): void => {
      // CONNACK with 0 (MQTT 3.1.1 §3.2).
      if (chunk[0] !== 0x20 || chunk[3] !== 0) return reject(new Error("not let in"));
      resolve();
    };
    socket.once("data", heard);
    if (socket.closed) reject(new Error("closed"));
    socket.once("close", () => reject(new Error("closed")));
  });
  if (bytes.length > 0) socket.write(bytes);
  return socket;
}
