// The Python environment that the pipeline and the tests run in: found, or made, or brought up to the lock.
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ExpectedError } from "../common/errors.js";
import { type Clock, realSleep, type Sleep } from "../common/retry.js";
import { type Run, run as realRun } from "./child.js";
import { type FindOptions, findPython, isVersion, probe, supportedVersions } from "./find.js";
import { developmentLock, lockHash, readLock, runtimeLock } from "./lock-file.js";
import { type MakeOptions, makeEnvironment, pythonIn, syncEnvironment } from "./make.js";
import { inTurn } from "./turn.js";

export interface PythonEnvironment {
  /** path of the interpreter */
  readonly python: string;
  /** folder of meltano, dbt and the other programs */
  readonly bin: string;
}

export interface EnsureOptions {
  /** the project's root, where the locks lie */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  /** told in one sentence what takes a while */
  readonly report: (line: string) => void;
  /** with the packages of requirements-dev.txt: pytest, sqlfluff */
  readonly development?: boolean;
  /** the environment's folder; default `.venv` in the root */
  readonly folder?: string;
  /** major.minor versions that will do, best first; default 3.13 to 3.11 */
  readonly versions?: readonly string[];
  /** for everything together; default ten minutes */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal | undefined;
  readonly run?: Run;
  readonly sleep?: Sleep;
  readonly now?: Clock;
}

/** What an environment says of itself; written last, so that half an environment says nothing. */
interface Stamp {
  readonly runtime: string;
  readonly development: string | null;
  readonly python: string;
  /** where it was made: its programs name their interpreter by its whole path, so a moved one does not work */
  readonly folder: string;
}

const STAMP = "reluvia.json";
const TURN = ".being-made";
const TEN_MINUTES = 600_000;

/**
 * The environment, ready to use. On a dyno (DYNO is set) that is the Python on PATH, into which the buildpack has
 * installed requirements.txt. Elsewhere `.venv` is made when it is missing, and brought up to the locks when it was made
 * from others, which their hashes tell. Several processes may call this at once: one makes it, the others wait.
 * @throws ExpectedError (failed): no fitting Python, or an install that went wrong; (unreachable): no package registry
 */
export async function ensurePython(options: EnsureOptions): Promise<PythonEnvironment> {
  const { root, env, run = realRun, now = Date.now, signal, development = false } = options;
  const find: FindOptions = { env, run, signal, versions: options.versions ?? supportedVersions };
  if (env.DYNO) return onDyno(find);
  const end = now() + (options.deadlineMs ?? TEN_MINUTES);
  const folder = options.folder ?? join(root, ".venv");
  const ready = { python: pythonIn(folder), bin: join(folder, "bin") };
  const locks = [join(root, runtimeLock), ...(development ? [join(root, developmentLock)] : [])];
  const [runtimeText = "", developmentText] = await Promise.all(locks.map(readLock));
  const wanted = {
    runtime: lockHash(runtimeText),
    development: developmentText === undefined ? null : lockHash(developmentText),
    folder,
  };
  const isReady = async () => {
    const stamp = await readStamp(folder);
    return (
      stamp !== undefined && fits(stamp, wanted, find.versions ?? []) && (await probe(ready.python, find)) !== undefined
    );
  };
  if (await isReady()) return ready;

  await mkdir(folder, { recursive: true });
  const turn = {
    sleep: options.sleep ?? realSleep,
    now,
    deadlineMs: end - now(),
    signal,
    onWait: (pid: number) => options.report(`Process ${pid} is making the Python environment; waiting for it.`),
  };
  await inTurn(join(folder, TURN), turn, async () => {
    // Whoever was before may have made it.
    if (await isReady()) return;
    const stamp = await readStamp(folder);
    const current = await probe(ready.python, find);
    const usable =
      stamp?.folder === folder && current !== undefined && versionFits(current.version, find.versions ?? []);
    const base = usable ? current : await findPython(find);
    const name = basename(folder);
    options.report(
      usable
        ? `The Python environment in ${name} is older than its lock and is brought up to it.`
        : `Making the Python environment in ${name} with Python ${base.version}; it takes about half a minute.`,
    );
    // What only tests need stays when it is there: a run of the pipeline does not take it away from them.
    const extra = !development && stamp?.development && usable ? [join(root, developmentLock)] : [];
    const extraText = extra[0] === undefined ? undefined : await readFile(extra[0], "utf8").catch(() => undefined);
    const making: MakeOptions = {
      folder,
      kept: TURN,
      base,
      locks: extraText === undefined ? locks : [...locks, ...extra],
      lockText: runtimeText,
      env,
      run,
      timeoutMs: Math.max(1_000, end - now()),
      signal,
    };
    await rm(join(folder, STAMP), { force: true });
    if (usable) await syncEnvironment(making);
    else await makeEnvironment(making);
    await writeStamp(folder, {
      runtime: wanted.runtime,
      development: extraText === undefined ? wanted.development : lockHash(extraText),
      python: base.version,
      folder,
    });
  });
  return ready;
}

async function onDyno(find: FindOptions): Promise<PythonEnvironment> {
  for (const name of ["python3", "python"]) {
    const found = await probe(name, find);
    if (found && versionFits(found.version, find.versions ?? []))
      return { python: found.path, bin: dirname(found.path) };
  }
  throw new ExpectedError(
    "failed",
    `There is no Python ${supportedVersions.at(-1)} to ${supportedVersions[0]} on this dyno.`,
    {
      why: "The heroku/python buildpack installs it from runtime.txt, and must stand beside heroku/nodejs.",
      commands: ["npm run setup", "heroku buildpacks"],
    },
  );
}

function fits(stamp: Stamp, wanted: Omit<Stamp, "python">, versions: readonly string[]): boolean {
  return (
    stamp.runtime === wanted.runtime &&
    stamp.folder === wanted.folder &&
    (wanted.development === null || stamp.development === wanted.development) &&
    versionFits(stamp.python, versions)
  );
}

function versionFits(version: string, versions: readonly string[]): boolean {
  return versions.some((wanted) => isVersion(version, wanted));
}

async function readStamp(folder: string): Promise<Stamp | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, STAMP), "utf8"));
    if (typeof value !== "object" || value === null) return undefined;
    const { runtime, development, python, folder: made } = value as Partial<Stamp>;
    if (typeof runtime !== "string" || typeof python !== "string" || typeof made !== "string") return undefined;
    return { runtime, python, folder: made, development: typeof development === "string" ? development : null };
  } catch {
    return undefined;
  }
}

async function writeStamp(folder: string, stamp: Stamp): Promise<void> {
  const temporary = join(folder, `${STAMP}.${process.pid}`);
  await writeFile(temporary, `${JSON.stringify(stamp)}\n`);
  await rename(temporary, join(folder, STAMP));
}
