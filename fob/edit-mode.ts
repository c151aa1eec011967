import type { GattConnection, GattServer, TimerHandle } from "../firmware/device";
import { concat } from "../protocol/bytes";
import { FOB_ASSIGNMENT_BYTES_MAX, fobAssignmentLength, openFobAssignment, overwrittenButton } from "../protocol/fob-assignment";
import { decodeFobFrame, FOB_CHARACTERISTICS, FOB_RADIO_NAME, FOB_SERVICE } from "../protocol/fob-frame";
import type { FobKeys } from "../protocol/fob-identity";
import { encodeFobReport, FOB_REPORT_BYTES, type FobAnswer } from "../protocol/fob-report";
import { ProtocolError } from "../protocol/protocol-error";
import type { FobDevice } from "./fob-device";
import type { FobMemory } from "./fob-memory";
import { EDIT_MS, EDITED_MS } from "./limits";

export interface EditEvents {
  onStaged(): void;
  onCommitted(): void;
  /** Edit mode is over; called once for each `start`. */
  onEnd(): void;
}

const GENERAL_DISCOVERABLE_NO_CLASSIC = 6; // Core Supplement, Part A, 1.3

/**
 * Edit mode (S6–S8): for a minute the fob can be found, says which one it is, and takes an assignment that its cloud
 * has sealed. In force it comes in a later edit mode than the one in which it was staged, so that a person has held
 * buttons 2 and 4 of this same fob both times.
 */
export class EditMode {
  #device: FobDevice;
  #memory: FobMemory;
  #id: Uint8Array;
  #keys: FobKeys;
  #events: EditEvents;
  #server: GattServer | undefined;
  #ready = false;
  #on = false;
  #done = false;
  #end: TimerHandle | undefined;
  /** Sequence of what was staged in this edit mode. */
  #stagedNow = 0;
  #answers = new Map<GattConnection, FobAnswer>();
  /** An assignment on its way: one at a time, whoever began last. */
  #incoming: { from: GattConnection; bytes: Uint8Array } | undefined;

  constructor(device: FobDevice, memory: FobMemory, id: Uint8Array, keys: FobKeys, events: EditEvents) {
    this.#device = device;
    this.#memory = memory;
    this.#id = id;
    this.#keys = keys;
    this.#events = events;
  }

  get on(): boolean {
    return this.#on;
  }

  /** Whether it has done what it was begun for. */
  get done(): boolean {
    return this.#done;
  }

  /** Begins, or begins anew where it is on. */
  start(): void {
    this.#on = true;
    this.#done = false;
    this.#stagedNow = 0;
    this.#incoming = undefined;
    this.#answers.clear();
    this.#endIn(EDIT_MS);
    if (this.#server === undefined) this.#server = this.#serve();
    else if (this.#ready) this.#advertise();
  }

  stop(): void {
    if (!this.#on) return;
    this.#on = false;
    if (this.#end !== undefined) this.#device.timer.clear(this.#end);
    this.#end = undefined;
    this.#incoming = undefined;
    this.#answers.clear();
    if (this.#ready) this.#server?.stopAdvertising();
    this.#events.onEnd();
  }

  #serve(): GattServer {
    const { server: Server } = this.#device.bluetooth;
    const { edit, report } = FOB_CHARACTERISTICS;
    return new Server({
      services: [
        {
          uuid: FOB_SERVICE,
          characteristics: [
            { uuid: edit, properties: Server.properties.write, onWrite: (value, connection) => this.#write(new Uint8Array(value), connection) },
            { uuid: report, properties: Server.properties.read, onRead: (connection) => this.#report(connection) },
          ],
        },
      ],
      onReady: () => {
        this.#ready = true;
        if (this.#on) this.#advertise();
      },
      onDisconnect: (connection) => {
        this.#answers.delete(connection);
        if (this.#incoming?.from === connection) this.#incoming = undefined;
      },
    });
  }

  #advertise(): void {
    this.#server?.startAdvertising({ flags: GENERAL_DISCOVERABLE_NO_CLASSIC, services: [FOB_SERVICE] }, { name: FOB_RADIO_NAME });
  }

  /** Whoever asks outside edit mode, on a connection that was left open, is told nothing. */
  #report(connection: GattConnection): Uint8Array {
    if (!this.#on) return new Uint8Array(FOB_REPORT_BYTES);
    const { active, staged } = this.#memory;
    let taken = 0;
    for (let button = 0; button < active.buttons.length; button++) if (active.buttons[button] !== undefined) taken |= 1 << button;
    return encodeFobReport(this.#device.hashes, this.#keys, { fob: this.#id, active: active.sequence, staged: staged.sequence, taken, answer: this.#answers.get(connection) ?? "nothing" });
  }

  #write(value: Uint8Array, connection: GattConnection): void {
    if (!this.#on) return;
    let answer: FobAnswer;
    try {
      const frame = decodeFobFrame(value);
      answer = frame.type === "commit" ? this.#commit(frame.sequence) : this.#take(connection, frame.offset, frame.bytes);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#incoming = undefined;
      answer = answerTo(error);
    }
    this.#device.trace(`edit: ${answer}`);
    this.#answers.set(connection, answer);
    if (answer === "staged") this.#events.onStaged();
    if (answer === "committed") this.#committed();
  }

  /** @throws {ProtocolError} as `openFobAssignment` says. */
  #take(from: GattConnection, offset: number, bytes: Uint8Array): FobAnswer {
    const before = offset === 0 ? new Uint8Array(0) : this.#incoming?.from === from ? this.#incoming.bytes : undefined;
    if (before?.length !== offset) throw new ProtocolError("malformed", "another part is next");
    const whole = concat(before, bytes);
    const length = fobAssignmentLength(whole);
    if (whole.length > FOB_ASSIGNMENT_BYTES_MAX || (length ?? 0) > FOB_ASSIGNMENT_BYTES_MAX) throw new ProtocolError("too-large", "assignment");
    if (length === undefined || whole.length < length) {
      this.#incoming = { from, bytes: whole };
      return "nothing";
    }
    this.#incoming = undefined;
    return this.#stage(whole);
  }

  #stage(sealed: Uint8Array): FobAnswer {
    const assignment = openFobAssignment(this.#device.hashes, this.#keys, this.#id, sealed);
    const { active, staged } = this.#memory;
    if (assignment.sequence === active.sequence) return "committed";
    if (assignment.sequence < active.sequence || assignment.sequence < staged.sequence) return "old-assignment";
    if (overwrittenButton(active.buttons, assignment.buttons) !== undefined) return "button-taken";
    if (assignment.sequence > staged.sequence) {
      this.#memory.stage(assignment);
      this.#stagedNow = assignment.sequence;
    }
    return "staged";
  }

  #commit(sequence: number): FobAnswer {
    const { active, staged } = this.#memory;
    if (sequence !== 0 && sequence === active.sequence) return "committed";
    if (sequence === 0 || sequence !== staged.sequence) return "nothing-staged";
    if (sequence === this.#stagedNow) return "hold-again";
    this.#memory.commit();
    return "committed";
  }

  #committed(): void {
    this.#done = true;
    this.#endIn(EDITED_MS);
    this.#events.onCommitted();
  }

  #endIn(milliseconds: number): void {
    if (this.#end !== undefined) this.#device.timer.clear(this.#end);
    this.#end = this.#device.timer.set(() => {
      this.#end = undefined;
      this.stop();
    }, milliseconds);
  }
}

function answerTo({ code }: ProtocolError): FobAnswer {
  if (code === "wrong-target") return "wrong-fob";
  return code === "too-large" || code === "bad-mac" ? code : "malformed";
}
