// The documents that --json prints: one versioned object for each command, whose keys other people's scripts rely on.
import { ExpectedError, messageOf } from "../common/errors.js";
import {
  type Consent,
  changesOf,
  type Missing,
  type Notice,
  type Plan,
  type Refusal,
  type Step,
} from "../provision/types.js";
import type { CheckResult } from "./checks-text.js";

export interface ChangeDocument {
  readonly action: Step["action"];
  readonly app: string;
  readonly resource: Step["resource"];
  readonly name: string;
  readonly reason: string;
  readonly before?: string;
  readonly after?: string;
  readonly monthlyCents?: number;
}

export interface PlanDocument {
  /** the steps that write, in the order in which they are done; empty: no changes */
  readonly changes: readonly ChangeDocument[];
  /** what was there under our names and is used as it is */
  readonly adopted: readonly ChangeDocument[];
  /** what is there, is not declared, and is left alone */
  readonly unmanaged: readonly ChangeDocument[];
  readonly notices: readonly Notice[];
  readonly refusals: readonly Refusal[];
  /** what has to be agreed to with a flag before the plan goes on */
  readonly consents: readonly Consent[];
  /** the whole stack a month */
  readonly monthlyCents: number;
}

/** The plan as data; what is kept as it is does not appear. */
export function planDocument(plan: Plan): PlanDocument {
  const those = (action: Step["action"]) => plan.steps.filter((step) => step.action === action).map(changeDocument);
  return {
    changes: changesOf(plan).map(changeDocument),
    adopted: those("adopt"),
    unmanaged: those("unmanaged"),
    notices: plan.notices,
    refusals: plan.refusals,
    consents: plan.consents,
    monthlyCents: plan.monthlyCents,
  };
}

function changeDocument(step: Step): ChangeDocument {
  const { action, app, resource, name, reason, before, after, monthlyCents } = step;
  return {
    action,
    app,
    resource,
    name,
    reason,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(monthlyCents === undefined ? {} : { monthlyCents }),
  };
}

export interface ErrorDocument {
  readonly id?: string;
  readonly message: string;
  readonly why?: string;
  readonly commands: readonly string[];
}

/** An error as data: the API's own id where it has one, and what to do next. A bug is named as one. */
export function errorDocument(error: unknown): ErrorDocument {
  const message = messageOf(error);
  if (!(error instanceof ExpectedError)) {
    return { id: "bug", message: `This is a bug in reluvia-dwh: ${message}`, commands: [] };
  }
  const id = "id" in error && typeof error.id === "string" ? error.id : undefined;
  return {
    ...(id === undefined ? {} : { id }),
    message,
    ...(error.why === undefined ? {} : { why: error.why }),
    commands: error.commands,
  };
}

/** What stands for the error of a run that a signal ended. */
export function interruptedDocument(command: string): ErrorDocument {
  return { id: "interrupted", message: "Interrupted.", commands: [command] };
}

export interface NextCommand {
  readonly command: string;
  readonly why: string;
}

export type SetupStatus = "done" | "no_changes" | "planned" | "action_required" | "refused" | "failed";

export interface SetupDocument {
  readonly schemaVersion: 1;
  readonly command: "setup";
  readonly status: SetupStatus;
  readonly missing: readonly Missing[];
  /** absent when the run ended before there was one */
  readonly plan?: PlanDocument;
  readonly next: readonly NextCommand[];
  readonly error?: ErrorDocument;
}

/**
 * The document of `setup --json`.
 * @param told status, missing answers, the plan when there is one, what to run next, and the error (anything thrown, or a document)
 */
export function setupDocument(told: {
  readonly status: SetupStatus;
  readonly missing?: readonly Missing[] | undefined;
  readonly plan?: Plan | undefined;
  readonly next?: readonly NextCommand[] | undefined;
  readonly error?: ErrorDocument | undefined;
}): SetupDocument {
  return {
    schemaVersion: 1,
    command: "setup",
    status: told.status,
    missing: (told.missing ?? []).map(({ name, flag, variable }) => ({
      name,
      ...(flag === undefined ? {} : { flag }),
      variable,
    })),
    ...(told.plan ? { plan: planDocument(told.plan) } : {}),
    next: told.next ?? [],
    ...(told.error ? { error: told.error } : {}),
  };
}

export type VerifyStatus = "healthy" | "unhealthy" | "unknown";

export interface VerifyDocument {
  readonly schemaVersion: 1;
  readonly command: "verify";
  readonly status: VerifyStatus;
  readonly checks: readonly CheckResult[];
  readonly error?: ErrorDocument;
}

/** The document of `verify --json`; `error` when the checks could not be made at all. */
export function verifyDocument(told: {
  readonly status: VerifyStatus;
  readonly checks: readonly CheckResult[];
  readonly error?: ErrorDocument | undefined;
}): VerifyDocument {
  return {
    schemaVersion: 1,
    command: "verify",
    status: told.status,
    checks: told.checks.map(({ id, group, title, status, detail, remedy }) => ({
      id,
      group,
      title,
      status,
      detail,
      ...(remedy ? { remedy: { text: remedy.text, commands: remedy.commands } } : {}),
    })),
    ...(told.error ? { error: told.error } : {}),
  };
}
