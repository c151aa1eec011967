import { onPostgres } from "../support/test-database";

onPostgres(() => require("../courier.test"));
