// What Meltano and dbt are started with.
import { describe, expect, it } from "vitest";
import { Secret } from "../../scripts/common/secret.js";
import { environmentFor } from "../../scripts/pipeline/launch.js";

const url = (text: string) => new Secret(text);
const heroku = url("postgres://u:p%40ss%2F%25w@ec2.example.com:5433/d1");

describe("the variables of Meltano and dbt", () => {
  it("come from DATABASE_URL, with its password as it is", () => {
    expect(environmentFor(heroku, {}, "/app")).toMatchObject({
      MELTANO_DATABASE_URI:
        "postgresql+psycopg://u:p%40ss%2F%25w@ec2.example.com:5433/d1?options=-csearch_path%3Dmeltano&sslmode=require&application_name=meltano",
      MELTANO_PROJECT_ROOT: "/app/reluvia",
      TARGET_POSTGRES_HOST: "ec2.example.com",
      TARGET_POSTGRES_PORT: "5433",
      TARGET_POSTGRES_USER: "u",
      TARGET_POSTGRES_PASSWORD: "p@ss/%w",
      TARGET_POSTGRES_DATABASE: "d1",
      TARGET_POSTGRES_SSLMODE: "require",
      DBT_ENV_SECRET_PASSWORD: "p@ss/%w",
      DBT_PROFILES_DIR: "/app/dbt",
    });
  });

  it("are all there when nothing optional is set, since an unset one is an error for Meltano", () => {
    expect(environmentFor(heroku, {}, "/app")).toMatchObject({
      TAP_STRIPE_API_KEY: "",
      TAP_STRIPE_BASE_URL: "https://api.stripe.com",
      TAP_STRIPE_START_DATE: "",
      TAP_AMPLITUDE_API_KEY: "",
      TAP_AMPLITUDE_SECRET_KEY: "",
      TAP_AMPLITUDE_REGION: "us",
      TAP_AMPLITUDE_BASE_URL: "https://amplitude.com",
      TAP_AMPLITUDE_START_DATE: "2012-01-01",
    });
  });

  it("follow the app's config vars", () => {
    const env = {
      TAP_AMPLITUDE_REGION: "eu",
      PIPELINE_START_DATE: "2026-08-01",
      STRIPE_API_URL: "http://127.0.0.1:4000/stripe/",
      PYTHONPATH: "/app",
    };
    expect(environmentFor(heroku, env, "/app")).toMatchObject({
      TAP_AMPLITUDE_BASE_URL: "https://analytics.eu.amplitude.com",
      TAP_AMPLITUDE_START_DATE: "2026-08-01",
      TAP_STRIPE_BASE_URL: "http://127.0.0.1:4000/stripe",
      PYTHONPATH: "/app/reluvia/plugins:/app",
    });
  });

  it("keep runs of two databases in one checkout apart, and take other folders when they are named", () => {
    const folder = (text: string, env = {}) => environmentFor(url(text), env, "/app").MELTANO_SYS_DIR_ROOT;
    expect(folder("postgres://a:p@h/one")).toBe(folder("postgres://b:q@h/one"));
    expect(folder("postgres://a:p@h/one")).not.toBe(folder("postgres://a:p@h/two"));
    expect(folder("postgres://a:p@h/one")).toMatch(/^\/app\/reluvia\/\.meltano\/[0-9a-f]{12}$/);
    const named = { MELTANO_SYS_DIR_ROOT: "/tmp/m", DBT_TARGET_PATH: "/tmp/t" };
    expect(environmentFor(heroku, named, "/app")).toMatchObject(named);
    expect(environmentFor(heroku, {}, "/app").DBT_TARGET_PATH).toBe("/app/dbt/target");
  });

  it.each([
    ["postgres://u:p@127.0.0.1/d", {}, "disable"],
    ["postgres://u:p@127.0.0.1/d?sslmode=require", {}, "require"],
    ["postgres://u:p@db.example.com/d", { PGSSLMODE: "disable" }, "disable"],
    ["postgres://u:p@db.example.com/d?sslmode=no-verify", {}, "require"],
    ["postgres://u:p@db.example.com/d?sslmode=verify-ca", {}, "verify-ca"],
    ["postgres://u:p@db.example.com/d?sslmode=verify-full", {}, "verify-full"],
  ])("say TLS in libpq's words: %s", (text, env, mode) => {
    const variables = environmentFor(url(text), env, "/app");
    expect([variables.DBT_SSLMODE, variables.TARGET_POSTGRES_SSLMODE]).toEqual([mode, mode]);
  });

  it("name what is wrong with a config var", () => {
    expect(() => environmentFor(heroku, { TAP_AMPLITUDE_REGION: "asia" })).toThrow("us or eu");
    expect(() => environmentFor(url("mysql://x"), {})).toThrow("postgres://");
    expect(() => environmentFor(heroku, { STRIPE_API_URL: "http://evil.example.com" })).toThrow("plain http");
  });
});
