import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { z } from "zod";
import { backOff } from "../../back-off";
import { every, type Clock, type Timer } from "../../clock";
import type { Sealing } from "../../keys/sealing";
import { BROKER_LOGINS_AT_ONCE, BROKER_LOGINS_LOOK_SECONDS, BROKER_LOGINS_RETRY_SECONDS, BROKER_LOGINS_RETRY_SECONDS_MAX } from "../../limits";
import { ProcessLease } from "../../processes/process-lease";
import type { Database } from "../../store/store";
import { inSnapshot, inTransaction } from "../../store/transaction";
import { WakefulTask } from "../../wakeful-task";
import { addCommands, changeCommands, readClient, removeCommands } from "./door-client";
import type { DynamicSecurity, SecurityAnswer, SecurityCommand } from "./dynamic-security";
import { loginsToTell, markTold } from "./keep-login";

/**
 * Has Mosquitto know the doors' logins as the database has them: each change that a claim or a theft has noted, and at
 * each new connection, and once in a while, the whole. One process does it at a time; what fails is tried again.
 */
export class LoginProvisioner {
  readonly #parts: LoginProvisionerParts;
  readonly #task: WakefulTask;
  readonly #lease: ProcessLease;
  readonly #looks: Timer;
  #connected = false;
  /** Whether the broker may know something else than was told. */
  #doubt = true;
  #failures = 0;

  constructor(parts: LoginProvisionerParts) {
    const { database, clock, log, holder } = parts;
    this.#parts = parts;
    this.#task = new WakefulTask(clock, () => this.#run());
    this.#lease = new ProcessLease({ ...{ name: "door-logins", holder, database, clock, log }, onHeld: () => this.#look(), onLost: () => undefined });
    this.#looks = every(clock, BROKER_LOGINS_LOOK_SECONDS, () => {
      this.#look();
      return Promise.resolve();
    });
  }

  /** The broker answers: it may be another one, or one that was set back. */
  async connected(): Promise<void> {
    this.#connected = true;
    if (this.#lease.held) this.#look();
    else await this.#lease.start();
  }

  lost(): void {
    this.#connected = false;
  }

  /** Logins may have changed. */
  wake(): void {
    this.#task.wake();
  }

  idle(): Promise<void> {
    return this.#task.idle();
  }

  async stop(): Promise<void> {
    this.#looks.cancel();
    await this.#task.stop();
    await this.#lease.stop();
  }

  #look(): void {
    this.#doubt = true;
    this.#task.wake();
  }

  async #run(): Promise<void> {
    if (!this.#connected || !this.#lease.held) return;
    const { log } = this.#parts;
    try {
      if (this.#doubt) {
        this.#doubt = false;
        await this.#compare();
      }
      await this.#tell();
      this.#failures = 0;
    } catch (error) {
      this.#doubt = true;
      if (!this.#connected || this.#task.stopped) return; // the next connection looks anew
      this.#failures += 1;
      log.error({ err: error }, "failed to tell the broker the doors' logins; it will be tried again");
      this.#task.wakeIn(backOff(this.#failures, BROKER_LOGINS_RETRY_SECONDS, BROKER_LOGINS_RETRY_SECONDS_MAX));
    }
  }

  async #tell(): Promise<void> {
    const { database, sealing, security, site } = this.#parts;
    while (!this.#task.stopped && this.#lease.held) {
      const logins = await inSnapshot(database, (unit) => loginsToTell(unit, sealing, BROKER_LOGINS_AT_ONCE));
      if (logins.length === 0) return;
      const began = Date.now();
      for (const login of logins) {
        const { door, password } = login;
        if (password === undefined) await this.#ask(removeCommands(door), "not found");
        else {
          const known = { ...login, password };
          const added = await security.ask(addCommands(known, site));
          // One of the two may be there: of an attempt whose answer was lost, or made by hand.
          if (added.some(({ error }) => error !== undefined)) await this.#ask(changeCommands(known, site));
        }
        await inTransaction(database, (unit) => markTold(unit, login));
      }
      // Mosquitto writes all that it knows at each command, and carries nothing meanwhile: doors have their turn.
      if (logins.length === BROKER_LOGINS_AT_ONCE) await sleep(Date.now() - began);
    }
  }

  /** What the broker lacks, or has otherwise, is to be told; what it has of ours and should not goes. */
  async #compare(): Promise<void> {
    const { database, log } = this.#parts;
    const there = await this.#read();
    const wanted = await inSnapshot(database, (unit) => unit.selectFrom("door_logins").select(["door_id", "enrolment", "told"]).where("password", "is not", null).execute());
    const lacking = wanted.filter(({ door_id, enrolment, told }) => told === 1 && there.get(door_id) !== enrolment);
    const known = new Set(wanted.map(({ door_id }) => door_id));
    const superfluous = [...there.keys()].filter((door) => !known.has(door));
    if (lacking.length + superfluous.length > 0) log.warn({ lacking: lacking.length, superfluous: superfluous.length }, "the broker knows doors' logins otherwise than it was told: they are set right");
    for (const { door_id, enrolment } of lacking) {
      await inTransaction(database, (unit) => unit.updateTable("door_logins").set({ told: 0 }).where("door_id", "=", door_id).where("enrolment", "=", enrolment).execute());
    }
    for (const door of superfluous) await this.#ask(removeCommands(door), "not found");
    log.debug({ doors: there.size }, "compared the broker's logins");
  }

  /** Doors of this cloud that the broker knows, with the enrolment of their login. */
  async #read(): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    for (let offset = 0; ; offset += LIST_COUNT) {
      const [answer] = await this.#ask([{ command: "listClients", verbose: true, count: LIST_COUNT, offset }]);
      const { clients } = clientsSchema.parse(answer.data);
      for (const client of clients) {
        const known = readClient(client, this.#parts.site);
        if (known !== undefined) found.set(known.door, known.enrolment);
      }
      if (clients.length < LIST_COUNT) return found;
    }
  }

  /** @param accepted end of an error that is as good as done. @throws Error in the broker's words. */
  async #ask(commands: readonly SecurityCommand[], accepted?: string): Promise<SecurityAnswer[]> {
    const answers = await this.#parts.security.ask(commands);
    const failed = answers.find(({ error }) => error !== undefined && (accepted === undefined || !error.endsWith(accepted)));
    if (failed !== undefined) throw new Error(`${failed.command}: ${failed.error}`);
    return answers;
  }
}

export interface LoginProvisionerParts {
  database: Database;
  sealing: Sealing;
  clock: Clock;
  log: Logger;
  holder: string;
  /** 16 hexadecimal digits: several sites may share a broker. */
  site: string;
  security: DynamicSecurity;
}

/** An answer of so many is far below the longest packet. */
const LIST_COUNT = 100;

const clientsSchema = z.object({ clients: z.array(z.object({ username: z.string(), textname: z.string().optional(), textdescription: z.string().optional() })) });
