import type { Reason } from "../protocol/decision";
import { ProtocolError } from "../protocol/protocol-error";
import { carryAround, type CarryMeans } from "./carry-around";
import { RadioError } from "./door-radio";
import type { DoorVisit } from "./door-visit";
import { AT_DOOR_REQUEST_MS, BRING_NEWS_MS } from "./limits";
import type { UnlockFailure, UnlockOutcome, UnlockProgress } from "./outcome";
import { Unawaited, type PhoneClock } from "./phone-clock";
import type { RequestBounds } from "./phone-cloud";
import type { PhoneStore } from "./phone-store";

export interface UnlockMeans extends CarryMeans {
  store: PhoneStore;
  /** Fetches keys and handles anew. */
  refill: (bounds: RequestBounds) => Promise<unknown>;
  onProgress: (progress: UnlockProgress) => void;
  clock: PhoneClock;
  /** Where no key has opened this door yet and its list is older than what the phone brings, it says so first. */
  introduces: boolean;
}

type Attempt = { opened: true; seconds: number } | { opened: false; why: UnlockFailure } | "introduced";

/** What another key of the same phone, or news for the door, does not change. */
const SETTLED: ReadonlySet<UnlockFailure> = new Set<UnlockFailure>(["second-credential-needed", "locked-out"]);
const OF_THE_DOOR: ReadonlySet<UnlockFailure> = new Set<UnlockFailure>(["second-credential-needed", "locked-out", "locked-down"]);

/**
 * One tap on an open connection: asks with each key that may open and, where the door refuses and news may change its
 * mind, brings it what the phone carries and asks once more.
 * @param outputs mask, 0 = all that the holder may open.
 * @throws as `DoorVisit.ask`.
 */
export async function unlockDoor(visit: DoorVisit, outputs: number, means: UnlockMeans): Promise<UnlockOutcome> {
  means.onProgress("asking");
  let attempt = await attemptWithEachKey(visit, outputs, means, means.introduces);
  if (attempt !== "introduced" && (attempt.opened || !(await isWorthAnother(attempt.why, visit, means)))) return { ...attempt, broughtNews: false };
  let broughtNews = false;
  if (attempt === "introduced" || attempt.why !== "not-recognised") {
    means.onProgress("bringing-news");
    broughtNews = await bringNews(visit, means);
    if (!broughtNews && attempt !== "introduced") return { ...attempt, broughtNews };
  }
  means.onProgress("trying-again");
  attempt = await attemptWithEachKey(visit, outputs, means, false);
  if (attempt === "introduced") throw new Error("introduced once only");
  return { ...attempt, broughtNews };
}

async function attemptWithEachKey(visit: DoorVisit, outputs: number, { store, bag, signal }: UnlockMeans, introduces: boolean): Promise<Attempt> {
  const door = (await store.read("doors", visit.door.door)) ?? visit.door;
  const { version } = await bag.forDoor(door.property, door.door);
  const opening = door.keys.map((key, place) => ({ key, place })).filter(({ key }) => key.opens);
  const fitting = opening.filter(({ key }) => (key.outputs & outputs) === outputs);
  let failure: UnlockFailure | undefined;
  // Where the phone believes that none fits, the door may know better.
  for (const { place } of fitting.length > 0 ? fitting : opening) {
    const answer = await visit.ask(place, ({ listVersion }) => (introduces && !door.known && version > listVersion ? "carry" : { unlock: outputs }), signal);
    if (answer === undefined) continue;
    if (!answer.proved) return { opened: false, why: answer.why === "forged" ? "forged" : "not-recognised" };
    if (answer.status === "carry") {
      visit.introduced = true;
      return "introduced";
    }
    if (answer.status === "granted") {
      if (!door.known) await store.change("doors", door.door, (now) => now && { ...now, known: true });
      return { opened: true, seconds: answer.seconds };
    }
    failure = moreTelling(failure, answer.status);
    if (OF_THE_DOOR.has(failure)) break;
  }
  return { opened: false, why: failure ?? (opening.length === 0 ? "carries-only" : "handles-used-up") };
}

/** Of the refusals of several keys: that one is too early says more than that another is unknown. */
function moreTelling(before: UnlockFailure | undefined, now: Exclude<Reason, "granted">): UnlockFailure {
  return before === undefined || before === "unknown-credential" ? now : before;
}

/** Whether there may be news for the door that changes its answer; fetches it where the phone is online. */
async function isWorthAnother(why: UnlockFailure, visit: DoorVisit, { bag, refill, online, signal }: UnlockMeans): Promise<boolean> {
  const bounds = { milliseconds: AT_DOOR_REQUEST_MS, signal };
  if (why === "not-recognised") {
    // The challenge was too old by the time the door had the answer, or the door has had a new key since it was claimed again.
    if (online()) await refill(bounds);
    return true;
  }
  const { challenge } = visit;
  if (!visit.mayCarry || challenge === undefined || SETTLED.has(why)) return false;
  const { property, door } = visit.door;
  const isNewer = async (): Promise<boolean> => (await bag.forDoor(property, door)).version > challenge.listVersion;
  if (await isNewer()) return true;
  if (!challenge.offline) return false;
  if (online()) await bag.refresh(property, bounds);
  // A lease for the same list, or the time, ends a refusal as well.
  return (await isNewer()) || why === "stale-list" || why === "time-unknown";
}

/**
 * Brings the news, as long as the person can be expected to wait: another courier may have the door's ear, and whoever
 * keeps it busy keeps nobody out who is in its list already.
 * @returns whether the door has taken anything. Where that fails, its first answer stands.
 */
async function bringNews(visit: DoorVisit, means: UnlockMeans): Promise<boolean> {
  const carried = { delivered: 0, refused: 0, collected: 0, uploaded: true };
  const enough = new AbortController();
  const cancel = means.clock.after(BRING_NEWS_MS, () => enough.abort());
  try {
    await carryAround(visit, { ...means, yields: enough.signal }, carried);
  } catch (error) {
    const cancelled = means.signal?.aborted === true;
    if (cancelled || !(error instanceof RadioError || error instanceof ProtocolError || error instanceof Unawaited)) throw error;
  } finally {
    cancel();
  }
  return carried.delivered > 0;
}
