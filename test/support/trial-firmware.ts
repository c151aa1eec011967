/**
 * A small stand-in for the controller that touches every part of a Device: what the building's plumbing needs to
 * be tested without the rules of a door. Portable, like the real one.
 *
 * It counts its boots in the key-value store and in flash, asks the cloud over HTTP for the broker's port, says
 * "boot N" there on `up/state`, answers each message on `down/…` with its length on `up/echo`, and opens the
 * strike for 300 ms for "12#"; "99#" makes it throw. It says how many bits a Wiegand frame has, and whether any key
 * of a matrix is down.
 */
import type { Device, MatrixReaderWiring, MqttClient, SerialReaderWiring, WiegandReaderWiring } from "../../firmware/device";
import { loadSettings } from "../../firmware/enrolment/settings";
import { ascii } from "../../protocol/bytes";

export function startTrialFirmware(device: Device): void {
  const boots = countBoot(device);
  device.trace(`boot ${boots}`);
  const { Digital } = device.io;
  const reader = device.readers[0] as SerialReaderWiring;
  const strike = new Digital({ pin: device.outputs[0].pin, mode: Digital.Output });
  const led = new Digital({ pin: reader.led as number, mode: Digital.Output });
  const contact = new Digital({
    pin: device.pin.contact,
    mode: Digital.Input,
    edge: Digital.Rising | Digital.Falling,
    onReadable: () => device.trace(`leaf ${contact.read() ? "closed" : "open"}`),
  });
  const open = (): void => {
    strike.write(1);
    led.write(1);
    const cleared = device.timer.set(() => device.trace("a cleared timer ran"), 10);
    device.timer.clear(cleared);
    const start = device.ticks();
    device.timer.set(() => {
      strike.write(0);
      led.write(0);
      device.trace(`strike was open ${(device.ticks() - start) | 0} ms`);
    }, 300);
  };
  new Digital({ pin: device.pin.requestToExit, mode: Digital.InputPullUp, edge: Digital.Falling, onReadable: open });
  new Digital({ pin: device.pin.service as number, mode: Digital.InputPullUp, edge: Digital.Falling, onReadable: () => device.trace("service button") });
  let typed = "";
  const keypad = new reader.io({
    ...reader,
    format: "number",
    onReadable: () => {
      for (let byte = keypad.read(); byte !== undefined; byte = keypad.read()) typed += String.fromCharCode(byte);
      if (!typed.endsWith("#")) return;
      const pin = typed;
      typed = "";
      if (pin === "99#") throw new Error("firmware bug");
      if (pin === "12#") open();
      else device.trace("denied");
    },
  });
  for (const other of device.readers.slice(1)) {
    if (other.kind === "wiegand") listenToWiegand(device, other);
    else if (other.kind === "matrix") listenToMatrix(device, other);
  }
  askForPort(device, (host, port) => connect(device, host, port, boots));
}

function listenToWiegand(device: Device, { io: Wiegand, ...options }: WiegandReaderWiring): void {
  const wiegand = new Wiegand({
    ...options,
    onReadable: (count) => {
      const frame = wiegand.read();
      device.trace(`${count} frame of ${frame?.bits} bits in ${frame?.data.length} bytes, then ${wiegand.read()?.bits}`);
    },
  });
}

function listenToMatrix(device: Device, { io: Bank, rows, columns }: MatrixReaderWiring): void {
  const mask = (pins: readonly number[]): number => pins.reduce((bits, pin) => bits | (1 << pin), 0);
  new Bank({ pins: mask(rows), mode: Bank.OutputOpenDrain }).write(0);
  const pins = mask(columns);
  const bank = new Bank({
    pins,
    mode: Bank.InputPullUp,
    falls: pins,
    onReadable: (triggers) => device.trace(`column ${triggers} falls, ${bank.read() === pins ? "and rises" : "and is low"}`),
  });
}

function countBoot(device: Device): number {
  const store = device.keyValue.open({ path: "latchkey", format: "buffer" });
  const kept = store.read("boots");
  const boots = (kept ? new Uint8Array(kept)[0] : 0) + 1;
  store.write("boots", Uint8Array.of(boots));
  const flash = device.flash.open({ path: "latchkey" });
  if (boots === 1) flash.eraseBlock(0);
  flash.write(new Uint8Array(16).fill(boots), 16 * boots);
  const digest = device.hashes.sha256(new Uint8Array(flash.read(16, 16)));
  device.trace(`flash ${new Uint8Array(flash.read(16, 16 * boots))[3]} of ${flash.status().blocks > 0}, hash ${digest[0]}`);
  return boots;
}

function askForPort(device: Device, onPort: (host: string, port: number) => void): void {
  const settings = loadSettings(device.keyValue.open({ path: "latchkey", format: "buffer" }));
  if (!settings) return device.trace("no settings");
  const { http } = device.network;
  const { cloudHost: host, cloudPort } = settings;
  let answer = "";
  const again = (): void => void device.timer.set(() => askForPort(device, onPort), 200);
  const client = new http.io({ ...http, host, port: cloudPort, onError: again });
  const body = ascii("hello");
  client.request({
    method: "POST",
    path: "/where",
    headers: new Map([["content-length", String(body.length)]]),
    onWritable(count) {
      this.write(body.slice(0, count));
    },
    onHeaders: (status, headers) => device.trace(`HTTP ${status} ${headers.get("x-trial")}`),
    onReadable(count) {
      for (const byte of new Uint8Array(this.read(count) as ArrayBuffer)) answer += String.fromCharCode(byte);
    },
    onDone(error) {
      if (error) return;
      client.close();
      onPort(host, Number(answer));
    },
  });
}

function connect(device: Device, host: string, port: number, boots: number): void {
  const { mqtt } = device.network;
  const Client = mqtt.io;
  let incoming = 0;
  let topic: string | undefined;
  const client: MqttClient = new Client({
    ...mqtt,
    host,
    port,
    id: "door",
    user: "door",
    password: "secret",
    keepAlive: 1_000,
    will: { topic: "up/state", message: ascii("gone").buffer as ArrayBuffer, QoS: 1, retain: true },
    onControl: ({ operation, id }) => {
      if (operation === Client.CONNACK) client.write(null, { operation: Client.SUBSCRIBE, items: [{ topic: "down/#", QoS: 1 }] });
      else if (operation === Client.SUBACK) client.write(ascii(`boot ${boots}`), { topic: "up/state", QoS: 1, id: 7, retain: true });
      else if (operation === Client.PUBACK) device.trace(`acknowledged ${id}`);
    },
    onReadable: (count, options) => {
      topic = options.topic ?? topic;
      incoming += (client.read(count) as ArrayBuffer).byteLength;
      if (options.more) return;
      client.write(ascii(`${topic} ${incoming}`), { topic: "up/echo" });
      incoming = 0;
    },
    onError: () => {
      device.trace("offline");
      device.timer.set(() => connect(device, host, port, boots), 100);
    },
  });
}
