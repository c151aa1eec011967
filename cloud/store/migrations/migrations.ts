import { ALTERED_EVENTS } from "./altered-events";
import { COURIERS } from "./couriers";
import { DOOR_LOGINS } from "./door-logins";
import { DOORS_AND_LISTS } from "./doors-and-lists";
import { FIRMWARE_ROLLOUTS } from "./firmware-rollouts";
import { FOBS } from "./fobs";
import { HOME_ASSISTANT } from "./home-assistant";
import { HOUSEHOLDS } from "./households";
import { KEYS_AND_SHARING } from "./keys-and-sharing";
import type { Migration } from "./migration";
import { OPERATIONS } from "./operations";
import { PHONES } from "./phones";
import { SEVERAL_PROCESSES } from "./several-processes";
import { SIGNING_KEYS } from "./signing-keys";
import { STANDING_ORDERS } from "./standing-orders";

/**
 * The schema's history: each entry brings a database one version forward, and none is ever changed once released.
 * Times are Unix seconds, ids 16 hexadecimal digits. What a rule of the system forbids, the schema refuses where
 * it can.
 */
export const MIGRATIONS: readonly Migration[] = [DOORS_AND_LISTS, STANDING_ORDERS, ALTERED_EVENTS, HOUSEHOLDS, KEYS_AND_SHARING, PHONES, COURIERS, FOBS, SEVERAL_PROCESSES, OPERATIONS, HOME_ASSISTANT, FIRMWARE_ROLLOUTS, SIGNING_KEYS, DOOR_LOGINS];
