// Whose token is used, and that it never goes to a Heroku that it may not belong to.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ExpectedError } from "../../scripts/common/errors.js";
import { hostUrl } from "../../scripts/common/hosts.js";
import { type RunCommand, runCommand } from "../../scripts/wizard/run-command.js";
import { findToken } from "../../scripts/wizard/token.js";

const CLI_TOKEN = "HRKU-AAabcdefghijklmnopqrstuvwxyz0123456789";
const noCli: RunCommand = async () => undefined;
const cli: RunCommand = async () => `${CLI_TOKEN}\n`;

type Variables = Record<string, string>;
const find = (env: Variables, envFile: Variables = {}, run: RunCommand = noCli) =>
  findToken({ env, envFile, run, herokuUrl: hostUrl("heroku", { ...envFile, ...env }) });

const refusal = async (found: ReturnType<typeof find>) => {
  const error = await found.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ExpectedError)) throw new Error("not refused");
  return error;
};

describe("the Heroku token", () => {
  it("is that of the environment before that of .env before that of the CLI", async () => {
    const both = await find({ HEROKU_API_KEY: "exported-token" }, { HEROKU_API_KEY: "file-token" }, cli);
    expect([both?.token.reveal(), both?.origin]).toEqual(["exported-token", "environment"]);
    const file = await find({ HEROKU_API_KEY: " " }, { HEROKU_API_KEY: "file-token" }, cli);
    expect([file?.token.reveal(), file?.origin]).toEqual(["file-token", ".env"]);
    const own = await find({}, {}, cli);
    expect([own?.token.reveal(), own?.origin]).toEqual([CLI_TOKEN, "heroku"]);
  });

  it("has to be asked for when nobody has one", async () => {
    expect(await find({})).toBeUndefined();
  });

  it("is not asked of the CLI when there is one already", async () => {
    const run: RunCommand = async () => {
      throw new Error("the CLI was run");
    };
    await expect(find({ HEROKU_API_KEY: "exported-token" }, {}, run)).resolves.toBeDefined();
  });

  it("is refused without being shown when it cannot be one", async () => {
    const error = await refusal(find({ HEROKU_API_KEY: "sk_live_secretkey" }));
    expect([error.kind, error.message.includes("swapped"), error.message.includes("secretkey")]).toEqual([
      "usage",
      true,
      false,
    ]);
  });

  it.each([
    ["a warning before it", ` ›   Warning: token will expire today\n${CLI_TOKEN}\n`, CLI_TOKEN],
    ["a token of the older kind", "01234567-89ab-cdef-0123-456789abcdef\r\n", "01234567-89ab-cdef-0123-456789abcdef"],
    ["a sentence in place of a token", "Error: not logged in\n", undefined],
    ["nothing", "", undefined],
  ])("is read from the CLI's output with %s", async (_, output, token) => {
    const found = await find({}, {}, async () => output);
    expect(found?.token.reveal()).toBe(token);
  });

  it("is asked of the CLI without the variables that would change its answer", async () => {
    let seen: Parameters<RunCommand> | undefined;
    await find({ PATH: "/bin", HEROKU_API_KEY: "", DEBUG: "*" }, {}, async (...call) => {
      seen = call;
      return undefined;
    });
    expect(seen).toEqual(["heroku", ["auth:token"], { env: { PATH: "/bin" }, timeoutMs: 10_000 }]);
  });
});

