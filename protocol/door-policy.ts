import { type CborReader, type CborWriter } from "./cbor";
import { PIN_DIGITS_MAX, PIN_DIGITS_MIN, SCHEDULE_RULES_MAX, UNLOCK_SECONDS_MAX } from "./limits";
import { HolderClass, OUTPUTS_MAX } from "./profile";
import { ProtocolError } from "./protocol-error";

/** How a door behaves, apart from who may open it. In the manifest; a delta may replace it. */
export interface DoorPolicy {
  /** How long output 0, the strike, stays open: 1 to 60 s. */
  unlockSeconds: number;
  /** Classes whose rights end without a current lease (X3): bit mask, bit = class. */
  leasedClasses: number;
  /** Length of the PINs typed here; the door decides after so many digits or at `#`. */
  pinDigits: number;
  /** Seconds of outputs 1, 2 and 3, at most 60; 0 = as long as output 0. */
  outputSeconds: readonly number[];
  /** First schedule rule of the door's own hours (N16), or NO_HOURS. */
  hoursRule: number;
  /** Classes whose grant begins the door's hours: bit mask; 0 = they begin by the clock alone. */
  firstInClasses: number;
  /** PINs are typed after a unit number: the keypad takes unit, `#`, PIN (kind `unitPin`). */
  unitNumbers: boolean;
}

export const NO_HOURS = 0xffff;

export const DEFAULT_LEASED_CLASSES = (1 << HolderClass.guest) | (1 << HolderClass.staff);

/** A door of which nobody has said anything. */
export const DEFAULT_POLICY: DoorPolicy = {
  unlockSeconds: 5,
  leasedClasses: DEFAULT_LEASED_CLASSES,
  pinDigits: 6,
  outputSeconds: [0, 0, 0],
  hoursRule: NO_HOURS,
  firstInClasses: 0,
  unitNumbers: false,
};

/** @param output 0 to 3. @returns how long it stays open. */
export function unlockSecondsOf(policy: DoorPolicy, output: number): number {
  return (output === 0 ? 0 : policy.outputSeconds[output - 1]) || policy.unlockSeconds;
}

/** Optional fields that say nothing are left out (SPEC 2). */
export function encodePolicy(writer: CborWriter, policy: DoorPolicy): void {
  const timed = policy.outputSeconds.some((seconds) => seconds > 0);
  const hours = policy.hoursRule !== NO_HOURS;
  writer.map(3 + Number(timed) + Number(hours) + Number(policy.firstInClasses > 0) + Number(policy.unitNumbers));
  writer.unsigned(1).unsigned(policy.unlockSeconds).unsigned(2).unsigned(policy.leasedClasses).unsigned(3).unsigned(policy.pinDigits);
  if (timed) writer.unsigned(4).bytes(Uint8Array.from(policy.outputSeconds));
  if (hours) writer.unsigned(5).unsigned(policy.hoursRule + 1);
  if (policy.firstInClasses > 0) writer.unsigned(6).unsigned(policy.firstInClasses);
  if (policy.unitNumbers) writer.unsigned(7).unsigned(1);
}

/** @throws {ProtocolError} `malformed`, `too-large`. */
export function decodePolicy(reader: CborReader): DoorPolicy {
  const map = reader.map();
  const unlockSeconds = map.unsigned(1, UNLOCK_SECONDS_MAX);
  const leasedClasses = map.unsigned(2, CLASSES);
  const pinDigits = map.unsigned(3, PIN_DIGITS_MAX);
  const outputSeconds = map.optionalBytes(4, OUTPUTS_MAX - 1);
  const hours = map.optionalUnsigned(5, SCHEDULE_RULES_MAX);
  const firstInClasses = map.optionalUnsigned(6, CLASSES);
  const unitNumbers = map.optionalUnsigned(7, 1) === 1;
  map.end();
  if (unlockSeconds < 1 || pinDigits < PIN_DIGITS_MIN) throw new ProtocolError("malformed", "policy");
  return {
    unlockSeconds,
    leasedClasses,
    pinDigits,
    outputSeconds: outputSeconds.length === 0 ? NO_SECONDS : checkSeconds(outputSeconds),
    hoursRule: hours === 0 ? NO_HOURS : hours - 1,
    firstInClasses,
    unitNumbers,
  };
}

const CLASSES = 7;
const NO_SECONDS: readonly number[] = [0, 0, 0];

function checkSeconds(bytes: Uint8Array): readonly number[] {
  const seconds = [bytes[0], bytes[1], bytes[2]];
  const sound = bytes.length === OUTPUTS_MAX - 1 && seconds.every((each) => each <= UNLOCK_SECONDS_MAX) && seconds.some((each) => each > 0);
  if (!sound) throw new ProtocolError("malformed", "seconds of the outputs");
  return seconds;
}
