/** A program: the embedded broker's package with nothing of ours but that messages leave at once. Prints its port. */
import { createServer, type AddressInfo } from "node:net";
import { Aedes } from "aedes";

async function main(): Promise<void> {
  const aedes = await Aedes.createBroker();
  const server = createServer({ noDelay: true }, (socket) => aedes.handle(socket));
  server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
}

void main();
