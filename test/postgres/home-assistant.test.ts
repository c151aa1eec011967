import { onPostgres } from "../support/test-database";

onPostgres(() => require("../home-assistant.test"));
