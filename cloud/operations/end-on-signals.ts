import type { Logger } from "pino";
import { STOP_SECONDS } from "../limits";

/**
 * Ends this process in order when it is told to: by SIGTERM of whoever runs it, by Ctrl-C. A second signal ends it at
 * once, and so does an end that takes too long: what is left is in the database, and done after the next start.
 * @param stop brings all that there is to its end.
 */
export function endOnSignals(stop: () => Promise<void>, log: Logger): void {
  let ending = false;
  const end = (signal: "SIGINT" | "SIGTERM"): void => {
    if (ending) process.exit(1);
    ending = true;
    log.info({ signal }, "stopping");
    setTimeout(() => {
      log.error(`not everything has come to an end within ${STOP_SECONDS} s; what is left is done after the next start`);
      process.exit(1);
    }, STOP_SECONDS * 1_000);
    stop().then(
      () => {
        log.info("stopped");
        process.exit(0);
      },
      (error: unknown) => {
        log.error({ err: error }, "failed to stop in order");
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
}
