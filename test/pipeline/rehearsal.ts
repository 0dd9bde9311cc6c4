// A folder that stands in for the project, with Node scripts for meltano, dbt and funnelfox, and a run over it in this process.
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redactor } from "../../scripts/common/redact.js";
import { realSleep } from "../../scripts/common/retry.js";
import { Secret } from "../../scripts/common/secret.js";
import type { PipelineDeps } from "../../scripts/pipeline/context.js";
import { createReporter } from "../../scripts/pipeline/reporter.js";
import { type Outcome, runPipeline } from "../../scripts/pipeline/run.js";
import { type PipelineOptions, parts } from "../../scripts/pipeline/types.js";
import { plainStyle } from "../../scripts/terminal/style.js";

export interface Scripts {
  readonly meltano?: string;
  readonly funnelfox?: string;
  readonly dbt?: string;
}

/** Helpers that every script may use. */
const PRELUDE = `
const { writeFileSync, mkdirSync, appendFileSync, readFileSync, existsSync } = require('node:fs');
const say = (event) => console.error(JSON.stringify(event));
const progress = (stream, rows) => say({ event: 'progress', stream, rows });
const args = process.argv.slice(2);
/** What Meltano writes around a plugin's line. */
const plugin = (name, line) => say({ stdio: 'stderr', name, event: typeof line === 'string' ? line : JSON.stringify(line), level: 'info' });
const block = (tap) => say({ event: "Running job with name 'prod:" + tap + "-to-target-postgres' and run ID 'x'" });
const blockEnd = (fields) => say({ event: 'Block run completed', block_type: 'ExtractLoadBlocks', ...fields });
const results = (list = [{ unique_id: 'model.reluvia.a', status: 'success', adapter_response: { rows_affected: 4 } }], at = new Date().toISOString()) => {
  mkdirSync(process.env.DBT_PROJECT_DIR + '/target', { recursive: true });
  writeFileSync(process.env.DBT_PROJECT_DIR + '/target/run_results.json', JSON.stringify({ metadata: { generated_at: at }, results: list }));
};
`;

export const goodScripts: Required<Scripts> = {
  meltano: `
    for (const tap of args.filter((arg) => arg.startsWith('tap-'))) {
      block(tap);
      plugin(tap, { event: 'progress', stream: tap === 'tap-stripe' ? 'charges' : 'events', rows: 10 });
      blockEnd({ success: true });
    }`,
  funnelfox: `progress('sessions', 5);`,
  dbt: `console.log('1 of 1 OK created sql table model a'); results();`,
};

export interface Project {
  readonly root: string;
  readonly bin: string;
  /** what a script appended to it, line by line */
  readonly log: string;
}

/** Makes the folder; `remove` takes it away. */
export async function makeProject(scripts: Scripts = {}): Promise<Project & { remove(): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), "pipeline-project-"));
  const all = { ...goodScripts, ...scripts };
  const bin = join(root, "bin");
  for (const folder of ["bin", "reluvia", "dbt", "dist/scripts"]) await mkdir(join(root, folder), { recursive: true });
  const log = join(root, "log");
  const text = (script: string) => `${PRELUDE}\nconst LOG = ${JSON.stringify(log)};\n${script}\n`;
  await writeFile(join(root, "dist/scripts/package.json"), '{"type":"commonjs"}');
  await writeFile(join(root, "dist/scripts/funnelfox.js"), text(all.funnelfox));
  for (const name of ["meltano", "dbt"] as const) {
    await writeFile(join(bin, name), `#!${process.execPath}\n${text(all[name])}`);
    await chmod(join(bin, name), 0o755);
  }
  return { root, bin, log, remove: () => rm(root, { recursive: true, force: true }) };
}

/** Keys that no run may show. */
export const keys = {
  TAP_STRIPE_API_KEY: "rk_live_a51HsecretStripe",
  TAP_AMPLITUDE_API_KEY: "0123456789abcdef0123456789abcdef",
  TAP_AMPLITUDE_SECRET_KEY: "fedcba9876543210fedcba9876543210",
  FUNNELFOX_API_KEY: "fox_secret_77777",
};

export interface Rehearsal {
  readonly outcome: Outcome;
  /** everything that was told, line by line */
  readonly told: readonly string[];
}

export interface RehearsalOptions {
  readonly url: string;
  readonly project: Project;
  readonly options?: Partial<PipelineOptions>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly deps?: Partial<PipelineDeps>;
  readonly onLine?: (line: string) => void;
}

/** Runs the pipeline in this process. */
export async function rehearse({ url, project, options, env, deps, onLine }: RehearsalOptions): Promise<Rehearsal> {
  const told: string[] = [];
  const redactor = new Redactor();
  redactor.add(
    ...[url, ...Object.values(keys), env?.SLACK_WEBHOOK_URL].map((value) => (value ? new Secret(value) : undefined)),
  );
  const write = (text: string) => {
    for (const line of text.split("\n").filter(Boolean)) {
      told.push(line);
      onLine?.(line);
    }
  };
  const outcome = await runPipeline(
    { only: parts, fullRefresh: false, since: undefined, json: false, ...options },
    {
      env: { PATH: process.env.PATH, DATABASE_URL: url, DYNO: "scheduler.1", ...keys, ...env },
      now: Date.now,
      sleep: realSleep,
      reporter: createReporter({ write, style: plainStyle, now: Date.now, redactor }),
      redactor,
      stop: new AbortController().signal,
      root: project.root,
      python: async () => project.bin,
      ...deps,
    },
  );
  return { outcome, told };
}
