// Metabase's own answers, once its dyno has started. What is added to the pretend Metabase is added here.
import { Hono } from "hono";
import type { MetabaseInstance } from "./instance.js";

/** The routes of a Metabase that is up; `instance` tells which one a request is for. */
export function metabaseApi(): Hono<{ Variables: { instance: MetabaseInstance } }> {
  const app = new Hono<{ Variables: { instance: MetabaseInstance } }>();
  app.get("/api/health", (c) => c.json({ status: "ok" }));
  app.get("/api/session/properties", (c) => c.json({ "has-user-setup": false }));
  app.all("/api/*", (c) => c.text("API endpoint does not exist.", 404));
  app.get("*", (c) => c.html("<!DOCTYPE html><title>Metabase</title>"));
  app.all("*", (c) => c.text("Not found.", 404));
  return app;
}
