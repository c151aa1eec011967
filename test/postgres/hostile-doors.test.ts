import { onPostgres } from "../support/test-database";

onPostgres(() => require("../hostile-doors.test"));
