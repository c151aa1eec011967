import { onPostgres } from "../support/test-database";

onPostgres(() => require("../pins.test"));
