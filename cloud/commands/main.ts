import { StartupError } from "../startup-error";

/** @returns the exit code. @throws StartupError in a line that its operator can act on, or with how it is used: 2. */
export type Command = (parameters: readonly string[]) => Promise<number>;

interface Described {
  says: string;
  /** Loaded when it is asked for: most commands need little of the cloud. */
  load(): Promise<Command>;
}

/** `latchkey <command>`, in the order in which they are listed. */
const COMMANDS: Record<string, Described> = {
  audit: { says: "verify the audit's chain of hashes", load: async () => (await import("./audit-command")).auditCommand },
  image: { says: "sign firmware images, and hand them to the cloud", load: async () => (await import("./image-command")).imageCommand },
  "image-key": { says: "make the key that signs firmware images", load: async () => (await import("./image-key-command")).imageKeyCommand },
  backup: { says: "write all that the cloud keeps into a folder, while it runs", load: async () => (await import("./backup-command")).backupCommand },
  broker: { says: "set up a Mosquitto for the doors", load: async () => (await import("./broker-command")).brokerCommand },
  keystore: { says: "make the keystore of a new site, for the environment", load: async () => (await import("./keystore-command")).keystoreCommand },
  restore: { says: "put a backup back, for a cloud to start with", load: async () => (await import("./restore-command")).restoreCommand },
  rollout: { says: "roll firmware out to doors, in stages", load: async () => (await import("./rollout-command")).rolloutCommand },
  root: { says: "keep root keys offline, and sign keysets with them", load: async () => (await import("./root-command")).rootCommand },
  transfer: { says: "carry everything from one database to another", load: async () => (await import("./transfer-command")).transferCommand },
};

async function main([name = "", ...parameters]: readonly string[]): Promise<number> {
  if (!Object.hasOwn(COMMANDS, name)) throw new StartupError(usage());
  return (await COMMANDS[name].load())(parameters);
}

function usage(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  return ["latchkey <command>", "", ...Object.entries(COMMANDS).map(([name, { says }]) => `  ${name.padEnd(width)}  ${says}`)].join("\n");
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(error instanceof StartupError ? `${error.message}\n` : `${String((error as Error).stack)}\n`);
    process.exitCode = 2;
  },
);
