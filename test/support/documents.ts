// The documents of --json as other people's scripts rely on them; unknown keys at the top or in a check are an error.
import { z } from "zod";

const command = z.object({ command: z.string().min(1), why: z.string().min(1) }).strict();

const error = z
  .object({
    id: z.string().optional(),
    title: z.string().optional(),
    message: z.string().min(1),
    why: z.string().optional(),
    commands: z.array(z.string()),
  })
  .strict();

const change = z
  .object({
    action: z.enum(["create", "adopt", "change", "keep", "unmanaged"]),
    app: z.string().min(1),
    resource: z.string().min(1),
    name: z.string(),
    reason: z.string().min(1),
    before: z.string().optional(),
    after: z.string().optional(),
    monthlyCents: z.int().min(0).optional(),
  })
  .strict();

export const setupSchema = z
  .object({
    schemaVersion: z.literal(1),
    command: z.literal("setup"),
    status: z.enum(["done", "no_changes", "planned", "action_required", "refused", "failed"]),
    missing: z.array(z.object({ name: z.string(), flag: z.string().optional(), variable: z.string() }).strict()),
    plan: z.looseObject({ changes: z.array(change), monthlyCents: z.int().min(0) }).optional(),
    next: z.array(command),
    error: error.optional(),
  })
  .strict();

const check = z
  .object({
    id: z.string().min(1),
    group: z.string().min(1),
    title: z.string().min(1),
    status: z.enum(["ok", "warn", "fail", "unknown", "skipped"]),
    detail: z.string().min(1),
    remedy: z
      .object({ text: z.string().min(1), commands: z.array(z.string().min(1)).min(1) })
      .strict()
      .optional(),
  })
  .strict();

export const verifySchema = z
  .object({
    schemaVersion: z.literal(1),
    command: z.literal("verify"),
    status: z.enum(["healthy", "unhealthy", "unknown"]),
    checks: z.array(check),
    error: error.optional(),
  })
  .strict();

export type SetupDocument = z.infer<typeof setupSchema>;
export type VerifyDocument = z.infer<typeof verifySchema>;
