import type { z } from "@hono/zod-openapi";
import { fromHex } from "../../../protocol/bytes";
import { NO_END, OUTPUTS_MAX } from "../../../protocol/profile";
import { DAY_MINUTES } from "../../../protocol/schedule";
import { STRIKE } from "../../access/door-row";
import type { GrantTerms } from "../../access/grant";
import type { Window } from "../../access/window";
import type { NewCredential, NewGrant } from "../../people/give-credential";
import { Refusal } from "../../refusal";
import { DAYS, type CardRequest, type Grant, type PinRequest, type Window as WindowSchema } from "../schemas";

/** Between the API's words and the cloud's numbers. */

export function parseInstant(text: string): number {
  const seconds = Math.floor(Date.parse(text) / 1_000);
  // Where a door's 32 bits end, time does.
  if (!(seconds >= 0 && seconds < NO_END)) throw new Refusal("invalid-request", `${text} is not between 1970 and 2106.`);
  return seconds;
}

export function formatInstant(unixSeconds: number): string {
  return new Date(unixSeconds * 1_000).toISOString().replace(".000Z", "Z");
}

function parseGrant(grant: z.output<typeof Grant>): NewGrant {
  return {
    doors: grant.doors,
    terms: {
      notBefore: grant.notBefore === undefined ? 0 : parseInstant(grant.notBefore),
      notAfter: grant.notAfter === undefined ? NO_END : parseInstant(grant.notAfter),
      windows: grant.windows.map(parseWindow),
      maxUses: grant.uses ?? 0,
    },
    outputs: parseOutputs(grant.outputs),
  };
}

/** @param outputs numbers. @returns bit mask. */
export function parseOutputs(outputs: readonly number[]): number {
  return outputs.reduce((mask, output) => mask | (1 << output), 0);
}

export function parsePin({ grants, secondPin, duressPin }: z.output<typeof PinRequest>): NewCredential {
  return { grants: grants.map(parseGrant), secondPin, duressPin };
}

export function parseCard({ number, ...rest }: z.output<typeof CardRequest>): NewCredential {
  return { ...parsePin(rest), card: fromHex(number)! };
}

export function parseWindow(window: z.output<typeof WindowSchema>): Window {
  const start = minutes(window.start);
  const end = minutes(window.end);
  return {
    days: window.days.reduce((mask, day) => mask | (1 << DAYS.indexOf(day)), 0),
    start,
    end: end > start ? end : end + DAY_MINUTES,
    onHolidays: window.onHolidays,
  };
}

function minutes(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}

export function formatWindow(window: Window): z.output<typeof WindowSchema> {
  return {
    days: DAYS.filter((_, bit) => (window.days >> bit) & 1),
    start: clock(window.start),
    end: window.end === DAY_MINUTES ? "24:00" : clock(window.end % DAY_MINUTES),
    onHolidays: window.onHolidays,
  };
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

/** Terms without what they do not limit. @param outputs bit mask. */
export function formatTerms(terms: GrantTerms, outputs: number): Pick<z.input<typeof Grant>, "notBefore" | "notAfter" | "uses" | "outputs"> & { windows: z.output<typeof WindowSchema>[] } {
  return {
    ...(terms.notBefore > 0 && { notBefore: formatInstant(terms.notBefore) }),
    ...(terms.notAfter !== NO_END && { notAfter: formatInstant(terms.notAfter) }),
    windows: terms.windows.map(formatWindow),
    ...(terms.maxUses > 0 && { uses: terms.maxUses }),
    ...(outputs !== STRIKE && { outputs: Array.from({ length: OUTPUTS_MAX }, (_, output) => output).filter((output) => (outputs >> output) & 1) }),
  };
}
