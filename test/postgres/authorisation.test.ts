import { onPostgres } from "../support/test-database";

onPostgres(() => require("../authorisation.test"));
