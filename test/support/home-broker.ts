import { createServer, type Server, type Socket } from "node:net";
import { Aedes } from "aedes";
import { freePort } from "./free-port";
import { MosquittoServer, whyNoMosquitto } from "./mosquitto-server";

/** The broker of somebody's home: Mosquitto where there is one, as at most homes. */
export interface HomeBroker {
  port: number;
  /** Breaks every connection and is gone for a while; what is retained stays. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

export async function startHomeBroker(): Promise<HomeBroker> {
  const reason = whyNoMosquitto();
  if (reason === undefined) return MosquittoServer.start();
  console.log(`Mosquitto is left out, aedes stands for it: ${reason}`);
  return AedesServer.start();
}

class AedesServer implements HomeBroker {
  readonly port: number;
  readonly #aedes: Aedes;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  private constructor(aedes: Aedes, port: number) {
    this.#aedes = aedes;
    this.port = port;
  }

  static async start(): Promise<AedesServer> {
    const server = new AedesServer(await Aedes.createBroker(), await freePort());
    await server.resume();
    return server;
  }

  async resume(): Promise<void> {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      this.#aedes.handle(socket);
    });
    await new Promise<void>((resolve) => this.#server!.listen(this.port, "127.0.0.1", resolve));
  }

  async pause(): Promise<void> {
    const closed = new Promise((resolve) => this.#server!.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async stop(): Promise<void> {
    await this.pause();
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
  }
}
