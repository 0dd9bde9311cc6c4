// What the control API takes, strictly: a misspelled wish must not pass for a granted one.
import { z } from "zod";

const effect = z.union([
  z.strictObject({
    status: z.int().min(200).max(599),
    id: z.string().optional(),
    message: z.string().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  z.strictObject({ delayMs: z.int().min(0) }),
  z.strictObject({ reset: z.enum(["before", "after"]) }),
  z.strictObject({ garbage: z.enum(["html", "truncated", "empty"]) }),
]);

/** A fault as JSON; `pattern` stands for a `path` that is a regular expression. */
export const fault = z.strictObject({
  service: z.string().optional(),
  method: z.string().optional(),
  path: z.string().optional(),
  pattern: z.string().optional(),
  nth: z.int().min(1).optional(),
  times: z.int().min(1).optional(),
  effect,
});

export const latency = z.strictObject({ ms: z.int().min(0) });

/** Days by which the company's clock is moved forward. */
export const advance = z.strictObject({ days: z.number().min(0).max(3650) });

export const account = z.strictObject({
  email: z.string().optional(),
  verified: z.boolean().optional(),
  suspended_at: z.string().nullable().optional(),
  delinquent_at: z.string().nullable().optional(),
  two_factor: z.string().nullable().optional(),
  default_team: z.string().nullable().optional(),
});

export const settings = z.strictObject({
  eco: z.enum(["bought", "none", "error"]).optional(),
  ecoUsed: z.int().min(0).optional(),
  plansNotSold: z.array(z.string()).optional(),
  silent: z.array(z.enum(["scheduler", "papertrail", "data"])).optional(),
  foreignApps: z.array(z.string()).optional(),
  unverifiedStatus: z.union([z.literal(402), z.literal(422)]).optional(),
  metabaseState: z.record(z.string(), z.enum(["down", "starting"])).optional(),
  rateRemaining: z.int().min(0).optional(),
});

export const config = z.record(z.string().regex(/^\w+$/), z.string().nullable());

/** Collections whose records can be changed or removed as if by hand. */
export const collections = [
  "apps",
  "addons",
  "attachments",
  "builds",
  "releases",
  "formation",
  "dynos",
  "jobs",
  "schedules",
  "transfers",
] as const;
export const collection = z.enum(collections);
export const record = z.record(z.string(), z.unknown());
