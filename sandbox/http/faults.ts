// Trouble on demand: the n-th matching request gets a status, a delay, a reset, or garbage.

export type FaultEffect =
  | { status: number; id?: string; message?: string; headers?: Record<string, string> }
  | { delayMs: number }
  /** `before`: nothing was done; `after`: it was done, and the answer got lost. */
  | { reset: "before" | "after" }
  /** The request is done; its answer comes mangled. */
  | { garbage: "html" | "truncated" | "empty" };

export interface Fault {
  service?: string;
  method?: string;
  /** A text is the whole path without its query; a pattern is tried on path and query. */
  path?: string | RegExp;
  /** Which matching request is hit first, counted from when the fault is added. Default 1. */
  nth?: number;
  /** How many in a row are hit. Default 1. */
  times?: number;
  effect: FaultEffect;
}

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
}

/** What a request is matched by. */
export interface Request {
  service: string;
  method: string;
  pathname: string;
  search: string;
}

export interface FaultBook extends Faults {
  /** Counts the request on every fault that matches it; the effect of the first one that is due. */
  take(request: Request): FaultEffect | undefined;
}

/** An empty book of faults. Its `add` throws on a fault that could never hit. */
export function createFaults(): FaultBook {
  let entries: { fault: Fault; seen: number }[] = [];
  return {
    add(fault) {
      if ((fault.nth ?? 1) < 1 || (fault.times ?? 1) < 1) throw new Error("A fault's nth and times begin at 1.");
      entries.push({ fault, seen: 0 });
    },
    clear() {
      entries = [];
    },
    take(request) {
      let due: FaultEffect | undefined;
      for (const entry of entries) {
        if (!matches(entry.fault, request)) continue;
        entry.seen += 1;
        const first = entry.fault.nth ?? 1;
        if (entry.seen >= first && entry.seen < first + (entry.fault.times ?? 1)) due ??= entry.fault.effect;
      }
      return due;
    },
  };
}

function matches(fault: Fault, request: Request): boolean {
  if (fault.service !== undefined && fault.service !== request.service) return false;
  if (fault.method !== undefined && fault.method.toUpperCase() !== request.method) return false;
  if (typeof fault.path === "string") return fault.path === request.pathname;
  if (fault.path !== undefined) return new RegExp(fault.path).test(request.pathname + request.search);
  return true;
}
