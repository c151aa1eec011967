import { FOB_ASSIGNMENT_BYTES_MAX } from "../protocol/fob-assignment";
import { U32_MAX } from "../protocol/limits";
import { fromBase64url } from "./base64url";
import { BadAnswer } from "./cloud-answers";

/** The newest assignment of a fob, sealed for it. */
export interface CarriedAssignment {
  sequence: number;
  message: Uint8Array;
}

/** @param json of `POST /api/fobs/{fob}/assignment`. @throws {BadAnswer} */
export function readAssignment(json: unknown): CarriedAssignment {
  const { sequence, message: text } = (typeof json === "object" && json !== null ? json : {}) as { sequence?: unknown; message?: unknown };
  const message = typeof text === "string" ? fromBase64url(text) : undefined;
  if (typeof sequence !== "number" || !Number.isInteger(sequence) || sequence < 1 || sequence > U32_MAX) throw new BadAnswer("sequence");
  if (message === undefined || message.length > FOB_ASSIGNMENT_BYTES_MAX) throw new BadAnswer("message");
  return { sequence, message };
}
