import { onPostgres } from "../support/test-database";

onPostgres(() => require("../building-file.test"));
