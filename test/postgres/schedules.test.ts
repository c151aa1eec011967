import { onPostgres } from "../support/test-database";

onPostgres(() => require("../schedules.test"));
