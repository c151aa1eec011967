import { equalBytes } from "../../protocol/bytes";
import { openAccessList, profileAt, scheduleRuleAt, type AccessList } from "../../protocol/access-list";
import { decodeDelta } from "../../protocol/delta";
import { ROW_BYTES } from "../../protocol/limits";
import { decodeManifest, hash8 } from "../../protocol/manifest";
import type { Profile } from "../../protocol/profile";
import { decodeRow, type Row } from "../../protocol/row";
import type { Receipt } from "../../protocol/receipt";
import { SchedulePool } from "../issuing/schedule-pool";
import { toContent } from "../issuing/snapshot";
import type { ProfileContent } from "../access/door-row";
import { nativeHashes } from "../keys/native-hashes";
import type { Unit } from "../store/store";

/** A list that a door has acknowledged, put together from the very bytes that it acknowledged. */
export interface AcknowledgedList {
  epoch: number;
  version: number;
  list: AccessList;
  rows: { row: Row; profile: Profile; content: ProfileContent }[];
}

/** The list that a door's newest receipt names; undefined where it has none that we know. */
export async function readAcknowledgedList(unit: Unit, door: string, receipt: Receipt): Promise<AcknowledgedList | undefined> {
  if (receipt.version === 0) return undefined;
  const bases = await unit.selectFrom("list_bases").selectAll().where("door_id", "=", door).execute();
  const base = bases.find(({ manifest }) => equalBytes(hash8(nativeHashes, manifest), receipt.manifestHash));
  if (base === undefined) return undefined;
  const stored = await unit.selectFrom("list_deltas").select("payload").where("door_id", "=", door).where("base_version", "=", base.version).where("version", "=", receipt.version).executeTakeFirst();
  const hasDelta = receipt.deltaHash.some((byte) => byte !== 0);
  if (hasDelta && (stored === undefined || !equalBytes(hash8(nativeHashes, stored.payload), receipt.deltaHash))) return undefined;
  const manifest = decodeManifest(base.manifest);
  const delta = hasDelta ? decodeDelta(stored!.payload) : undefined;
  const { body } = base;
  const list = openAccessList(manifest, delta, { read: (offset, length) => body.subarray(offset, offset + length), isSound: () => true });
  return { epoch: receipt.epoch, version: receipt.version, list, rows: rowsOf(list, body) };
}

function rowsOf(list: AccessList, body: Uint8Array): AcknowledgedList["rows"] {
  const gone = new Set(list.delta?.tombstones ?? []);
  const rows: Row[] = [];
  for (let number = 0; number < list.manifest.rows; number++) {
    if (!gone.has(number)) rows.push(decodeRow(body.subarray(number * ROW_BYTES, (number + 1) * ROW_BYTES)));
  }
  const added = list.delta?.added ?? new Uint8Array(0);
  for (let at = 0; at < added.length; at += ROW_BYTES) rows.push(decodeRow(added.subarray(at, at + ROW_BYTES)));
  const schedules = new SchedulePool(rulesOf(list));
  return rows.map((row) => {
    const profile = profileAt(list, row.profile)!;
    return { row, profile, content: toContent(profile, schedules) };
  });
}

function rulesOf(list: AccessList) {
  const rules = [];
  for (let index = 0; ; index++) {
    const rule = scheduleRuleAt(list, index);
    if (rule === undefined) return rules;
    rules.push(rule);
  }
}
