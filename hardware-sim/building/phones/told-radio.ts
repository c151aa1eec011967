import type { DoorConnection, DoorRadio } from "../../../phone/door-radio";

/** A radio of which is told what goes over it. What couriers carry is told as often as the phone says something. */
export function toldRadio(radio: DoorRadio, tell: (text: string) => void): DoorRadio {
  return {
    connect: async (door, signal) => {
      const connection = await radio.connect(door, signal);
      tell("connected");
      return toldConnection(connection, tell);
    },
  };
}

function toldConnection(connection: DoorConnection, tell: (text: string) => void): DoorConnection {
  return {
    read: async (characteristic) => {
      const value = await connection.read(characteristic);
      if (characteristic !== "courier") tell(`gives ${characteristic}, ${value.length} bytes`);
      return value;
    },
    write: async (characteristic, value) => {
      tell(`gets ${characteristic === "courier" ? "courier frame" : characteristic}, ${value.length} bytes`);
      await connection.write(characteristic, value);
    },
    close: () => {
      tell("disconnected");
      connection.close();
    },
  };
}
