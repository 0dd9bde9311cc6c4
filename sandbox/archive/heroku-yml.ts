// The heroku.yml of an archive: which images are built and what they run.
import { parseDocument } from "yaml";
import { z } from "zod";
import { ArchiveError } from "./errors.js";

const processType = z.string().regex(/^[A-Za-z0-9_-]{1,63}$/, "a process type has letters, digits, - and _ only");
const command = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const manifest = z.strictObject({
  setup: z
    .strictObject({
      addons: z.array(z.strictObject({ plan: z.string(), as: z.string().optional() })).optional(),
      config: z.record(z.string(), text).optional(),
    })
    .optional(),
  build: z
    .strictObject({
      docker: z.record(processType, z.string().min(1)).optional(),
      config: z.record(z.string(), text).optional(),
    })
    .optional(),
  run: z
    .record(processType, z.union([z.string().min(1), z.strictObject({ command, image: z.string().optional() })]))
    .optional(),
  release: z.strictObject({ command, image: z.string().optional() }).optional(),
});

/** What a heroku.yml says (Heroku Dev Center, "Building Docker Images with heroku.yml"). */
export type HerokuYml = z.infer<typeof manifest>;

/**
 * Reads a heroku.yml.
 * @throws ArchiveError when it is no YAML, has a section or key that Heroku does not know, or runs on an image it does not build
 */
export function readHerokuYml(source: string): HerokuYml {
  const document = parseDocument(source);
  const [problem] = document.errors;
  if (problem) throw new ArchiveError(`heroku.yml is not valid YAML: ${problem.message.split("\n")[0]}`);
  const parsed = manifest.safeParse(document.toJS() ?? {});
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join(".");
    throw new ArchiveError(`heroku.yml${where ? `, ${where}` : ""}: ${issue?.message ?? "not understood"}`);
  }
  const built = Object.keys(parsed.data.build?.docker ?? {});
  for (const [type, run] of [
    ...Object.entries(parsed.data.run ?? {}),
    ["release", parsed.data.release ?? ""] as const,
  ]) {
    const image = typeof run === "string" ? undefined : run.image;
    if (image !== undefined && !built.includes(image)) {
      throw new ArchiveError(`heroku.yml: ${type} runs on the image ${image}, which build.docker does not build.`);
    }
  }
  return parsed.data;
}
