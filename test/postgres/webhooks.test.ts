import { onPostgres } from "../support/test-database";

onPostgres(() => require("../webhooks.test"));
