import type { Migration } from "./migration";

/** What Home Assistant is told of a property. */
export const HOME_ASSISTANT: Migration = {
  sqlite: `
  ALTER TABLE properties ADD COLUMN home_assistant TEXT NOT NULL DEFAULT '{}'; -- JSON of home-assistant/home-choice.ts: what its manager lets it have
  `,
};
