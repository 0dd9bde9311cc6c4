// A plain HTTP client for the tests of the sandbox's Heroku, and the steps that many of them begin with.
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { Header } from "tar";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../../sandbox/index.js";

/** What tests look at in answers of every kind; an answer that lacks a property has undefined there. */
export interface Body extends Record<Texts | Urls | Vars, string>, Record<Inner, Body> {
  version: number;
  account_quota: number;
  attributes: Record<string, unknown>;
  config_vars: string[];
  events: unknown[];
}
type Texts = "id" | "name" | "state" | "status" | "message" | "size" | "suspended_at" | "checksum" | "type";
type Inner = "data" | "addon" | "app" | "plan" | "team" | "region" | "slug" | "release" | "source_blob" | "dyno_size";
type Urls = "web_url" | "output_stream_url" | "logplex_url" | "get_url" | "put_url";
type Vars = "DATABASE_URL" | "DWH_URL" | "PAPERTRAIL_API_TOKEN";

export interface Answer {
  status: number;
  headers: Headers;
  /** The parsed JSON; undefined when it is none. */
  body: Body & Body[];
  text: string;
}

export interface Client {
  sandbox: Sandbox;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

/** A sandbox in memory whose databases are only addresses, with a client that holds its token. */
export async function open(options: SandboxOptions = {}): Promise<Client> {
  const sandbox = await startSandbox({ databases: "addresses", ...options });
  return clientOf(sandbox);
}

export function clientOf(sandbox: Sandbox): Client {
  const send: Client["send"] = async (method, path, body, headers = {}) => {
    const response = await fetch(path.startsWith("http") ? path : sandbox.url + path, {
      method,
      headers: {
        accept: "application/vnd.heroku+json; version=3",
        authorization: `Bearer ${sandbox.env.HEROKU_API_KEY}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parsed(text) as Answer["body"], text };
  };
  return { sandbox, send, get: (path, headers) => send("GET", path, undefined, headers) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A .tar.gz of the given files. */
export function archive(files: Record<string, string>): Buffer {
  const blocks = Object.entries(files).flatMap(([path, text]) => {
    const body = Buffer.from(text);
    const header = new Header({ path, mode: 0o644, size: body.byteLength, type: "File", mtime: new Date(0) });
    header.encode();
    const padding = Buffer.alloc((512 - (body.byteLength % 512)) % 512);
    return [header.block ?? Buffer.alloc(512), body, padding];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

export async function upload(client: Client, bytes: Buffer): Promise<{ url: string; checksum: string }> {
  const { body } = await client.send("POST", "/sources");
  const put = await fetch(body.source_blob.put_url, { method: "PUT", body: new Uint8Array(bytes) });
  if (put.status !== 200) throw new Error(`upload: ${put.status} ${await put.text()}`);
  return { url: body.source_blob.get_url, checksum: `SHA256:${createHash("sha256").update(bytes).digest("hex")}` };
}

/** Uploads, builds, follows the log to its end; the finished build. */
export async function deploy(client: Client, app: string, files: Record<string, string>, version = "0123456789abcdef") {
  const source_blob = { ...(await upload(client, archive(files))), version };
  const asked = await client.send("POST", `/apps/${app}/builds`, { source_blob });
  const log = await (await fetch(asked.body.output_stream_url)).text();
  const build = (await client.get(`/apps/${app}/builds/${asked.body.id}`)).body;
  return { asked, log, build };
}

export const nodeAndPython = { "package.json": "{}", "requirements.txt": "", Procfile: "pipeline: node x.js\n" };
export const container = {
  "heroku.yml": "build:\n  docker:\n    web: Dockerfile\nrun:\n  web: /app/start\n",
  Dockerfile: "FROM metabase/metabase:v0.58.1\n",
};
