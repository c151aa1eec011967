/** MQTT 3.1.1 control packets as values; the simulation moves these instead of bytes. */
export const Operation = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
} as const;

export interface Will {
  topic: string;
  payload: Uint8Array;
  QoS: number;
  retain: boolean;
}

export type MqttPacket =
  | {
      operation: typeof Operation.connect;
      clientId: string;
      clean: boolean;
      /** Whole seconds; 0: none. */
      keepAlive: number;
      user?: string;
      password?: string;
      will?: Will;
    }
  | { operation: typeof Operation.connack; returnCode: number }
  | {
      operation: typeof Operation.publish;
      topic: string;
      payload: Uint8Array;
      QoS: number;
      retain: boolean;
      duplicate: boolean;
      id: number;
    }
  | { operation: typeof Operation.subscribe; id: number; items: { topic: string; QoS: number }[] }
  | { operation: typeof Operation.suback; id: number; payload: number[] }
  | { operation: typeof Operation.unsubscribe; id: number; topics: string[] }
  | {
      operation:
        | typeof Operation.puback
        | typeof Operation.unsuback;
      id: number;
    }
  | { operation: typeof Operation.pingreq | typeof Operation.pingresp | typeof Operation.disconnect };

/** How many bytes the UTF-8 of a string takes. */
export function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}

/** The bytes of a fixed header and of `length` bytes after it. */
export function frameLength(length: number): number {
  return 1 + (length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x20_0000 ? 3 : 4) + length;
}

/** Does `filter` (with `+` and `#`) cover `topic`? MQTT 3.1.1 §4.7. */
export function topicMatches(filter: string, topic: string): boolean {
  const wanted = filter.split("/");
  const levels = topic.split("/");
  for (let i = 0; i < wanted.length; i++) {
    if (wanted[i] === "#") return true;
    if (i >= levels.length || (wanted[i] !== "+" && wanted[i] !== levels[i])) return false;
  }
  return wanted.length === levels.length;
}
