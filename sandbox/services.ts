// All services of the sandbox on one address; a new one is mounted in neighbours.ts under a prefix of its own.
import { control } from "./control/index.js";
import { data } from "./data/index.js";
import { heroku } from "./heroku/index.js";
import { answerError, newRoutes, notImitated, requestId } from "./http/app.js";
import type { Call } from "./http/calls.js";
import type { Routes } from "./http/context.js";
import type { FaultBook } from "./http/faults.js";
import { record } from "./http/record.js";
import { neighbours } from "./neighbours.js";
import { scheduler } from "./scheduler/index.js";
import type { Machine } from "./world/machine.js";

export interface ServiceOptions {
  machine: Machine;
  calls: Call[];
  faults: FaultBook;
  latency: { ms: number };
  saveIfChanged(): void;
}

/** The whole sandbox as one Hono app. */
export function services(options: ServiceOptions): Routes {
  const { machine } = options;
  const app = newRoutes();
  app.use("*", record({ ...options, latency: () => options.latency.ms }));
  app.use("*", requestId);
  app.route("/_sandbox", control(options));
  app.all("/_sandbox/*", notImitated);
  app.route("/particleboard", scheduler(machine));
  app.all("/particleboard/*", notImitated);
  app.route("/", neighbours(machine));
  app.route("/", data(machine));
  app.route("/", heroku(machine));
  app.notFound(notImitated);
  app.onError(answerError);
  return app;
}
