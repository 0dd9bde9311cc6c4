// SIGTERM and SIGINT, heard once: Heroku may send the first to every process and more than once.
import { setMaxListeners } from "node:events";
import type { StopReason } from "./types.js";

export interface HeardSignals {
  /** aborted with a StopReason by the first one */
  readonly stop: AbortSignal;
  close(): void;
}

/** @param onFirst told which one it was */
export function hearSignals(onFirst: (signal: "SIGTERM" | "SIGINT") => void): HeardSignals {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const hear = (signal: "SIGTERM" | "SIGINT") => () => {
    if (controller.signal.aborted) return;
    onFirst(signal);
    controller.abort({ kind: "signal", signal } satisfies StopReason);
  };
  const handlers = { SIGTERM: hear("SIGTERM"), SIGINT: hear("SIGINT") };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, handlers[signal]);
  return {
    stop: controller.signal,
    close: () => {
      for (const signal of ["SIGTERM", "SIGINT"] as const) process.off(signal, handlers[signal]);
    },
  };
}
