import { onPostgres } from "../support/test-database";

onPostgres(() => require("../cloud-crash.test"));
