/**
 * The guided story of whoever knows both sides (the demo). Plain data: it crosses to the browser as JSON; the words are
 * the page's. A step is done by what happens at the doors and in the cloud, never by a click on "next".
 */
export const STORY_STEPS = ["online", "offline", "end", "carry", "refused"] as const;
export type StoryStep = (typeof STORY_STEPS)[number];

export interface StoryView {
  /** Somebody is made ready for it: a code is on its way to the doors. */
  preparing: boolean;
  /** Nobody could be made ready: it can be started again. */
  failed: boolean;
  /** Whose code it is about; absent while there is nobody. */
  tenant?: { name: string; pin: string };
  /** Whose phone carries the news; absent: there are no phones, and the network has to. */
  courier?: { name: string; phone: number };
  /** Indexes of the door with a network and of the one without. */
  doors: { near: number; far: number };
  done: StoryStep[];
  skipped: StoryStep[];
  /** What is to be done now; absent: it is over. */
  now?: StoryStep;
  /** Door by door, from the end of the access on. */
  truth: StoryTruth[];
  /** Where a manager signs in to do it in their own pages, and with which address. */
  manager?: { url: string; email: string };
}

/** What the cloud knows of one door after an access has ended (X1). */
export interface StoryTruth {
  /** Index of the door. */
  door: number;
  acknowledgedAt?: string;
  by?: "network" | "phone";
  /** ISO instant; absent and not acknowledged: no limit until the door is reached. */
  mayOpenUntil?: string;
}

/** `do`: does the step that is next, in the reader's place. */
export type StoryAction = "restart" | "do" | "skip";

/** A message that the demo's cloud has kept, because nothing is set up to send it. */
export interface Letter {
  id: string;
  channel: "email" | "sms";
  to: string;
  /** ISO instant. */
  at: string;
  subject: string | null;
  text: string;
}

/** What the page shows and does for whoever has started the building with a cloud beside it. */
export interface PageHost {
  /** Base address of the cloud's pages. */
  cloudUrl: string;
  story?: {
    readonly view: StoryView;
    /** @returns false for what makes no sense now. */
    act(action: StoryAction): boolean;
    /** Called when the view has changed. */
    onChange: (() => void) | undefined;
  };
  /** Newest first. */
  letters(): Promise<Letter[]>;
}
