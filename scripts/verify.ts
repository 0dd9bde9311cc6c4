#!/usr/bin/env node
// `npm run verify`: a health check of the whole stack; changes nothing unless --fix says so.
import { main } from "./command/main.js";
import { parseVerifyArgs, refuseFlagsTakenByNpm, verifyHelp } from "./wizard/args.js";

await main({
  precheck: () => refuseFlagsTakenByNpm("verify", process.env),
  parse: parseVerifyArgs,
  help: verifyHelp,
  document: async (error) => {
    const { errorDocument, verifyDocument } = await import("./terminal/plan-json.js");
    return verifyDocument({ status: "unknown", checks: [], error: errorDocument(error) });
  },
  run: async (given, signals) => {
    const { verify } = await import("./command/verify/index.js");
    return verify(given, signals);
  },
});
