import type { Server } from "node:http";
import type { Socket } from "node:net";
import { HTTP_CONNECTIONS_MAX, HTTP_CONNECTIONS_OF_ADDRESS_MAX } from "../limits";
import { addressGroup } from "../network/address-group";

/**
 * Bounds how many connections are open, in all and of one address, before a byte is read from them: each takes a file
 * descriptor that a door may need. Behind a proxy all come from one address, and the proxy is to bound its callers.
 * @param onRefused with the address that has too many.
 */
export function limitConnections(server: Server, options: { behindProxy: boolean }, onRefused: (address: string) => void): void {
  const byAddress = new Map<string, number>();
  let open = 0;
  server.on("connection", (socket: Socket) => {
    const address = addressGroup(socket.remoteAddress ?? "");
    const ofAddress = byAddress.get(address) ?? 0;
    if (open >= HTTP_CONNECTIONS_MAX || (!options.behindProxy && ofAddress >= HTTP_CONNECTIONS_OF_ADDRESS_MAX)) {
      onRefused(address);
      socket.destroy();
      return;
    }
    open += 1;
    byAddress.set(address, ofAddress + 1);
    socket.once("close", () => {
      open -= 1;
      const left = byAddress.get(address)! - 1;
      if (left === 0) byAddress.delete(address);
      else byAddress.set(address, left);
    });
  });
}
