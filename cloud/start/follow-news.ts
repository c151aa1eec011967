import type { Logger } from "pino";
import type { DoorSync } from "../doors/door-sync";
import type { NewsListener } from "../processes/process-news";
import type { RemoteUnlocks } from "../remote-unlock/remote-unlocks";
import type { LiveTruth } from "../truth/live-truth";

/** What a process does about what others have done: it looks into the database, and shows and sends what it finds there. */
export function followNews({ live, sync, unlocks, ownDoors, wake, log }: FollowingParts): NewsListener {
  const look = (looking: Promise<void>): void => {
    looking.catch((error: unknown) => log.error({ err: error }, "failed to follow the news of another process"));
  };
  return {
    heard(news) {
      if (news.what === "work") return wake();
      if (news.what === "unlock") return look(unlocks.changed(news.id));
      live.changed(news.id);
      if (news.what === "list" && ownDoors) sync.update(news.id);
      if (news.what === "door") look(unlocks.eventsStored(news.id));
    },
    missed() {
      live.changedAll();
      look(unlocks.changedAny());
      if (ownDoors) look(sync.updateAll());
      wake();
    },
  };
}

interface FollowingParts {
  live: LiveTruth;
  sync: DoorSync;
  unlocks: RemoteUnlocks;
  /** Whether doors are connected to this process, and not to a broker that all processes reach them by. */
  ownDoors: boolean;
  /** Works off what was committed. */
  wake(): void;
  log: Logger;
}
