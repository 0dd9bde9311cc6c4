// The log of every request that the sandbox got, for tests that count calls and for the bench that measures chains.

export interface Call {
  service: Service;
  method: string;
  /** Path with its query. */
  path: string;
  /** 0 when the connection was reset instead of answered. */
  status: number;
  /** Milliseconds since 1970, with fractions. */
  startedAt: number;
  endedAt: number;
  requestBody?: unknown;
}

export type Service =
  | "heroku"
  | "scheduler"
  | "data"
  | "sources"
  | "logs"
  | "papertrail"
  | "stripe"
  | "amplitude"
  | "funnelfox"
  | "metabase";

const prefixes: [string, Service][] = [
  ["/particleboard", "scheduler"],
  ["/client/", "data"],
  ["/sources-store/", "sources"],
  ["/streams/", "logs"],
  ["/papertrail", "papertrail"],
  ["/stripe", "stripe"],
  ["/amplitude", "amplitude"],
  ["/funnelfox", "funnelfox"],
  ["/web/", "metabase"],
];

/** Which of the pretended services a path belongs to; Heroku itself lives at the root. */
export function serviceOf(pathname: string): Service {
  return prefixes.find(([prefix]) => pathname.startsWith(prefix))?.[1] ?? "heroku";
}

/** The present moment in milliseconds with fractions, never going backwards. */
export function stamp(): number {
  return performance.timeOrigin + performance.now();
}
