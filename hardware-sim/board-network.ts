import type { Device } from "../firmware/device";
import type { BoardSession } from "./board-session";

/** Whatever a board's network plug goes to: a simulated network, or real sockets. */
export interface BoardNetwork {
  attach(session: BoardSession): Device["network"];
}
