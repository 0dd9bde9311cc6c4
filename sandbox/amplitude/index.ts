// Amplitude's Export API and one cheap route, as far as a pair of keys can be tried with them.
import { Hono } from "hono";
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
}

function basic(header: string | undefined): { apiKey: string; secretKey: string } | undefined {
  const [, encoded] = /^Basic\s+(\S+)$/i.exec(header ?? "") ?? [];
  const [, apiKey, secretKey] = /^([^:]+):(.+)$/s.exec(Buffer.from(encoded ?? "", "base64").toString("utf8")) ?? [];
  return apiKey === undefined || secretKey === undefined ? undefined : { apiKey, secretKey };
}

/**
 * The API, to be mounted at /amplitude; its paths begin at /api/2. No credentials: 401; unknown ones: 403; a wrong or too long period: 400;
 * a period without data: 404 (Amplitude, Export API; the texts of 401, 403 and 400 are not documented).
 */
export function amplitude({ projects, region }: AmplitudeDeps): Hono {
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
    // The pretend projects hold no events yet, so every period is one without data.
    return "wrong" in period ? c.text(period.wrong, 400) : c.text("Raw data files were not found.", 404);
  });

  // Amplitude, Dashboard REST API > Get events list.
  app.get("/api/2/events/list", (c) => c.json({ data: [] }));

  app.all("*", (c) => c.text("Not Found", 404));
  return app;
}
