// The pipeline's command line, read strictly: what was asked for, or one sentence that says what is wrong.
import { parseArgs } from "node:util";
import { ExpectedError } from "../common/errors.js";
import { type Part, type PipelineOptions, parts } from "./types.js";

export const pipelineHelp = `Usage: npm run pipeline -- [flags]

Loads Stripe, Amplitude and FunnelFox into Postgres, then builds the marts with dbt. What is loaded already is not
loaded again; a run that was stopped goes on from there. Only one runs at a time: a second one says so and leaves.

Flags
  --only LIST       parts to run, with commas between them: stripe, amplitude, funnelfox, dbt
  --full-refresh    read every source from its beginning and build every mart anew; nothing is deleted first
  --since DATE      read again what is on or after this day, such as 2026-01-31
  --json            one JSON document on stdout, everything else on stderr
  --help            this text

Variables
  DATABASE_URL               the warehouse
  TAP_STRIPE_API_KEY, TAP_AMPLITUDE_API_KEY, TAP_AMPLITUDE_SECRET_KEY, TAP_AMPLITUDE_REGION, FUNNELFOX_API_KEY
  PIPELINE_START_DATE        the first day of Amplitude's history
  PIPELINE_EVENTS_DAYS       keep raw events for so many days; default: all
  PIPELINE_STORAGE_LIMIT     what the database may hold, such as 10GB; default: by POSTGRES_PLAN, else by its connections
  SLACK_WEBHOOK_URL          told when a run fails and when the next is well again

Exit codes
  0    done, stopped after 23 hours with progress, or skipped because another run is under way
  64   a flag or a variable is wrong
  130, 143   stopped by Ctrl-C or SIGTERM
  else that of the first process that failed
`;

export type ParsedPipelineArgs =
  | { readonly kind: "help" }
  | { readonly kind: "run"; readonly options: PipelineOptions };

const flags = {
  only: { type: "string" },
  "full-refresh": { type: "boolean" },
  since: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/**
 * Reads the command line. --help wins over everything else on it.
 * @param argv the words after the script's name
 * @param today YYYY-MM-DD in UTC; --since cannot lie after it
 * @throws ExpectedError (usage); the message repeats no value that could be a secret
 */
export function parsePipelineArgs(argv: readonly string[], today: string): ParsedPipelineArgs {
  const { values, tokens } = parseArgs({
    args: [...argv],
    options: flags,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  if (values.help) return { kind: "help" };
  for (const token of tokens) {
    if (token.kind === "positional")
      throw usage(`Word ${token.index + 1} belongs to no flag: the pipeline takes flags only.`);
    if (token.kind !== "option") continue;
    const flag = Object.entries(flags).find(([name]) => name === token.name)?.[1];
    if (!flag) throw usage("There is a flag that the pipeline does not take.");
    const needsValue = flag.type === "string";
    if (needsValue && (token.value === undefined || (token.value.startsWith("-") && !token.inlineValue))) {
      throw usage(`--${token.name} needs a value.`);
    }
    if (!needsValue && token.inlineValue) throw usage(`--${token.name} takes no value: it is on when it is there.`);
  }
  const since = text(values.since);
  if (since !== undefined) checkDay(since, today);
  if (since !== undefined && values["full-refresh"]) {
    throw usage("--since and --full-refresh exclude each other: one reads a part again, the other everything.");
  }
  return {
    kind: "run",
    options: {
      only: onlyParts(text(values.only)),
      fullRefresh: values["full-refresh"] === true,
      since,
      json: values.json === true,
    },
  };
}

function text(value: string | boolean | undefined): string | undefined {
  return typeof value === "string" ? value.trim() : undefined;
}

function onlyParts(list: string | undefined): readonly Part[] {
  if (list === undefined) return parts;
  const words = list.split(",").flatMap((word) => word.trim().toLowerCase() || []);
  const wanted = words.flatMap((word) => (word === "meltano" ? (["stripe", "amplitude"] as const) : word));
  if (wanted.length === 0 || !wanted.every((word): word is Part => parts.includes(word as Part))) {
    throw usage(`--only takes parts of the pipeline, with commas between them: ${parts.join(", ")}.`);
  }
  // The order in which they run is not the caller's to choose.
  return parts.filter((part) => wanted.includes(part));
}

function checkDay(day: string, today: string): void {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(day) && new Date(`${day}T00:00:00Z`).toJSON()?.slice(0, 10) === day;
  if (!isDay) throw usage("--since takes a day, written as 2026-01-31.");
  if (day > today) throw usage(`--since lies in the future: today is ${today} in UTC.`);
}

function usage(message: string): ExpectedError {
  return new ExpectedError("usage", message, { commands: ["npm run pipeline -- --help"] });
}