describe("a HEROKU_HOST that points elsewhere", () => {
  const loopback = { HEROKU_HOST: "http://127.0.0.1:4000" };

  it("gets the token that was exported beside it when it is this machine", async () => {
    expect((await find({ ...loopback, HEROKU_API_KEY: "sandbox-token" }))?.origin).toBe("environment");
  });

  it("gets the token of .env when .env names both", async () => {
    expect((await find({}, { ...loopback, HEROKU_API_KEY: "sandbox-token" }))?.origin).toBe(".env");
    const same = { ...loopback, HEROKU_API_KEY: "sandbox-token" };
    expect((await find(loopback, same))?.origin).toBe(".env");
  });

  it("does not get the token of .env", async () => {
    const error = await refusal(find(loopback, { HEROKU_API_KEY: "real-token" }));
    expect(error.kind).toBe("refused");
    expect(error.exitCode).toBe(1);
    expect(error.message).toBe(
      "HEROKU_HOST points to 127.0.0.1:4000, but the token comes from .env: it may belong to another Heroku.",
    );
    expect(error.commands).toEqual(["unset HEROKU_HOST", "export HEROKU_API_KEY=…"]);
  });

  it("does not get the CLI's token, whoever named it", async () => {
    expect((await refusal(find(loopback, {}, cli))).message).toContain("the token comes from the Heroku CLI");
    expect((await refusal(find({}, loopback, cli))).message).toContain("HEROKU_HOST in .env points to 127.0.0.1:4000");
    expect((await refusal(find({ HEROKU_HOST: "api.staging.heroku.com" }, {}, cli))).kind).toBe("refused");
  });

  it.each(["https://heroku.example.com", "https://api.heroku.com.example.org", "https://notheroku.com"])(
    "gets no token at all when it is %s",
    async (HEROKU_HOST) => {
      for (const run of [cli, noCli]) {
        const error = await refusal(find({ HEROKU_HOST, HEROKU_API_KEY: "exported-token" }, {}, run));
        expect(error.message).toContain(`points to ${new URL(HEROKU_HOST).host}, which is not Heroku`);
        expect((await refusal(find({ HEROKU_HOST }, {}, run))).commands).toEqual(["unset HEROKU_HOST"]);
      }
      expect((await refusal(find({ HEROKU_API_KEY: "exported-token" }, { HEROKU_HOST }))).kind).toBe("refused");
    },
  );

  it("is no trouble when it is the real one, spelled out", async () => {
    expect((await find({ HEROKU_HOST: "api.heroku.com" }, {}, cli))?.origin).toBe("heroku");
    expect((await find({ HEROKU_HOST: "https://api.heroku.com/" }, { HEROKU_API_KEY: "file-token" }))?.origin).toBe(
      ".env",
    );
  });
});

describe("asking another program", () => {
  let folder: string;
  const script = async (name: string, body: string) => {
    await writeFile(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    return join(folder, name);
  };
  const options = { env: { PATH: process.env.PATH }, timeoutMs: 20_000 };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "run-command-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("gives what it printed on stdout, not what it complained about", async () => {
    const file = await script("good", "echo trouble >&2; echo the line; cat");
    expect(await runCommand(file, [], options)).toBe("the line\n");
  });

  it("gives nothing when it fails or is not installed", async () => {
    expect(await runCommand(await script("bad", "echo half; exit 1"), [], options)).toBeUndefined();
    expect(await runCommand(join(folder, "not-there"), [], options)).toBeUndefined();
  });

  it("ends one that hangs, and what that has started", async () => {
    const file = await script("hangs", `sleep 600 & echo $! > ${folder}/pid; wait`);
    const started = Date.now();
    expect(await runCommand(file, [], { ...options, timeoutMs: 500 })).toBeUndefined();
    expect(Date.now() - started).toBeLessThan(5000);
    const pid = Number(await readFile(join(folder, "pid"), "utf8"));
    await expect.poll(() => isRunning(pid), { timeout: 5000 }).toBe(false);
  });

  it("does not wait for a helper that keeps the output open", async () => {
    const file = await script("leaves", 'sleep 600 & echo $! > "$(dirname "$0")/helper"; echo done');
    const started = Date.now();
    expect(await runCommand(file, [], options)).toBe("done\n");
    expect(Date.now() - started).toBeLessThan(5000);
    process.kill(Number(await readFile(join(folder, "helper"), "utf8")));
  });
});

/** A zombie that nobody has waited for counts as ended. */
async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return !/\) Z /.test(status) && status !== "";
}
