// Measures setup and verify against a sandbox that answers late: wall time, calls, and how deep they depend on one another.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { startSandbox } from "../sandbox/index.js";
import { longestChain, spanOf } from "./chain.js";
import { makeCheckout } from "./checkout.js";

const LATENCY_MS = 100;
const RUNS = 5;

interface Measured {
  readonly name: string;
  readonly wallMs: number;
  readonly spanMs: number;
  readonly calls: number;
  readonly writes: number;
  readonly depth: number;
  readonly exitCode: number;
}

/** Prints the figures that the README states. */
export async function benchSetup(root: string): Promise<void> {
  const rounds: Measured[][] = [];
  for (let round = 0; round < RUNS; round++) rounds.push(await oneRound(root));
  const names = rounds[0]?.map(({ name }) => name) ?? [];
  console.log(`Every answer ${LATENCY_MS} ms late, median of ${RUNS} runs:`);
  console.log(row(["", "process s", "calls s", "calls", "writes", "deep", "calls s ÷ (deep × latency)"]));
  for (const [index, name] of names.entries()) {
    const runs = rounds.flatMap((round) => round[index] ?? []);
    const mid = (pick: (one: Measured) => number) => median(runs.map(pick));
    const span = mid(({ spanMs }) => spanMs);
    const depth = mid((one) => one.depth);
    console.log(
      row([
        name,
        (mid(({ wallMs }) => wallMs) / 1000).toFixed(2),
        (span / 1000).toFixed(2),
        String(mid(({ calls }) => calls)),
        String(mid(({ writes }) => writes)),
        String(depth),
        (span / (depth * LATENCY_MS)).toFixed(2),
      ]),
    );
  }
  await benchHelp(root);
}

async function oneRound(root: string): Promise<Measured[]> {
  // Starting a database takes the sandbox a second that Heroku would not spend inside these calls.
  const sandbox = await startSandbox({ databases: "addresses", latencyMs: LATENCY_MS });
  const checkout = makeCheckout(join(root, "metabase"));
  const measure = async (name: string, script: string, args: readonly string[]): Promise<Measured> => {
    sandbox.calls.length = 0;
    const { wallMs, exitCode } = await timed(
      [join(root, "dist", "scripts", script), ...args],
      checkout.folder,
      sandbox.env,
    );
    // Without a real database behind its address, verify has one thing to complain of.
    if (exitCode > (script === "verify.js" ? 3 : 0)) throw new Error(`${name} ended with ${exitCode}`);
    const calls = [...sandbox.calls];
    return {
      name,
      wallMs,
      exitCode,
      spanMs: spanOf(calls),
      calls: calls.length,
      writes: calls.filter(({ method }) => method !== "GET").length,
      depth: longestChain(calls),
    };
  };
  try {
    return [
      await measure("first setup", "setup.js", ["--yes"]),
      await measure("setup again", "setup.js", ["--yes"]),
      await measure("verify", "verify.js", []),
    ];
  } finally {
    checkout.remove();
    await sandbox.close();
  }
}

/** How long `--help` takes, as a multiple of a Node that does nothing, the two in turn. */
async function benchHelp(root: string): Promise<void> {
  const help: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < 11; round++) {
    bare.push((await timed(["-e", "0"], root, {})).wallMs);
    help.push((await timed([join(root, "dist", "scripts", "setup.js"), "--help"], root, {})).wallMs);
  }
  const ratio = median(help.map((ms, index) => ms / (bare[index] ?? ms)));
  console.log(`setup --help takes ${ratio.toFixed(2)} × a bare node (${median(bare).toFixed(0)} ms).`);
}

function timed(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<{ wallMs: number; exitCode: number }> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args], {
      cwd,
      stdio: "ignore",
      timeout: 120_000,
      env: { PATH: process.env.PATH ?? "", HOME: cwd, ...env },
    });
    child.once("error", reject);
    child.once("exit", (code) => resolve({ wallMs: performance.now() - startedAt, exitCode: code ?? -1 }));
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const widths = [14, 10, 9, 7, 8, 6, 28];
const row = (cells: readonly string[]) =>
  cells
    .map((cell, index) => (index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
    .join("");
