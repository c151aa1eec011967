import { toHex } from "../../protocol/bytes";
import { RESET_REASONS } from "../../protocol/door-state";
import type { AccessListStore } from "../access-list/access-list-store";
import type { KeyValue } from "../device";
import { loadCaCertificate } from "../enrolment/ca-certificate";
import { loadSettings } from "../enrolment/settings";
import { loadWifiSettings } from "../enrolment/wifi-settings";
import type { TrustedClock } from "../trust/trusted-clock";
import type { BoardLife } from "./board-life";

export interface StatusParts {
  door: Uint8Array;
  /** undefined while nobody owns the door. */
  claimed: { readonly online: boolean; readonly released: boolean } | undefined;
  keyValue: KeyValue;
  store: Pick<AccessListStore, "active" | "alarms">;
  clock: Pick<TrustedClock, "wallTime" | "floor">;
  life: Pick<BoardLife, "boots" | "resetReason" | "firmware">;
}

/** What the console's `status` shows: nothing that helps anybody in. */
export function statusReport({ door, claimed, keyValue, store, clock, life }: StatusParts): string[] {
  const { active, alarms } = store;
  const { firmware, onTrial, rolledBack } = life.firmware.state;
  const settings = loadSettings(keyValue);
  const time = clock.wallTime();
  const list = active === undefined ? "none" : `${active.epoch}.${active.version}`;
  return [
    `door      ${toHex(door)}`,
    `claimed   ${claimed === undefined ? "no" : claimed.released ? "yes, its owner lets it go" : "yes"}`,
    `list      ${list}${alarms.listLost ? ", lost" : ""}${alarms.listDamaged ? ", damaged" : ""}`,
    `time      ${time === undefined ? `unknown, not before ${utc(clock.floor)}` : utc(time)}`,
    `wifi      ${loadWifiSettings(keyValue)?.name ?? "not set"}`,
    `cloud     ${settings === undefined ? "not set" : `${settings.cloudHost}:${settings.cloudPort}`}${claimed === undefined ? "" : claimed.online ? ", connected" : ", not connected"}`,
    `ca        ${loadCaCertificate(keyValue) === undefined ? "not set" : "set"}`,
    `firmware  ${firmware}${onTrial ? ", on trial" : ""}${rolledBack === 0 ? "" : `, ${rolledBack} failed its trial`}`,
    `started   ${RESET_REASONS[life.resetReason]}, start ${life.boots}`,
  ];
}

function utc(seconds: number): string {
  return `${new Date(seconds * 1_000).toISOString().slice(0, 19)}Z`;
}
