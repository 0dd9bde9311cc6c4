#!/usr/bin/env node
// `npm run setup`: plans, asks once, does the difference, and proves it.
import { main } from "./command/main.js";
import { parseSetupArgs, refuseFlagsTakenByNpm, setupHelp } from "./wizard/args.js";

await main({
  precheck: () => refuseFlagsTakenByNpm("setup", process.env),
  parse: parseSetupArgs,
  help: setupHelp,
  document: async (error) => {
    const { errorDocument, setupDocument } = await import("./terminal/plan-json.js");
    return setupDocument({ status: "refused", error: errorDocument(error) });
  },
  run: async (given, signals) => {
    const { setup } = await import("./command/setup/index.js");
    return setup(given, signals);
  },
});
