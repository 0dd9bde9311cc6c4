// A short second connection for work that would keep the lock's heartbeats waiting.
import type pg from "pg";
import type { Environment } from "../common/hosts.js";
import type { Secret } from "../common/secret.js";
import { close, connect } from "../postgres/connect.js";

export interface SideOptions {
  readonly env: Environment;
  /** for each statement */
  readonly timeoutMs: number;
  /** ends the connection, and with it what it does */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Connects, works, closes, whatever happens.
 * @throws what connecting and `work` throw; an aborted signal makes `work` fail
 */
export async function withSideConnection<T>(
  url: Secret,
  { env, timeoutMs, signal }: SideOptions,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = await connect(url, { applicationName: "reluvia pipeline side", timeoutMs, env });
  const leave = () => void close(client);
  signal?.addEventListener("abort", leave, { once: true });
  try {
    if (signal?.aborted) throw new Error("the run was stopped");
    return await work(client);
  } finally {
    signal?.removeEventListener("abort", leave);
    await close(client);
  }
}
