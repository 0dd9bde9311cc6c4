// Amplitude's Export API, and one cheap route that a pair of keys can be tried with.
import { Hono } from "hono";
import type { Business } from "../business/facts.js";
import { HOUR } from "../business/time.js";
import { exportOf, hasEvents, sizeOf } from "./export.js";
import { windowOf } from "./hours.js";

/** A project and the keys that open it. */
export interface AmplitudeProject {
  apiKey: string;
  secretKey: string;
  region: "us" | "eu";
}

/** What the API stands on. */
export interface AmplitudeDeps {
  projects: AmplitudeProject[];
  /** The region whose host this is: projects of the other one are unknown to it. Absent: one host for both. */
  region?: "us" | "eu";
  /** Whose events they are; absent: projects without any. */
  business?: Business;
  /** Read at each request. */
  limits?: Limits;
}

export interface Limits {
  /** Bytes of an export above which it is refused with 400. */
  sizeLimit: number;
  /** Hours of an export above which it is answered with 504. */
  mostHours: number;
}

/** Amplitude's own: 4 GB (Amplitude, Export API > Limits). */
export function usualLimits(): Limits {
  return { sizeLimit: 4_000_000_000, mostHours: Number.POSITIVE_INFINITY };
}

function basic(header: string | undefined): { apiKey: string; secretKey: string } | undefined {
  const [, encoded] = /^Basic\s+(\S+)$/i.exec(header ?? "") ?? [];
  const [, apiKey, secretKey] = /^([^:]+):(.+)$/s.exec(Buffer.from(encoded ?? "", "base64").toString("utf8")) ?? [];
  return apiKey === undefined || secretKey === undefined ? undefined : { apiKey, secretKey };
}

/**
 * The API, to be mounted at /amplitude; its paths begin at /api/2. No credentials: 401; unknown ones: 403; a wrong or too long period, or too
 * much of it: 400; a period without data: 404; one that takes too long: 504 (Amplitude, Export API; the texts of 401, 403 and 400 are not documented).
 */
export function amplitude({ projects, region, business, limits = usualLimits() }: AmplitudeDeps): Hono {
  const app = new Hono();

  app.use("*", async (c, next) => {
    const given = basic(c.req.header("Authorization"));
    if (given === undefined) {
      return c.text("Unauthorized", 401, { "WWW-Authenticate": 'Basic realm="Amplitude"' });
    }
    const known = projects.some(
      (project) =>
        project.apiKey === given.apiKey &&
        project.secretKey === given.secretKey &&
        (region === undefined || project.region === region),
    );
    return known ? next() : c.text("Invalid API Key", 403);
  });

  app.get("/api/2/export", (c) => {
    const unknown = Object.keys(c.req.query()).find((name) => name !== "start" && name !== "end");
    if (unknown !== undefined) return c.text(`unknown parameter ${unknown}`, 400);
    const period = windowOf(c.req.query("start"), c.req.query("end"));
    if ("wrong" in period) return c.text(period.wrong, 400);
    const { start, end } = period;
    if ((end - start) / HOUR + 1 > limits.mostHours) return c.text("Gateway Timeout", 504);
    if (business === undefined || !hasEvents(business, start, end))
      return c.text("Raw data files were not found.", 404);
    if (sizeOf(business, start, end, limits.sizeLimit) > limits.sizeLimit) {
      return c.text("The file is too large to be exported. Choose a shorter period.", 400);
    }
    return c.body(exportOf(business, start, end), 200, { "Content-Type": "application/zip" });
  });

  // Amplitude, Dashboard REST API > Get events list.
  app.get("/api/2/events/list", (c) => c.json({ data: [] }));

  app.all("*", (c) => c.text("Not Found", 404));
  return app;
}
