#!/usr/bin/env node
// `npm run pipeline`: the nightly run, with its last line whatever happens.
import { pipelineMain } from "./pipeline/main.js";

process.exitCode = await pipelineMain(process.argv.slice(2));
