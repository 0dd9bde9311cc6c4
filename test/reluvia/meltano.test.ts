// The Meltano project: plugins that stand on their own, and start under Meltano with nothing but what is in the repository.
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { run } from "../../scripts/python/child.js";
import { pythonForTests, root } from "./pytest.js";

interface Plugin {
  readonly name: string;
  readonly namespace: string;
  readonly executable: string;
  readonly load_schema?: string;
  readonly pip_url?: string;
}

const project = parse(await readFile(join(root, "reluvia", "meltano.yml"), "utf8")) as {
  readonly plugins: { readonly extractors: readonly Plugin[]; readonly loaders: readonly Plugin[] };
};
const plugins = [...project.plugins.extractors, ...project.plugins.loaders];

describe("meltano.yml", () => {
  it("defines every plugin in full, so that no hub is asked and nothing is installed", async () => {
    expect(plugins.map(({ name }) => name)).toEqual(["tap-stripe", "tap-amplitude", "target-postgres"]);
    for (const { namespace, pip_url, executable } of plugins) {
      expect({ namespace, pip_url }).toEqual({ namespace: expect.any(String), pip_url: undefined });
      expect((await stat(join(root, "reluvia", executable))).mode & 0o111).toBe(0o111);
    }
  });

  it("loads each source into its own schema", () => {
    const schemas = project.plugins.extractors.map(({ load_schema }) => load_schema);
    expect(schemas).toEqual(["raw_stripe", "raw_amplitude"]);
  });
});

const python = await pythonForTests();

describe.skipIf(!python)("under Meltano", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "meltano-test-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const streams: Readonly<Record<string, readonly string[]>> = {
    "tap-stripe": [
      "balance_transactions",
      "charges",
      "customers",
      "disputes",
      "invoices",
      "payment_intents",
      "prices",
      "products",
      "refunds",
      "subscriptions",
    ],
    "tap-amplitude": ["events"],
  };
  for (const [tap, names] of Object.entries(streams)) {
    it(`${tap} starts and names its streams, without key and without network`, { timeout: 120_000 }, async () => {
      if (!python) return;
      const { code, stdout, stderr } = await run(join(python.bin, "meltano"), ["invoke", tap, "--discover"], {
        cwd: join(root, "reluvia"),
        env: {
          HOME: folder,
          PATH: `${python.bin}:/usr/bin:/bin`,
          // Whatever asks the network by HTTP meets a closed door.
          HTTPS_PROXY: "http://127.0.0.1:9",
          HTTP_PROXY: "http://127.0.0.1:9",
          MELTANO_PROJECT_ROOT: join(root, "reluvia"),
          MELTANO_SYS_DIR_ROOT: join(folder, ".meltano"),
          MELTANO_DATABASE_URI: `sqlite:///${join(folder, "meltano.db")}`,
          MELTANO_FF_STRICT_ENV_VAR_MODE: "1",
          MELTANO_SEND_ANONYMOUS_USAGE_STATS: "false",
        },
        timeoutMs: 100_000,
        kept: 1_000_000,
      });
      expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
      const catalog = JSON.parse(stdout.slice(stdout.indexOf("{"))) as { streams: { tap_stream_id: string }[] };
      expect(catalog.streams.map(({ tap_stream_id }) => tap_stream_id)).toEqual(names);
    });
  }
});
