/**
 * A small stand-in for the controller that touches what a board is besides a door: console, watchdog, image slots,
 * restarts. At its console, "memory" tells its heap, "image" writes one and "restart" starts it, "confirm" keeps it,
 * "starve" feeds the watchdog no more; it echoes each line. Portable.
 */
import type { Device } from "../../firmware/device";

export function startTrialLife(device: Device): void {
  const { console: wiring, system, watchdog, update } = device;
  if (wiring === undefined || system === undefined || watchdog === undefined || update === undefined) throw new Error("not all there");
  let fed = true;
  const feed = (): void => {
    if (fed) watchdog.feed();
    device.timer.set(feed, 50);
  };
  feed();
  const { io: Port, ...options } = wiring;
  let line = "";
  let writable = 0;
  const answer = (): void => {
    const words = line;
    line = "";
    for (let i = 0; i < words.length && writable > 0; i++, writable--) port.write(words.charCodeAt(i));
    if (words === "memory") device.trace(`memory ${system.memoryUse().chunkBytes}`);
    else if (words === "image") {
      const image = new Uint8Array(5_000).fill(1);
      image.set([0, 0, 0, 9]);
      const writer = update.begin(image.length);
      writer.write(image.subarray(0, 4_096));
      writer.write(image.subarray(4_096));
      writer.complete();
      device.trace("whole");
    } else if (words === "abort") {
      update.begin(10).abort();
      device.trace("aborted");
    } else if (words === "confirm") {
      update.confirm();
      device.trace("confirmed");
    } else if (words === "starve") fed = false;
    else if (words === "restart") system.restart();
  };
  const port = new Port({
    ...options,
    format: "number",
    onReadable: () => {
      for (let byte = port.read(); byte !== undefined; byte = port.read()) {
        if (byte === 13) answer();
        else line += String.fromCharCode(byte);
      }
    },
    onWritable: (count) => (writable = count),
  });
  // Last of all: whoever waits for this may type.
  device.trace(`image ${update.version}${update.onTrial ? " on trial" : ""}, ${update.rolledBack ?? "none"} failed, target ${update.target[0]}, key ${update.imageKey.length}, ${system.resetReason}`);
}
