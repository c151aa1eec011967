#!/usr/bin/env node
// `latchkey <command>`: what an operator does beside the running cloud. Runs from the sources, in any folder.
require("ts-node").register({ dir: require("node:path").join(__dirname, ".."), transpileOnly: true });
require("../cloud/commands/main.ts");
