// A person's terminal for tests: a child inside a pseudo-terminal, its keys, and the screen as it is seen.
import pty from "@lydell/node-pty";
import headless from "@xterm/headless";

export interface PersonsTerminal {
  /** every byte that was shown, colours and all */
  readonly raw: () => string;
  /** every different screen that there was, oldest first */
  readonly screens: readonly string[];
  /** the screen now, without the empty lines at its end */
  readonly screen: () => string;
  /** resolves when the screen shows it; fails when that takes twenty seconds */
  shows(text: string | RegExp): Promise<void>;
  type(keys: string): void;
  kill(signal: string): void;
  /** the exit code, once the child has ended */
  readonly ended: Promise<number>;
  /** ends what still runs */
  close(): void;
}

const DEADLINE_MS = 20_000;

/** Starts a command at a terminal of 100 columns and 40 rows, unless `size` says otherwise. */
export function openTerminal(
  file: string,
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly size?: { readonly cols: number; readonly rows: number };
  },
): PersonsTerminal {
  const { cwd, env, size = { cols: 100, rows: 40 } } = options;
  const child = pty.spawn(file, [...args], { name: "xterm-256color", ...size, cwd, env });
  const emulator = new headless.Terminal({ ...size, allowProposedApi: true });
  const screens: string[] = [];
  const waiting = new Set<() => void>();
  let raw = "";

  const screen = () => {
    const { active } = emulator.buffer;
    const lines = Array.from(
      { length: size.rows },
      (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? "",
    );
    return lines.join("\n").trimEnd();
  };
  child.onData((data) => {
    raw += data;
    emulator.write(data, () => {
      const now = screen();
      if (screens.at(-1) !== now) screens.push(now);
      for (const look of waiting) look();
    });
  });
  let running = true;
  const ended = new Promise<number>((resolve) => {
    child.onExit(({ exitCode }) => {
      running = false;
      resolve(exitCode);
    });
  });

  return {
    raw: () => raw,
    screens,
    screen,
    ended,
    shows: (text) =>
      new Promise((resolve, reject) => {
        const finish = (end: () => void) => {
          waiting.delete(look);
          clearTimeout(deadline);
          end();
        };
        const look = () => {
          const now = screen();
          if (typeof text === "string" ? now.includes(text) : text.test(now)) finish(resolve);
        };
        const deadline = setTimeout(
          () => finish(() => reject(new Error(`never shown: ${text}\n${screen()}`))),
          DEADLINE_MS,
        );
        waiting.add(look);
        look();
      }),
    type: (keys) => child.write(keys),
    kill: (signal) => child.kill(signal),
    close: () => {
      if (running) child.kill("SIGKILL");
      emulator.dispose();
    },
  };
}

export const keys = {
  enter: "\r",
  down: "\u001b[B",
  ctrlC: "\u0003",
  ctrlD: "\u0004",
  ctrlT: "\u0014",
  ctrlU: "\u0015",
};
