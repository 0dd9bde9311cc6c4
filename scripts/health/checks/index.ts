// Every check that a plan cannot make, in the order in which results are shown.
import type { HealthContext } from "../context.js";
import { type Check, checkGroups } from "../types.js";
import { accountChecks } from "./account.js";
import { databaseChecks } from "./database.js";
import { metabaseChecks } from "./metabase.js";
import { releaseChecks } from "./releases.js";
import { scheduleChecks } from "./schedule.js";
import { sourceChecks } from "./sources.js";

export const healthChecks: readonly Check<HealthContext>[] = [
  ...accountChecks,
  ...releaseChecks,
  ...scheduleChecks,
  ...databaseChecks,
  ...metabaseChecks,
  ...sourceChecks,
];

/** Results under their headings, in the headings' order; the order within one stays. */
export function grouped<R extends { readonly group: (typeof checkGroups)[number] }>(results: readonly R[]): R[] {
  return checkGroups.flatMap((group) => results.filter((result) => result.group === group));
}
