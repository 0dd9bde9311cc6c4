// Runs children side by side: one queue of events, the first failure stops the others, and nothing outlives the call.
import type { Clock, Sleep } from "../common/retry.js";
import { type Child, type ChildSpec, type Exit, type StartChild, startChild } from "./child.js";
import { Queue } from "./queue.js";
import type { StopReason } from "./types.js";

export interface Job extends ChildSpec {
  /** it fails when it takes longer; Infinity for no bound of its own */
  readonly timeoutMs: number;
  /** it fails when it says nothing for so long */
  readonly silenceMs: number;
}

export interface Ended {
  readonly name: string;
  /** stopped: it was well, but a sibling failed or the run had to stop */
  readonly outcome: "succeeded" | "failed" | "stopped";
  readonly cause: "exit" | "spawn" | "timeout" | "silence" | "stop";
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | undefined;
  /** why it could not be started, such as ENOENT */
  readonly spawnError: string | undefined;
  readonly startedAt: number;
  readonly finishedAt: number;
}

export interface Supervised {
  /** in the order in which they ended */
  readonly ended: readonly Ended[];
  readonly firstFailure: Ended | undefined;
  /** why all were told to stop, when that came before any failure */
  readonly stopped: StopReason | undefined;
}

export interface SuperviseDeps {
  readonly now: Clock;
  readonly sleep: Sleep;
  readonly start?: StartChild | undefined;
  /** aborted with a StopReason as its reason */
  readonly stop: AbortSignal;
  readonly onLine: (name: string, line: string, stream: "stdout" | "stderr") => void;
  readonly onStart?: ((name: string, pid: number | undefined) => void) | undefined;
  readonly onEnd?: ((ended: Ended) => void) | undefined;
}

/** Between SIGTERM and SIGKILL. Heroku gives the whole dyno 30 seconds (Heroku Dev Center, Dynos > Shutdown). */
export const GRACE_MS = 10_000;
/** After SIGKILL; what is not gone by then (a disk that hangs) is left to the system. */
const GONE_MS = 2_000;
/** `timeout`'s own exit code for a time-out (GNU coreutils). */
const TIMED_OUT = 124;

type Event =
  | { readonly kind: "exit"; readonly name: string; readonly exit: Exit }
  | { readonly kind: "late"; readonly name: string; readonly cause: "timeout" | "silence" }
  | { readonly kind: "stop" }
  | { readonly kind: "kill" }
  | { readonly kind: "give up" };

interface Running {
  readonly job: Job;
  readonly child: Child;
  readonly startedAt: number;
  lastHeard: number;
  late: "timeout" | "silence" | undefined;
}

/**
 * Starts all jobs and returns when none runs any more. The first failure, or the stop signal, sends SIGTERM to every
 * group, SIGKILL ten seconds later; all is over within 15 seconds of it.
 */
export async function supervise(jobs: readonly Job[], deps: SuperviseDeps): Promise<Supervised> {
  const { now, sleep, start = startChild, stop } = deps;
  const queue = new Queue<Event>();
  const timers = new AbortController();
  const running = new Map<string, Running>();
  const ended: Ended[] = [];
  let firstFailure: Ended | undefined;
  let stopped: StopReason | undefined;
  let stopping = false;

  const after = (ms: number, event: Event) => {
    if (!Number.isFinite(ms)) return;
    sleep(ms, timers.signal).then(
      () => queue.push(event),
      () => undefined,
    );
  };
  const stopAll = () => {
    if (stopping) return;
    stopping = true;
    for (const { child } of running.values()) child.signal("SIGTERM");
    after(GRACE_MS, { kind: "kill" });
  };
  const finish = (one: Running, exit: Exit) => {
    running.delete(one.job.name);
    const end = endOf(one, exit, stopping && one.late === undefined, now());
    ended.push(end);
    deps.onEnd?.(end);
    if (end.outcome !== "failed") return;
    firstFailure ??= end;
    stopAll();
  };
  const onStop = () => queue.push({ kind: "stop" });

  if (stop.aborted) return { ended, firstFailure, stopped: stop.reason as StopReason };
  stop.addEventListener("abort", onStop, { once: true });
  try {
    for (const job of jobs) {
      const one: Running = {
        job,
        child: start(job, {
          sleep,
          onLine: (stream, line) => {
            one.lastHeard = now();
            deps.onLine(job.name, line, stream);
          },
        }),
        startedAt: now(),
        lastHeard: now(),
        late: undefined,
      };
      running.set(job.name, one);
      deps.onStart?.(job.name, one.child.pid);
      void one.child.exited.then((exit) => queue.push({ kind: "exit", name: job.name, exit }));
      after(job.timeoutMs, { kind: "late", name: job.name, cause: "timeout" });
      after(job.silenceMs, { kind: "late", name: job.name, cause: "silence" });
    }
    while (running.size > 0) {
      const event = await queue.next();
      switch (event.kind) {
        case "exit": {
          const one = running.get(event.name);
          if (one) finish(one, event.exit);
          break;
        }
        case "late": {
          const one = running.get(event.name);
          if (!one || stopping) break;
          const quiet = now() - one.lastHeard;
          if (event.cause === "silence" && quiet < one.job.silenceMs) after(one.job.silenceMs - quiet, event);
          else {
            one.late = event.cause;
            stopAll();
          }
          break;
        }
        case "stop":
          if (!stopping) stopped = stop.reason as StopReason;
          stopAll();
          break;
        case "kill":
          for (const { child } of running.values()) child.signal("SIGKILL");
          after(GONE_MS, { kind: "give up" });
          break;
        case "give up":
          for (const one of [...running.values()]) finish(one, { code: 137, signal: "SIGKILL", spawnError: undefined });
      }
    }
    return { ended, firstFailure, stopped };
  } finally {
    stop.removeEventListener("abort", onStop);
    timers.abort();
    for (const { child } of running.values()) child.signal("SIGKILL");
  }
}

/** @param told it was told to stop before it ended, for another's sake */
function endOf({ job, startedAt, late }: Running, exit: Exit, told: boolean, finishedAt: number): Ended {
  const common = { name: job.name, signal: exit.signal, spawnError: exit.spawnError, startedAt, finishedAt };
  if (late) return { ...common, outcome: "failed", cause: late, exitCode: TIMED_OUT };
  if (exit.spawnError !== undefined) return { ...common, outcome: "failed", cause: "spawn", exitCode: exit.code };
  if (exit.code === 0) return { ...common, outcome: "succeeded", cause: "exit", exitCode: 0 };
  return told
    ? { ...common, outcome: "stopped", cause: "stop", exitCode: exit.code }
    : { ...common, outcome: "failed", cause: "exit", exitCode: exit.code };
}
