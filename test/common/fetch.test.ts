// One bounded request: whole answers, deadlines, limits, and messages without secrets.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { FetchFailed, fetchBounded } from "../../scripts/common/fetch.js";
import { type Loopback, loopback, type Reply } from "./loopback.js";

let server: Loopback | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function serve(reply: Reply): Promise<Loopback> {
  server = await loopback(() => reply);
  return server;
}

async function failure(promise: Promise<unknown>): Promise<FetchFailed> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FetchFailed);
  return error as FetchFailed;
}

describe("a bounded request", () => {
  it("gives back status, headers, text and JSON", async () => {
    const { url, seen } = await serve({ status: 422, json: { id: "x" }, headers: { "request-id": "r1" } });
    const answer = await fetchBounded({ url: `${url}/a?b=c`, method: "POST", body: { n: 1 }, headers: { "x-y": "z" } });
    expect(answer).toMatchObject({ status: 422, text: '{"id":"x"}', json: { id: "x" } });
    expect(answer.headers.get("request-id")).toBe("r1");
    expect(seen[0]).toMatchObject({ method: "POST", path: "/a?b=c", body: '{"n":1}' });
    expect(seen[0]?.headers).toMatchObject({ "content-type": "application/json", "x-y": "z" });
  });

  it("leaves JSON undefined when the body is none", async () => {
    const { url } = await serve({ status: 200, text: "<html>" });
    expect((await fetchBounded({ url })).json).toBeUndefined();
  });

  it("keeps a content type of the caller's", async () => {
    const { url, seen } = await serve({ status: 200, json: {} });
    await fetchBounded({ url, method: "POST", body: {}, headers: { "content-type": "application/vnd.api+json" } });
    expect(seen[0]?.headers["content-type"]).toBe("application/vnd.api+json");
  });

  it("does not follow a redirect, so that no key goes to another host", async () => {
    const { url, seen } = await serve({ status: 302, text: "", headers: { location: "/elsewhere" } });
    expect((await fetchBounded({ url })).status).toBe(302);
    expect(seen).toHaveLength(1);
  });

  it("ends in time when the host is silent", async () => {
    const { url } = await serve("silence");
    const error = await failure(fetchBounded({ url: `${url}/x?key=hunter2`, timeoutMs: 80 }));
    expect(error.reason).toBe("timeout");
    expect(error.message).toContain(`GET ${url}/x did not answer within 80 ms`);
    expect(error.message).not.toContain("hunter2");
  });

  it("counts a body that drips as part of the time", async () => {
    const { url } = await serve((response) => {
      response.writeHead(200);
      response.write("[");
    });
    expect((await failure(fetchBounded({ url, timeoutMs: 80 }))).reason).toBe("timeout");
  });

  it("refuses a body of more than 5 MB", async () => {
    const { url } = await serve({ status: 200, text: "x".repeat(5 * 1024 * 1024 + 1) });
    expect((await failure(fetchBounded({ url }))).message).toContain("more than 5 MB");
  });

  it("reads only the beginning when that is what is asked for", async () => {
    const { url } = await serve((response) => {
      response.writeHead(200);
      response.write("PK and then nothing for ever");
    });
    expect((await fetchBounded({ url, firstBytes: 2, timeoutMs: 2_000 })).text).toBe("PK");
  });

  it("tells a port where nobody listens", async () => {
    const { url, close } = await loopback(() => "silence");
    await close();
    expect((await failure(fetchBounded({ url }))).reason).toBe("refused");
  });

  it("tells a connection that is cut", async () => {
    const { url } = await serve("reset");
    expect((await failure(fetchBounded({ url }))).reason).toBe("reset");
  });

  it("tells a name that does not exist", async () => {
    const fetch = async () => {
      throw new TypeError("fetch failed", { cause: Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" }) });
    };
    const error = await failure(fetchBounded({ url: "https://nowhere.example/" }, { fetch }));
    expect(error).toMatchObject({ reason: "dns", host: "nowhere.example" });
  });

  it("tells TLS trouble", async () => {
    const plain = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end("HTTP/1.1 400 Bad Request\r\n\r\n", () => socket.destroySoon());
      socket.resume();
    });
    await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
    const address = plain.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const error = await failure(fetchBounded({ url: `https://127.0.0.1:${port}/` }));
    await new Promise((resolve) => plain.close(resolve));
    expect(error.reason).toBe("tls");
  });

  it("does not show a header that cannot be sent", async () => {
    const error = await failure(
      fetchBounded({ url: "http://127.0.0.1:1/", headers: { authorization: "Bearer hunter2\nx" } }),
    );
    expect(error.message).toContain("was not sent");
    expect(`${error.message}${error.stack}${String(error.cause)}`).not.toContain("hunter2");
  });

  it("throws the caller's own reason when the caller gives up", async () => {
    const { url } = await serve("silence");
    const stop = new AbortController();
    const asked = fetchBounded({ url, signal: stop.signal });
    stop.abort(new Error("enough"));
    await expect(asked).rejects.toThrow("enough");
  });

  it("does not keep the process alive afterwards", async () => {
    const { url } = await serve((response) => {
      response.writeHead(200);
      response.write("never ends");
    });
    const script = `const m = await import(${JSON.stringify(new URL("../../scripts/common/fetch.ts", import.meta.url).href)});
      await m.fetchBounded({ url: ${JSON.stringify(url)}, firstBytes: 4 }); process.stdout.write("read");`;
    expect(script).toContain("fetchBounded");
    const ended = await runWithTypes(script);
    expect(ended).toEqual({ code: 0, stdout: "read" });
  });
});

/** Runs a script in another process through vite's transform, since Node 20 takes no TypeScript. */
async function runWithTypes(script: string): Promise<{ code: number | null; stdout: string }> {
  const { transformWithEsbuild } = await import("vite");
  const { readFile } = await import("node:fs/promises");
  const compile = async (path: string) =>
    (await transformWithEsbuild(await readFile(new URL(path, import.meta.url), "utf8"), path, { loader: "ts" })).code;
  const asModule = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
  const errors = asModule(await compile("../../scripts/common/errors.ts"));
  const fetchModule = asModule((await compile("../../scripts/common/fetch.ts")).replace("./errors.js", errors));
  const main = script.replace(/import\(".*?fetch\.ts"\)/, `import(${JSON.stringify(fetchModule)})`);
  const child = spawn(process.execPath, ["--input-type=module", "-e", main], { timeout: 10_000 });
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, stdout };
}
