// The words of provisioning: what is desired, what is there, and the plan between the two. Data only.
import type { AnswerName, MetabaseRuntime } from "../../config/answers.js";
import type { DynoSizeName } from "../../config/prices.js";
import type { AddOnSpec, ConfigVarSpec, Role } from "../../config/stack.js";
import type { Secret } from "../common/secret.js";
import type { CheckoutSource } from "../deploy/checkout.js";
import type { Account, EcoQuota } from "../heroku/account.js";
import type { AddOn } from "../heroku/addons.js";
import type { App } from "../heroku/apps.js";
import type { Attachment } from "../heroku/attachments.js";
import type { BackupSchedule } from "../heroku/backups.js";
import type { Build } from "../heroku/builds.js";
import type { Process } from "../heroku/formation.js";
import type { Known } from "../heroku/known.js";
import type { Search } from "../heroku/papertrail.js";
import type { Release } from "../heroku/releases.js";
import type { Job } from "../heroku/scheduler.js";

/** Where a value came from, best source first. */
export type Origin = "flag" | "environment" | ".env" | "typed" | "heroku" | "default" | "generated" | "declared";

/** An answer that is settled: its text, or a secret, and where it came from. */
export interface Answer {
  readonly value: string | Secret;
  readonly origin: Origin;
}

export type Answers = Readonly<Partial<Record<AnswerName, Answer>>>;

/** An answer that is still needed, named so that a person or a script can give it. */
export interface Missing {
  readonly name: AnswerName;
  readonly flag?: string;
  readonly variable: string;
}

/** What each app's own calls have told; a part that could not be read says why. */
export interface ActualApp {
  readonly state: "present";
  readonly app: App;
  readonly addOns: readonly AddOn[];
  readonly attachments: readonly Attachment[];
  readonly config: ReadonlyMap<string, Secret>;
  /** registry names or addresses, in order */
  readonly buildpacks: readonly string[];
  readonly formation: readonly Process[];
  /** newest first */
  readonly releases: readonly Release[];
  /** newest first */
  readonly builds: readonly Build[];
  /** host names that people gave the app, where the API tells */
  readonly domains: readonly string[];
}

/** absent: the name is free · foreign: somebody else's */
export type ActualState = ActualApp | { readonly state: "absent" } | { readonly state: "foreign" };

/** Everything that was read before planning. */
export interface Actual {
  readonly account: Account;
  /** undefined: the API did not say */
  readonly eco: EcoQuota | undefined;
  readonly pipeline: ActualState;
  readonly metabase: ActualState;
  readonly jobs: Known<readonly Job[]>;
  readonly backups: Known<readonly BackupSchedule[]>;
  readonly searches: Known<readonly Search[]>;
  /** plans that are sold, by service, with live prices; a service whose plans could not be read is missing */
  readonly plans: ReadonlyMap<string, ReadonlyMap<string, PlanOffer>>;
  /** attachments of the declared name elsewhere in the account, read only when an app is missing: a stack under other names */
  readonly elsewhere: readonly { readonly pipelineApp: string; readonly metabaseApp: string }[];
}

export interface PlanOffer {
  /** the short name, without the service */
  readonly name: string;
  readonly monthlyCents: number | undefined;
}

/** One app as it is wanted. */
export interface DesiredApp {
  readonly role: Role;
  readonly name: string;
  readonly stack: string;
  readonly buildpacks: readonly string[];
  readonly addOns: readonly DesiredAddOn[];
  readonly config: readonly DesiredVar[];
  readonly dyno: DynoSizeName;
  /** how many `web` dynos run */
  readonly webQuantity: number;
  /** the source that is to run, or why there is none to deploy */
  readonly source: CheckoutSource;
}

export interface DesiredAddOn {
  readonly spec: AddOnSpec;
  readonly name: string;
  /** the plan's short name */
  readonly plan: string;
  readonly origin: Origin;
}

export interface DesiredVar {
  readonly spec: ConfigVarSpec;
  /** absent: its value is known only while applying, or the optional answer is missing */
  readonly answer?: Answer;
}

/** Everything that is wanted, settled. */
export interface Desired {
  readonly region: Answer;
  readonly team: string | undefined;
  readonly runtime: MetabaseRuntime;
  readonly pipeline: DesiredApp;
  readonly metabase: DesiredApp;
  readonly job: { readonly command: string; readonly every: number; readonly at: number; readonly size: DynoSizeName };
  readonly answers: Answers;
}

export type Action = "create" | "adopt" | "change" | "keep" | "unmanaged";

export type Resource =
  | "app"
  | "stack"
  | "buildpacks"
  | "add-on"
  | "attachment"
  | "config-var"
  | "build"
  | "formation"
  | "job"
  | "backup"
  | "search";

/** One line of a plan. Only `create` and `change` write; texts of secrets are masked before they get here. */
export interface Step {
  /** stable: `<role>.<resource>.<name>`; what checks and tasks are named by */
  readonly id: string;
  readonly action: Action;
  readonly role: Role;
  readonly app: string;
  readonly resource: Resource;
  readonly name: string;
  readonly reason: string;
  readonly before?: string;
  readonly after?: string;
  /** where the wanted value came from */
  readonly origin?: Origin;
  /** price of the thing a month, in cents; absent when it has none of its own */
  readonly monthlyCents?: number;
}

/** Something that stops the plan before anything is written. */
export interface Refusal {
  readonly id: string;
  readonly message: string;
  readonly why?: string;
  readonly commands: readonly string[];
}

/** Something that a person has to agree to in so many words; off a terminal the flag is that agreement. */
export interface Consent extends Refusal {
  readonly id: "dirty-checkout" | "vulnerable-metabase" | "adopt" | "second-stack";
  readonly flag: string;
  /** what it is about, where that is a list: files that are not committed */
  readonly files?: readonly string[];
}

/** Something that a person does by hand, or should know; never stops a plan. */
export interface Notice {
  readonly id: string;
  readonly text: string;
  readonly commands: readonly string[];
}

export interface PriceLine {
  readonly what: string;
  readonly monthlyCents: number;
  /** true: the price is the account's, paid once however many dynos use it */
  readonly perAccount: boolean;
}

/** What would be done. Empty when no step writes. */
export interface Plan {
  /** sorted: by app, then in the order in which they are done */
  readonly steps: readonly Step[];
  readonly refusals: readonly Refusal[];
  readonly consents: readonly Consent[];
  readonly notices: readonly Notice[];
  readonly prices: readonly PriceLine[];
  /** the whole stack a month, not only what changes */
  readonly monthlyCents: number;
}

/** The steps that write. */
export function changesOf(plan: Plan): readonly Step[] {
  return plan.steps.filter((step) => step.action === "create" || step.action === "change");
}
