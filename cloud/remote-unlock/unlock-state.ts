import { ReplyStatus } from "../../protocol/command";
import { UNLOCK_ASK_SECONDS, UNLOCK_REPLY_SECONDS } from "../limits";
import type { RemoteUnlockRow } from "../store/rows/door-rows";
import type { UnlockDenial } from "./decide-unlock";

export type UnlockState = RemoteUnlockRow["state"];

/** How an unlock ended. */
export type UnlockOutcome =
  | { state: "opened" }
  | { state: "denied"; reason: UnlockDenial }
  /** It was connected, or seemed to be; nothing that opens anything has left. */
  | { state: "offline" }
  | { state: "busy" }
  /** Whether it has opened nobody knows where the command has left. */
  | { state: "timed-out"; mayHaveOpened: boolean };

type Times = Pick<RemoteUnlockRow, "state" | "created_at" | "sent_at" | "may_have_opened">;

export function isUnderWay({ state }: Pick<RemoteUnlockRow, "state">): boolean {
  return state === "asking" || state === "sent";
}

/**
 * Whether the command may still leave: not once whoever wanted it has stood before the door for so long. That rule
 * holds in every process that could send it, so that one who finds it broken knows that nothing leaves any more.
 */
export function maySend({ state, created_at }: Times, now: number): boolean {
  return state === "asking" && now <= created_at + UNLOCK_ASK_SECONDS;
}

/**
 * Unix seconds from which nobody need wait for an answer: no command leaves any more, or the door would no longer take
 * the one that has left. Also true of what another process left behind when it died.
 */
export function overAt({ state, created_at, sent_at }: Times): number {
  return state === "asking" ? created_at + UNLOCK_ASK_SECONDS + 1 : (sent_at ?? created_at) + UNLOCK_REPLY_SECONDS;
}

/** What becomes of one that is over. */
export function whenOver({ state }: Times): UnlockOutcome {
  return { state: "timed-out", mayHaveOpened: state === "sent" };
}

/**
 * What a door's answer says. An unlock is done or refused once only, since its nonce is taken back then: both are
 * believed whenever they come, also after the time was up. That it does not know a nonce proves nothing of that kind:
 * whoever doubles a command and keeps the first answer back would have it said of a door that has opened.
 * @returns undefined: nothing that was not known.
 */
export function afterReply(row: Times, reply: Exclude<ReplyStatus, typeof ReplyStatus.nonce>): UnlockOutcome | undefined {
  const { state } = row;
  if (state === "asking") return reply === ReplyStatus.busy ? { state: "busy" } : undefined;
  if (state !== "sent" && !isInDoubt(row)) return undefined;
  if (reply === ReplyStatus.done) return { state: "opened" };
  if (reply === ReplyStatus.refused) return { state: "denied", reason: "refused-by-door" };
  return state === "sent" ? whenOver(row) : undefined;
}

/**
 * The door's own log has an opening by this request. A door writes that down before the strike moves, and sends it
 * afterwards: only where it started anew just then nobody knows whether it came to that.
 * @param restarted whether its next record is of a start.
 */
export function afterEvent(row: Times, restarted: boolean): UnlockOutcome | undefined {
  if (restarted) return undefined;
  return row.state === "sent" || isInDoubt(row) ? { state: "opened" } : undefined;
}

function isInDoubt({ state, may_have_opened }: Times): boolean {
  return state === "timed-out" && may_have_opened === 1;
}
