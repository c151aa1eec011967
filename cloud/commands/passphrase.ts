import { readFileSync } from "node:fs";
import { StartupError } from "../startup-error";

/** How the usage of a command that needs one speaks of it. */
export const PASSPHRASE_USAGE = `The passphrase is asked for at the terminal. Without one it is the first line of what --passphrase-fd <number> reads,
or LATCHKEY_PASSPHRASE; it is never a parameter, because every user of a machine sees those.`;

/**
 * The passphrase of a key file: from a file descriptor, the environment, or whoever sits at the terminal, where it is
 * not shown.
 * @param what names it in the question: `roots/root-1.key`.
 * @param options.fd number of an open file descriptor, as the parameter gives it.
 * @param options.line of what the descriptor gives, from 0: where one command makes several keys.
 * @param options.twice at the terminal it must be typed twice: a new key's.
 * @throws StartupError where there is none.
 */
export async function readPassphrase(what: string, options: { fd?: string | undefined; line?: number; twice?: boolean } = {}): Promise<string> {
  const given: string | undefined = options.fd === undefined ? process.env.LATCHKEY_PASSPHRASE : readDescriptor(options.fd)[options.line ?? 0];
  if (given !== undefined && given !== "") return given;
  if (options.fd !== undefined) throw new StartupError(`File descriptor ${options.fd} gives no passphrase for ${what}.`);
  if (!process.stdin.isTTY) throw new StartupError("There is no passphrase: neither a terminal to ask at, nor --passphrase-fd, nor LATCHKEY_PASSPHRASE.");
  const typed = await ask(`Passphrase of ${what}: `);
  if (options.twice === true && (await ask("The same again: ")) !== typed) throw new StartupError("The two were not the same: nothing was made.");
  return typed;
}

const descriptors = new Map<number, readonly string[]>();

/** A descriptor can be read once, and one command may open several keys. */
function readDescriptor(text: string): readonly string[] {
  const fd = Number(text);
  if (!/^[0-9]{1,4}$/.test(text)) throw new StartupError("--passphrase-fd takes the number of a file descriptor.");
  const known = descriptors.get(fd);
  if (known !== undefined) return known;
  try {
    const lines = readFileSync(fd, "utf8").split(/\r?\n/);
    descriptors.set(fd, lines);
    return lines;
  } catch (error) {
    throw new StartupError(`Cannot read the passphrase from file descriptor ${fd}: ${(error as Error).message}`);
  }
}

const [ENTER, LINE_FEED, CONTROL_C, CONTROL_D, BACKSPACE, DELETE] = ["\r", "\n", "\u0003", "\u0004", "\b", "\u007f"];

function ask(question: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(question);
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  stdin.resume();
  return new Promise((resolve, reject) => {
    let typed: string[] = [];
    const done = (finish: () => void): void => {
      stdin.off("data", take);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write("\n");
      finish();
    };
    const take = (text: string): void => {
      for (const character of text) {
        if (character === ENTER || character === LINE_FEED || character === CONTROL_D) return done(() => resolve(typed.join("")));
        if (character === CONTROL_C) return done(() => reject(new StartupError("Given up: nothing was done.")));
        if (character === BACKSPACE || character === DELETE) typed = typed.slice(0, -1);
        else typed.push(character);
      }
    };
    stdin.on("data", take);
  });
}
