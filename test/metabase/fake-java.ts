// A stand-in for the dyno that the start wrapper runs on: a folder with a jar and a `java` that tells what it was given.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that is deployed to the Metabase app. */
export const METABASE_FOLDER = fileURLToPath(new URL("../../metabase/", import.meta.url));

/** What `java` was started with: its arguments without its own name, its environment, its process id. */
export interface JavaCall {
  readonly pid: number;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How a run of the wrapper ended; `java` is undefined when the wrapper never became java. */
export interface Run {
  readonly code: number | null;
  readonly output: string;
  readonly java: JavaCall | undefined;
}

/** A dyno's folder: `root` is what Heroku calls /app; `end` removes it. */
export interface Dyno {
  readonly root: string;
  readonly path: string;
  readonly end: () => void;
}

// Told once started; with FAKE_JAVA=wait it stays until SIGTERM, like a server.
const FAKE_JAVA = `#!${process.execPath}
process.stdout.write("JAVA " + JSON.stringify({ pid: process.pid, args: process.argv.slice(2), env: process.env }) + "\\n");
if (process.env.FAKE_JAVA === "wait") {
  const alive = setInterval(() => {}, 1000);
  process.on("SIGTERM", () => { clearInterval(alive); process.exitCode = 143; });
  process.stdout.write("READY\\n");
}
`;

/** Every POSIX shell of this machine that the wrapper could meet: Heroku's stacks have dash, the image has busybox. */
export function shells(): readonly (readonly string[])[] {
  const candidates = [["sh"], ["dash"], ["busybox", "sh"], ["bash", "--posix"]];
  return candidates.filter(([file = "", ...args]) => spawnSync(file, [...args, "-c", "exit 0"]).status === 0);
}

/** Makes a dyno's folder with the wrapper in it, and a jar where the build puts it: beside the wrapper by default. */
export function makeDyno(jar: string | undefined = "metabase.jar"): Dyno {
  const home = mkdtempSync(join(tmpdir(), "metabase-start-"));
  const root = join(home, "app");
  const bin = join(home, "bin");
  mkdirSync(root);
  mkdirSync(bin);
  copyFileSync(join(METABASE_FOLDER, "start"), join(root, "start"));
  chmodSync(join(root, "start"), 0o755);
  if (jar !== undefined && jar !== "") {
    mkdirSync(dirname(join(root, jar)), { recursive: true });
    writeFileSync(join(root, jar), "");
  }
  writeFileSync(join(bin, "java"), FAKE_JAVA);
  chmodSync(join(bin, "java"), 0o755);
  return {
    root,
    path: `${bin}:${process.env.PATH ?? ""}`,
    end: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** Reads what the fake java told out of a run's output. */
export function javaCall(output: string): JavaCall | undefined {
  const line = output.split("\n").find((each) => each.startsWith("JAVA "));
  return line === undefined ? undefined : (JSON.parse(line.slice("JAVA ".length)) as JavaCall);
}

/** Runs the wrapper to its end with exactly this environment (and PATH); standard output and error come back as one. */
export function runStart(
  dyno: Dyno,
  env: Readonly<Record<string, string>>,
  options: { readonly shell?: readonly string[]; readonly args?: readonly string[] } = {},
): Run {
  const [file = "sh", ...shellArgs] = options.shell ?? ["sh"];
  const done = spawnSync(file, [...shellArgs, join(dyno.root, "start"), ...(options.args ?? [])], {
    env: { ...env, PATH: dyno.path },
    encoding: "utf8",
    timeout: 10_000,
  });
  return { code: done.status, output: done.stdout + done.stderr, java: javaCall(done.stdout) };
}

/** Starts the wrapper by its own shebang, as Heroku does, with a java that stays until it is told to stop. */
export function startServer(dyno: Dyno, env: Readonly<Record<string, string>>): ChildProcess {
  return spawn("./start", [], {
    cwd: dyno.root,
    env: { ...env, PATH: dyno.path, FAKE_JAVA: "wait" },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Everything of a run that other people can see: what was printed (the fake's own report left out), the arguments. */
export function visible(run: Run): string {
  const printed = run.output.split("\n").filter((line) => !line.startsWith("JAVA "));
  return [...printed, ...(run.java?.args ?? [])].join("\n");
}
