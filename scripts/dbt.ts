#!/usr/bin/env node
// `node dist/scripts/dbt.js …`: dbt itself, with the variables that its project names.
import { runTool } from "./pipeline/tool.js";

process.exitCode = await runTool("dbt", process.argv.slice(2));
