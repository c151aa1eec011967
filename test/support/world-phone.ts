import { Phone } from "../../phone/phone";
import type { PhoneFetch } from "../../phone/phone-cloud";
import { webCryptoVault } from "../../phone/key-vault";
import { MemoryPhoneStore } from "../../phone/memory-phone-store";
import type { CarryOutcome, RefillOutcome, UnlockOutcome } from "../../phone/outcome";
import type { VirtualCentralOptions } from "../../hardware-sim/radio/virtual-central";
import type { SimulatedDoorRadio } from "../../hardware-sim/radio/simulated-door-radio";
import { phoneClock, TimedVault } from "./phone-pump";
import type { Client } from "./sign-in";
import type { World, WorldDoor } from "./world";

/** Somebody's phone in a world: the phone's real library over the virtual air, and the real API as they are signed in there. */
export class WorldPhone {
  readonly client: Client;
  readonly phone: Phone;
  /** Whether the cloud can be reached from where it is. */
  online = true;
  /** Requests under way: virtual time stands still for them, however slow the database is. */
  readonly #asking = new Set<Promise<unknown>>();
  readonly #world: World;
  readonly #vault = new TimedVault(webCryptoVault()!);
  readonly #radio: SimulatedDoorRadio;

  constructor(world: World, client: Client, at: WorldDoor, radio: Partial<VirtualCentralOptions> = {}) {
    this.client = client;
    this.#world = world;
    this.#radio = world.phoneAt(at, radio);
    this.phone = new Phone({
      radio: this.#radio,
      store: new MemoryPhoneStore(),
      vault: this.#vault,
      online: () => this.online,
      fetch: (path, init) => (this.online ? this.#asked(fetchAs(client, path, init)) : Promise.reject(new Error("the phone is offline"))),
      clock: phoneClock(world.clock),
    });
  }

  /** Share of packets that are lost from now on, 0 to 1. */
  set loss(loss: number) {
    this.#radio.central.loss = loss;
  }

  /** Goes there and taps. Whatever it carries is handed over before this resolves. */
  async taps(door: WorldDoor): Promise<UnlockOutcome> {
    this.#radio.central.moveTo(this.#world.placeAt(door));
    const outcome = await this.#done(this.phone.unlock(door.id));
    await this.#done(this.phone.settled());
    return outcome;
  }

  /** Goes there to carry, and for nothing else. */
  async visits(door: WorldDoor): Promise<CarryOutcome> {
    this.#radio.central.moveTo(this.#world.placeAt(door));
    return this.#done(this.phone.carry(door.id));
  }

  /** The network is there: keys and what is to be carried come in, what was brought along goes out. */
  async goesOnline(): Promise<RefillOutcome> {
    this.online = true;
    return this.#done(this.phone.refill());
  }

  async #done<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    const end = (): void => void (ended = true);
    work.then(end, end);
    await this.#world.until("the phone is done", async () => {
      await Promise.allSettled([...this.#asking]);
      while (this.#vault.busy > 0) await new Promise((resolve) => setImmediate(resolve));
      return ended;
    });
    return work;
  }

  #asked<T>(request: Promise<T>): Promise<T> {
    const done = (): void => void this.#asking.delete(request);
    this.#asking.add(request);
    request.then(done, done);
    return request;
  }
}

async function fetchAs(client: Client, path: string, { method, headers, body }: Parameters<PhoneFetch>[1]): ReturnType<PhoneFetch> {
  const answer = await client.send(method, path.replace(/^\/api/, ""), body === undefined ? undefined : JSON.parse(body), headers);
  return { status: answer.status, headers: answer.headers, text: () => Promise.resolve(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body)) };
}
