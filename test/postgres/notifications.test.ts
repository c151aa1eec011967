import { onPostgres } from "../support/test-database";

onPostgres(() => require("../notifications.test"));
