import { onPostgres } from "../support/test-database";

onPostgres(() => require("../audit.test"));
