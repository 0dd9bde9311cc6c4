#!/usr/bin/env node
// `node dist/scripts/meltano.js …`: meltano itself, with the variables that its project names.
import { runTool } from "./pipeline/tool.js";

process.exitCode = await runTool("meltano", process.argv.slice(2));
