// What `--sandbox` does: joins the sandbox that serves the folder, or serves it from this process until closed.
import { setTimeout as sleep } from "node:timers/promises";
import { claim, isAlive } from "./claim.js";
import { startSandbox } from "./start.js";

/** Longest time that a sandbox stays up for guests that joined it. */
const GUEST_DEADLINE_MS = 600_000;

export interface UsedSandbox {
  env: Record<string, string>;
  url: string;
  /** Whether it was running already. */
  found: boolean;
  /** Leaves a found sandbox running; ends one that was started here, once others that joined it have left. */
  close(): Promise<void>;
}

/** Finds the running sandbox of this folder, or starts one in this process with its state there. */
export async function useSandbox(options: { stateDir: string }): Promise<UsedSandbox> {
  const claimed = await claim(options.stateDir);
  if (!claimed.mine) {
    const env = await join(claimed.url);
    return { env, url: claimed.url, found: true, close: () => leave(claimed.url) };
  }
  try {
    const sandbox = await startSandbox({ stateDir: options.stateDir });
    claimed.publish(sandbox.url);
    const close = async (): Promise<void> => {
      await guestsLeft(sandbox.url);
      await sandbox.close();
      claimed.release();
    };
    return { env: sandbox.env, url: sandbox.url, found: false, close };
  } catch (error) {
    claimed.release();
    throw error;
  }
}

async function join(url: string): Promise<Record<string, string>> {
  const response = await fetch(`${url}/_sandbox/guests/${process.pid}`, {
    method: "PUT",
    signal: AbortSignal.timeout(5000),
  });
  const body = (await response.json()) as { env: Record<string, string> };
  return body.env;
}

async function leave(url: string): Promise<void> {
  const options = { method: "DELETE", signal: AbortSignal.timeout(2000) };
  await fetch(`${url}/_sandbox/guests/${process.pid}`, options).catch(() => undefined);
}

async function guestsLeft(url: string): Promise<void> {
  const deadline = Date.now() + GUEST_DEADLINE_MS;
  while (Date.now() < deadline) {
    const response = await fetch(`${url}/_sandbox/guests`).catch(() => undefined);
    const pids = response === undefined ? [] : ((await response.json()) as number[]);
    if (!pids.some((pid) => isAlive(pid))) return;
    await sleep(100);
  }
}
