// One run of the extractor as its own process: how long until the sessions were merged, and the most memory it took.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";

export interface Loaded {
  /** from the start of the process to the last merged row */
  readonly mergedMs: number;
  /** to the end of the process: start, tables, VACUUM and goodbye included */
  readonly wallMs: number;
  readonly peakMb: number;
  readonly rows: number;
  readonly changed: number;
}

/** @throws when it does not end with 0 */
export async function measureLoad(script: string, env: NodeJS.ProcessEnv): Promise<Loaded> {
  const begun = performance.now();
  const child = spawn(process.execPath, [script], { env, stdio: ["ignore", "pipe", "pipe"] });
  let mergedMs = 0;
  let peakMb = 0;
  let stdout = "";
  let stderr = "";
  const look = setInterval(() => {
    peakMb = Math.max(peakMb, highestMb(child.pid));
  }, 20);
  child.stdout.on("data", (text) => {
    stdout += text;
  });
  child.stderr.on("data", (text) => {
    stderr += text;
    if (String(text).includes('"sessions"')) mergedMs = performance.now() - begun;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  clearInterval(look);
  const [, rows, changed] = /rows=(\d+) changed=(\d+)/.exec(stdout) ?? [];
  if (code !== 0 || rows === undefined) throw new Error(`the extractor ended with ${code}: ${stderr.slice(-500)}`);
  return { mergedMs, wallMs: performance.now() - begun, peakMb, rows: Number(rows), changed: Number(changed) };
}

/** The most that it ever held, as Linux counts it; 0 elsewhere and once it is gone. */
function highestMb(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
