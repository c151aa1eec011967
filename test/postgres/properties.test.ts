import { onPostgres } from "../support/test-database";

onPostgres(() => require("../properties.test"));
