#!/usr/bin/env node
// `npm run sandbox`: serves in the foreground with its state in .sandbox/; `reset` forgets the world, `stop` ends the server.
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { BusinessWish } from "./business/of-world.js";
import { claim, isAlive, readEntry } from "./claim.js";
import { startSandbox } from "./start.js";

const USAGE = `Usage: npm run sandbox [-- serve | reset | stop | --help]

  serve   (default) serve the sandbox until Ctrl-C; its world is kept in .sandbox/
  reset   end the running sandbox, if any, and forget its world
  stop    end the running sandbox

  serve takes --profiles N, --days N and --seed N: the company that Stripe, Amplitude and FunnelFox tell of, for a world
  that is made anew (default 300 profiles in 60 days, seed 1)
`;

/** How long a running sandbox may take to end after it was asked to. */
const STOP_DEADLINE_MS = 20_000;

async function serve(stateDir: string, business: BusinessWish = {}): Promise<number> {
  const claimed = await claim(stateDir);
  if (!claimed.mine) {
    process.stderr.write(`A sandbox of this folder already runs at ${claimed.url} (process ${claimed.pid}).\n`);
    if (Object.keys(business).length > 0) {
      process.stderr.write("Its company cannot be changed. Forget its world first: npm run sandbox -- reset\n");
      return 1;
    }
    const env: unknown = await (await fetch(`${claimed.url}/_sandbox/env`)).json();
    printExports(env as Record<string, string>);
    return 0;
  }
  const stopped = new Promise<void>((done) => {
    // Stay registered: npm passes Ctrl-C on a second time, which must not cut the closing short.
    process.on("SIGINT", () => done());
    process.on("SIGTERM", () => done());
  });
  try {
    const sandbox = await startSandbox({ stateDir, business });
    claimed.publish(sandbox.url);
    printExports(sandbox.env);
    process.stderr.write(`The sandbox serves at ${sandbox.url}; its world is in ${stateDir}. Ctrl-C ends it.\n`);
    await stopped;
    await sandbox.close();
  } finally {
    claimed.release();
  }
  return 0;
}

async function stop(stateDir: string): Promise<number> {
  const entry = readEntry(join(stateDir, "server.json"));
  if (entry === undefined || !isAlive(entry.pid)) {
    process.stderr.write("No sandbox of this folder is running.\n");
    return 0;
  }
  process.kill(entry.pid, "SIGTERM");
  const deadline = Date.now() + STOP_DEADLINE_MS;
  while (isAlive(entry.pid) && Date.now() < deadline) await sleep(100);
  if (!isAlive(entry.pid)) return 0;
  process.stderr.write(`Process ${entry.pid} did not end within ${STOP_DEADLINE_MS / 1000} s.\n`);
  return 1;
}

async function reset(stateDir: string): Promise<number> {
  const code = await stop(stateDir);
  if (code === 0) rmSync(stateDir, { recursive: true, force: true });
  return code;
}

/** The company that `serve` is asked for; undefined when the arguments are not those of `serve`. */
function wishOf(args: string[]): BusinessWish | undefined {
  const number = { type: "string" } as const;
  try {
    const options = { profiles: number, days: number, seed: number };
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    if (positionals.length > 1 || (positionals[0] ?? "serve") !== "serve") return undefined;
    const given = Object.entries(values).map(([name, value]) => [name, Number(value)] as const);
    return given.every(([, value]) => Number.isSafeInteger(value)) ? Object.fromEntries(given) : undefined;
  } catch {
    return undefined;
  }
}

function printExports(env: Record<string, string>): void {
  for (const [name, value] of Object.entries(env)) process.stdout.write(`export ${name}='${value}'\n`);
}

async function main(args: string[]): Promise<number> {
  const stateDir = resolve(".sandbox");
  const wish = wishOf(args);
  if (wish !== undefined) return serve(stateDir, wish);
  const [command, ...rest] = args;
  if (rest.length === 0 && command === "stop") return stop(stateDir);
  if (rest.length === 0 && command === "reset") return reset(stateDir);
  const isHelp = command === "--help" || command === "-h";
  (isHelp ? process.stdout : process.stderr).write(isHelp ? USAGE : `Unknown: ${args.join(" ")}\n\n${USAGE}`);
  return isHelp ? 0 : 64;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  },
);
