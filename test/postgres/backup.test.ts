import { onPostgres } from "../support/test-database";

onPostgres(() => require("../backup.test"));
