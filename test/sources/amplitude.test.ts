// What a person hears about Amplitude's keys.
import { afterEach, describe, expect, it } from "vitest";
import { amplitudeHosts } from "../../config/hosts.js";
import { Secret } from "../../scripts/common/secret.js";
import { probeAmplitude } from "../../scripts/sources/amplitude.js";
import { type Loopback, loopback, portal, type Reply } from "../common/loopback.js";

let server: Loopback | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const keys = {
  apiKey: new Secret("aaaaaaaa11111111"),
  secretKey: new Secret("bbbbbbbb22222222"),
  region: "us" as const,
};
const noSleep = async () => undefined;

async function probe(reply: Reply) {
  server = await loopback(() => reply);
  const result = await probeAmplitude({ ...keys, url: server.url }, { sleep: noSleep, timeoutMs: 2_000 });
  expect(JSON.stringify(result)).not.toMatch(/aaaaaaaa|bbbbbbbb/);
  return { result, seen: server.seen };
}

/** Answers by host, as the two regions would. */
function regions(answers: Record<"us" | "eu", number>): { fetch: typeof fetch; asked: string[] } {
  const asked: string[] = [];
  const fake = async (input: string | URL | Request) => {
    const { origin } = new URL(String(input));
    asked.push(origin);
    return new Response("{}", { status: answers[origin === amplitudeHosts.us ? "us" : "eu"] });
  };
  return { fetch: fake, asked };
}

describe("Amplitude's keys", () => {
  it("are tried on the Export API, for one hour without data", async () => {
    const { result, seen } = await probe({ status: 404, text: "Raw data files were not found." });
    expect(result).toEqual({ status: "ok", detail: "project in us, export allowed", warnings: [] });
    expect(seen[0]?.path).toBe("/api/2/export?start=20150101T00&end=20150101T00");
    expect(seen[0]?.headers.authorization).toBe(`Basic ${btoa("aaaaaaaa11111111:bbbbbbbb22222222")}`);
  });

  it("are good when there is an archive, of which only the beginning is read", async () => {
    const { result } = await probe((response) => {
      response.writeHead(200, { "content-type": "application/zip" });
      response.write(Buffer.concat([Buffer.from("PK\u0003\u0004"), Buffer.alloc(600)]));
    });
    expect(result.status).toBe("ok");
  });

  it("are good with a doubt when a web page says 404", async () => {
    const { result } = await probe({ status: 404, text: "<html>Not found</html>" });
    expect(result).toMatchObject({ status: "ok", warnings: [expect.stringContaining("web page")] });
  });

  it.each([401, 403])("are refused with %i, naming the likely mistakes", async (status) => {
    const { result } = await probe({ status, json: { error: "nope" } });
    expect(result).toMatchObject({ status: "refused", why: expect.stringMatching(/swapped.*other region \(eu\)/) });
  });

  it("are not tried in the other region when the address was set", async () => {
    const { seen } = await probe({ status: 401, json: {} });
    expect(seen).toHaveLength(1);
  });

  it("of a project in the EU say which variable to set", async () => {
    const { fetch, asked } = regions({ us: 401, eu: 404 });
    const result = await probeAmplitude({ ...keys, url: amplitudeHosts.us }, { fetch, sleep: noSleep });
    expect(result).toMatchObject({
      status: "refused",
      why: "This project lives in eu.",
      where: expect.stringContaining("TAP_AMPLITUDE_REGION=eu"),
    });
    expect(asked).toEqual([amplitudeHosts.us, amplitudeHosts.eu]);
  });

  it("that neither region knows are refused", async () => {
    const { fetch, asked } = regions({ us: 401, eu: 401 });
    const result = await probeAmplitude({ ...keys, url: amplitudeHosts.us }, { fetch, sleep: noSleep });
    expect(result).toMatchObject({ status: "refused", problem: "Amplitude does not take the keys (401)." });
    expect(asked).toHaveLength(2);
  });

  it.each([
    ["a captive portal", portal],
    ["a proxy's own 403", { status: 403, text: "<!doctype html><p>blocked" }],
    ["a 400", { status: 400, json: {} }],
    ["a 504", { status: 504, text: "" }],
  ] as [string, Reply][])("cannot be judged from %s", async (_, reply) => {
    expect((await probe(reply)).result.status).toBe("unreachable");
  });
});
