// The pretend world as plain data: everything Heroku would remember about one account, ready to be written as JSON.
import type { BusinessRecord } from "../business/of-world.js";
import type { SearchState } from "../papertrail/index.js";

/** The person who holds the token. */
export interface AccountRecord {
  id: string;
  email: string;
  name: string | null;
  verified: boolean;
  suspended_at: string | null;
  delinquent_at: string | null;
  /** When set, every request must carry this code in `Heroku-Two-Factor-Code`. */
  two_factor: string | null;
  /** Name of the team that gets the apps of `POST /apps`. */
  default_team: string | null;
  created_at: string;
}

export interface TeamRecord {
  id: string;
  name: string;
}

export interface AppRecord {
  id: string;
  name: string;
  /** Heroku's random ending of an app's host name. */
  suffix: string;
  region: string;
  stack: string;
  build_stack: string;
  team: string | null;
  locked: boolean;
  maintenance: boolean;
  created_at: string;
  updated_at: string;
  released_at: string | null;
  slug_size: number | null;
  /** When a visitor last woke the web dynos. */
  visited_at: string | null;
  config: Record<string, string>;
  buildpacks: string[];
  features: string[];
}

export interface AddonRecord {
  id: string;
  name: string;
  app: string;
  plan: string;
  state: "provisioning" | "provisioned" | "deprovisioned";
  /** Values under their provider-side names (URL, API_TOKEN); empty until provisioned. */
  values: Record<string, string>;
  /** Database of this add-on in the real Postgres, once there is one. */
  database: string | null;
  /** Reads still to come before the record says provisioned. */
  readsLeft: number;
  /** Reads of config vars still to come, after that, before the values are there. */
  configReadsLeft: number;
  config: Record<string, string>;
  created_at: string;
  updated_at: string;
}

export interface AttachmentRecord {
  id: string;
  name: string;
  addon: string;
  app: string;
  namespace: string | null;
  created_at: string;
  updated_at: string;
}

export interface SourceRecord {
  id: string;
  signature: string;
  uploaded: boolean;
}

export interface BuildRecord {
  id: string;
  app: string;
  status: "pending" | "succeeded" | "failed";
  source: { url: string; checksum: string | null; version: string | null; version_description: string | null };
  buildpacks: string[];
  stack: string;
  logToken: string;
  log: string;
  /** What the build will come to; null while it is still being worked out. */
  outcome: BuildOutcome | null;
  readsLeft: number;
  slug: string | null;
  release: string | null;
  created_at: string;
  updated_at: string;
}

export type BuildOutcome =
  | { ok: true; processTypes: Record<string, string>; size: number; description: string }
  | { ok: false; message: string };

export interface SlugRecord {
  id: string;
  app: string;
  source: string;
  stack: string;
  commit: string | null;
  checksum: string | null;
  description: string | null;
  size: number;
  process_types: Record<string, string>;
  created_at: string;
}

export interface ReleaseRecord {
  id: string;
  app: string;
  version: number;
  description: string;
  status: "pending" | "succeeded" | "failed" | "expired";
  slug: string | null;
  /** Image of a container app; such a release has no slug. */
  image: string | null;
  process_types: Record<string, string>;
  config: Record<string, string>;
  plans: string[];
  created_at: string;
  updated_at: string;
}

export interface FormationRecord {
  id: string;
  app: string;
  type: string;
  command: string;
  quantity: number;
  size: string;
  created_at: string;
  updated_at: string;
}

export interface DynoRecord {
  id: string;
  app: string;
  name: string;
  type: string;
  command: string;
  size: string;
  state: "starting" | "up" | "idle" | "crashed" | "down";
  release: string;
  /** A one-off dyno ends after so many reads; null for dynos of the formation. */
  readsLeft: number | null;
  created_at: string;
  updated_at: string;
}

/** A line of the Scheduler's table. */
export interface JobRecord {
  id: string;
  app: string;
  command: string;
  dyno_size: string;
  every: number;
  at: number;
  ran_at: string | null;
  created_at: string;
}

/** A daily logical backup. */
export interface ScheduleRecord {
  uuid: string;
  addon: string;
  name: string;
  hour: number;
  timezone: string;
  created_at: string;
}

/** One backup that was taken. */
export interface TransferRecord {
  uuid: string;
  num: number;
  addon: string;
  started_at: string;
  finished_at: string;
  succeeded: boolean;
}

/** How this Heroku behaves today; changed through `/_sandbox/`. */
export interface Settings {
  /** `none`: the Eco plan was not bought; `error`: the quota route does not answer. */
  eco: "bought" | "none" | "error";
  /** Seconds of this month's Eco hours already used. */
  ecoUsed: number;
  plansNotSold: string[];
  /** Undocumented services that stopped to answer. */
  silent: ("scheduler" | "papertrail" | "data")[];
  /** App names that belong to somebody else. */
  foreignApps: string[];
  /** Status of the refusal that an unverified account gets. */
  unverifiedStatus: 402 | 422;
  /** Metabase apps, by name, that are in this state whatever their dyno says. */
  metabaseState: Record<string, "down" | "starting">;
}

export interface World {
  version: 1;
  port: number | null;
  postgresPort: number | null;
  token: string;
  keys: { stripe: string; amplitudeApi: string; amplitudeSecret: string; funnelfox: string };
  account: AccountRecord;
  teams: TeamRecord[];
  apps: AppRecord[];
  addons: AddonRecord[];
  attachments: AttachmentRecord[];
  sources: SourceRecord[];
  builds: BuildRecord[];
  slugs: SlugRecord[];
  releases: ReleaseRecord[];
  formation: FormationRecord[];
  dynos: DynoRecord[];
  jobs: JobRecord[];
  schedules: ScheduleRecord[];
  transfers: TransferRecord[];
  /** Papertrail's saved searches, by app id. */
  searches: SearchState;
  /** Last log lines of each app, by app id. */
  logs: Record<string, string[]>;
  settings: Settings;
  /** The company that Stripe, Amplitude and FunnelFox tell of; absent in worlds from before there was one. */
  business?: BusinessRecord;
  /** Calls left in this hour, and when that was counted (ms). */
  rate: { remaining: number; at: number };
}
