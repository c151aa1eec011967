import { ADDRESSES_REMEMBERED_MAX, CONNECT_MS, FAILED_LOGINS_OF_ADDRESS, FAILED_LOGINS_OF_STRANGERS, PENDING_OF_ADDRESS_MAX, PENDING_SOCKETS_MAX, SOCKETS_MAX, SOCKETS_RESERVED } from "../limits";
import type { ConnectionLimits } from "../network/connection-guard";

/** What connections to the embedded broker may take. */
export const BROKER_LIMITS: ConnectionLimits = {
  sockets: SOCKETS_MAX,
  reserved: SOCKETS_RESERVED,
  pending: PENDING_SOCKETS_MAX,
  pendingOfStranger: PENDING_OF_ADDRESS_MAX.stranger,
  pendingOfKnown: PENDING_OF_ADDRESS_MAX.known,
  failuresOfStranger: FAILED_LOGINS_OF_ADDRESS.stranger,
  failuresOfKnown: FAILED_LOGINS_OF_ADDRESS.known,
  failuresOfStrangers: FAILED_LOGINS_OF_STRANGERS,
  loginMs: CONNECT_MS,
  addresses: ADDRESSES_REMEMBERED_MAX,
};
