import { Refusal } from "../refusal";
import type { IdentifierKind } from "../store/rows/account-rows";

export type ChannelName = "email" | "sms";

/**
 * How messages leave: `outbox` keeps them for GET /messages (the default set-up for e-mail), `sender` hands them to a
 * server, `none` is no way at all (A3).
 */
export interface Channels {
  email: "outbox" | "sender";
  sms: "none" | "outbox" | "sender";
}

export function channelOf(kind: IdentifierKind): ChannelName {
  return kind === "email" ? "email" : "sms";
}

/** A3: whether anything can be sent to phones; pages say so where it cannot. */
export function sendsTexts(channels: Channels): boolean {
  return channels.sms !== "none";
}

/** @throws {Refusal} `no-text-messages`: a phone number, and nothing here sends to phones (A3). */
export function requireChannel(channels: Channels, kind: IdentifierKind): void {
  if (kind === "phone" && !sendsTexts(channels)) throw new Refusal("no-text-messages", "This site sends no text messages: use an e-mail address.");
}
