// A build's log, told line by line over dropped connections, servers that cannot resume, and chunks that cut characters.
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { Secret } from "../../scripts/common/secret.js";
import { followLog, startOfLog } from "../../scripts/deploy/log-stream.js";
import { type Loopback, loopback, type Reply, type Seen } from "../common/loopback.js";

let server: Loopback | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const LOG = Buffer.from("-----> Building\nZoë 🦊 installs\r\n       done\n\nlast line without an end");
const LINES = ["-----> Building", "Zoë 🦊 installs", "       done", "", "last line without an end"];

/** Serves a log; each answer is cut after so many bytes, then whole. */
function serve(cuts: readonly number[], ranges: boolean): (request: Seen) => Reply {
  const left = [...cuts];
  return ({ headers }) => {
    const from = ranges ? Number(/^bytes=(\d+)-$/.exec(String(headers.range ?? "bytes=0-"))?.[1]) : 0;
    if (ranges && headers.range && from >= LOG.length) return { status: 416, text: "" };
    const cut = left.shift();
    return (response) => {
      response.writeHead(ranges && headers.range ? 206 : 200, { "content-type": "text/plain" });
      if (cut === undefined) response.end(LOG.subarray(from));
      else response.write(LOG.subarray(from, Math.max(from, cut)), () => setTimeout(() => response.destroy(), 5));
    };
  };
}

/** Follows until the log is complete; the result of each try and all lines. */
async function follow(answer: (request: Seen) => Reply): Promise<{ tries: boolean[]; lines: string[] }> {
  server = await loopback(answer);
  const at = startOfLog();
  const lines: string[] = [];
  const tries: boolean[] = [];
  const { signal } = new AbortController();
  while (tries.length < 10 && tries.at(-1) !== true) {
    tries.push(await followLog(new Secret(`${server.url}/log?token=t`), at, (line) => lines.push(line), { signal }));
  }
  return { tries, lines };
}

describe("a build's log", () => {
  it("is told line by line", async () => {
    expect(await follow(serve([], true))).toEqual({ tries: [true], lines: LINES });
    expect(server?.seen[0]?.headers.range).toBeUndefined();
  });

  it("goes on after a drop where it stopped, by Range", async () => {
    expect(await follow(serve([5, 30], true))).toEqual({ tries: [false, false, true], lines: LINES });
    expect(server?.seen.map(({ headers }) => headers.range)).toEqual([undefined, "bytes=5-", "bytes=30-"]);
  });

  it("is told once by a server that always sends everything again", async () => {
    expect(await follow(serve([5, 30], false))).toEqual({ tries: [false, false, true], lines: LINES });
  });

  it("is told once when a second try comes less far than the first", async () => {
    expect(await follow(serve([30, 5], false))).toEqual({ tries: [false, false, true], lines: LINES });
  });

  it.each([true, false])("keeps characters whole that a drop has cut, with ranges: %s", async (ranges) => {
    const inside = LOG.indexOf(0xf0) + 2;
    expect((await follow(serve([inside, inside + 1], ranges))).lines).toEqual(LINES);
  });

  it("is complete when nothing is left after a drop, with the line that stood without an end", async () => {
    expect(await follow(serve([LOG.length], true))).toEqual({ tries: [false, true], lines: LINES });
    expect(server?.seen.at(-1)?.headers.range).toBe(`bytes=${LOG.length}-`);
  });

  it.each<[string, Reply]>([
    ["404", { status: 404, text: "gone" }],
    ["500", { status: 500, text: "trouble" }],
    ["a reset", "reset"],
  ])("that cannot be had is no error and no line: %s", async (_, reply) => {
    const { tries, lines } = await follow(() => reply);
    expect(tries).toEqual(Array(10).fill(false));
    expect(lines).toEqual([]);
  });

  it("ends when it is stopped, also when it never ends by itself", async () => {
    server = await loopback(() => (response) => response.writeHead(200).write("one\ntwo"));
    const stop = new AbortController();
    const lines: string[] = [];
    const onLine = (line: string) => {
      lines.push(line);
      stop.abort();
    };
    expect(await followLog(new Secret(server.url), startOfLog(), onLine, { signal: stop.signal })).toBe(false);
    expect(lines).toEqual(["one"]);
  });

  it("has the same lines however it is cut into chunks", async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: LOG.length - 1 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(cuts, async (places) => {
        const sorted = [0, ...new Set(places), LOG.length].sort((a, b) => a - b);
        const body = new ReadableStream<Uint8Array>({
          start(controller) {
            for (const [index, from] of sorted.entries()) {
              const to = sorted[index + 1];
              if (to !== undefined && to > from) controller.enqueue(LOG.subarray(from, to));
            }
            controller.close();
          },
        });
        const lines: string[] = [];
        const { signal } = new AbortController();
        const fetch = async () => new Response(body);
        await followLog(new Secret("http://log.example"), startOfLog(), (line) => lines.push(line), { fetch, signal });
        expect(lines).toEqual(LINES);
      }),
      { numRuns: 60 },
    );
  });
});
