// Which build the running release came from, whatever happened since.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deployedBuild } from "../../scripts/deploy/deployed.js";
import type { Build } from "../../scripts/heroku/builds.js";
import type { Release } from "../../scripts/heroku/releases.js";

const build = (id: string, more: Partial<Build> = {}): Build => ({
  id,
  status: "succeeded",
  version: `tree-${id}`,
  stack: "heroku-26",
  buildpacks: undefined,
  slugId: undefined,
  releaseId: undefined,
  createdAt: "2026-11-25T10:00:00Z",
  outputStreamUrl: undefined,
  ...more,
});

const release = (version: number, more: Partial<Release> = {}): Release => ({
  id: `r${version}`,
  version,
  status: "succeeded",
  current: false,
  slugId: undefined,
  artifactIds: [],
  description: "",
  createdAt: "2026-11-25T10:00:00Z",
  ...more,
});

const idOf = (releases: Release[], builds: Build[]) => deployedBuild(releases, builds)?.id;

describe("the build that runs", () => {
  it("is none before anything was deployed", () => {
    expect(idOf([], [])).toBeUndefined();
    expect(idOf([], [build("b")])).toBeUndefined();
    expect(idOf([release(1, { current: true })], [])).toBeUndefined();
    expect(idOf([release(1, { current: true })], [build("b", { status: "failed" })])).toBeUndefined();
  });

  it("is the one whose slug runs, also after config vars made newer releases", () => {
    const builds = [build("b2", { slugId: "s2", releaseId: "r3" }), build("b1", { slugId: "s1", releaseId: "r2" })];
    const config = release(4, { slugId: "s2", current: true });
    expect(idOf([config, release(3, { slugId: "s2" }), release(2, { slugId: "s1" })], builds)).toBe("b2");
  });

  it("is the old one after a rollback to its slug", () => {
    const builds = [build("b2", { slugId: "s2", releaseId: "r3" }), build("b1", { slugId: "s1", releaseId: "r2" })];
    const rollback = release(4, { slugId: "s1", current: true, description: "Rollback to v2" });
    expect(idOf([rollback, release(3, { slugId: "s2" }), release(2, { slugId: "s1" })], builds)).toBe("b1");
  });

  it("is none of ours when somebody else's slug runs", () => {
    expect(idOf([release(3, { slugId: "pushed", current: true })], [build("b1", { slugId: "s1" })])).toBeUndefined();
  });

  it("is the one whose release runs, for an image", () => {
    const builds = [build("b2", { releaseId: "r3" }), build("b1", { releaseId: "r2" })];
    expect(
      idOf([release(3, { current: true, artifactIds: ["i2"] }), release(2, { artifactIds: ["i1"] })], builds),
    ).toBe("b2");
  });

  it("is found by its image after config vars made newer releases", () => {
    const builds = [build("b2", { releaseId: "r3" }), build("b1", { releaseId: "r2" })];
    const releases = [
      release(5, { current: true, artifactIds: ["i2"] }),
      release(4, { artifactIds: ["i2"] }),
      release(3, { artifactIds: ["i2"] }),
      release(2, { artifactIds: ["i1"] }),
    ];
    expect(idOf(releases, builds)).toBe("b2");
  });

  it("is the old one after a rollback to its image", () => {
    const builds = [build("b2", { releaseId: "r3" }), build("b1", { releaseId: "r2" })];
    const releases = [
      release(4, { current: true, artifactIds: ["i1"] }),
      release(3, { artifactIds: ["i2"] }),
      release(2, { artifactIds: ["i1"] }),
    ];
    expect(idOf(releases, builds)).toBe("b1");
  });

  it.each([
    ["slugs", { slugId: "s1" }, { slugId: "s2" }],
    ["images", { artifactIds: ["i1"] }, { artifactIds: ["i2"] }],
    ["neither told", {}, {}],
  ])("is the one before when the newest release failed: %s", (_, old, fresh) => {
    const slug = (of: object) => ("slugId" in of ? { slugId: String(of.slugId) } : {});
    const builds = [build("b2", { releaseId: "r3", ...slug(fresh) }), build("b1", { releaseId: "r2", ...slug(old) })];
    const releases = [release(3, { status: "failed", ...fresh }), release(2, { current: true, ...old })];
    expect(idOf(releases, builds)).toBe("b1");
    expect(
      idOf(
        [...releases].map((one) => ({ ...one, current: false })),
        builds,
      ),
    ).toBe("b1");
  });

  it("is the newest that succeeded where the API ties neither slug nor image to a release", () => {
    const builds = [build("b3", { status: "pending" }), build("b2", { status: "failed" }), build("b1"), build("b0")];
    expect(idOf([release(2, { current: true })], builds)).toBe("b1");
  });

  it("is never one that failed or still goes on", () => {
    const status = fc.constantFrom<Build["status"][]>("pending", "succeeded", "failed");
    const id = fc.option(fc.constantFrom("1", "2", "3"), { nil: undefined });
    const builds = fc.array(
      fc.record({ status, slugId: id, releaseId: id }).map((more) => build("b", more)),
      { maxLength: 6 },
    );
    const releases = fc.array(
      fc
        .record({ slugId: id, id: fc.constantFrom("1", "2", "3"), current: fc.boolean() })
        .map((more) => release(1, more)),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(releases, builds, (rs, bs) => {
        const found = deployedBuild(rs, bs);
        expect(found === undefined || found.status === "succeeded").toBe(true);
      }),
    );
  });
});
