// `npm run bench -- NAME`: where the README's figures come from. Run it with nothing else on the machine.
import { benchSetup } from "./setup.js";

const benches: Readonly<Record<string, (root: string) => Promise<void>>> = { setup: benchSetup };

const [name = ""] = process.argv.slice(2);
const bench = benches[name];
if (bench) await bench(process.cwd());
else {
  console.error(`Say which: npm run bench -- ${Object.keys(benches).join(" | ")}`);
  process.exitCode = 64;
}
