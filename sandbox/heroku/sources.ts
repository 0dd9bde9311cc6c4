// Sources: a place to put an archive, behind signed addresses that want no Authorization, as the storage behind Heroku does.

import type { Source } from "@heroku-cli/schema";
import { newRoutes } from "../http/app.js";
import { noBody } from "../http/body.js";
import type { Ctx, Routes } from "../http/context.js";
import { findApp } from "../world/find.js";
import { newId, newToken } from "../world/ids.js";
import type { Machine } from "../world/machine.js";

/** The routes of the API itself. */
export function sources(machine: Machine): Routes {
  const routes = newRoutes();
  const create = async (c: Ctx): Promise<Response> => {
    await noBody(c);
    const source = { id: newId(), signature: newToken(32), uploaded: false };
    machine.world.sources.push(source);
    machine.touch();
    const url = `${machine.base()}/sources-store/${source.id}?Expires=3600&Signature=`;
    const answer: Source = {
      source_blob: { get_url: `${url}get-${source.signature}`, put_url: `${url}put-${source.signature}` },
    };
    return c.json(answer, 201);
  };
  routes.post("/sources", create);
  routes.post("/apps/:app/sources", (c) => {
    findApp(machine, c.req.param("app"));
    return create(c);
  });
  return routes;
}

/** The storage that the addresses lead to; its refusals are XML, as those of S3. */
export function sourceStore(machine: Machine): Routes {
  const routes = newRoutes();
  routes.put("/sources-store/:id", async (c) => {
    const source = machine.world.sources.find(({ id }) => id === c.req.param("id"));
    if (source === undefined) return refuse(c, 404, "NoSuchKey", "The specified key does not exist.");
    if (c.req.query("Signature") !== `put-${source.signature}`) {
      return refuse(
        c,
        403,
        "SignatureDoesNotMatch",
        "The request signature does not match. Use put_url as it was given.",
      );
    }
    if (c.req.header("authorization") !== undefined) {
      return refuse(
        c,
        400,
        "InvalidArgument",
        "Only one auth mechanism allowed: send no Authorization header to put_url.",
      );
    }
    if (c.req.header("content-type") !== undefined) {
      return refuse(c, 403, "SignatureDoesNotMatch", "The address was signed without a Content-Type: send none.");
    }
    if (c.req.header("content-length") === undefined) {
      return refuse(c, 411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
    }
    const bytes = Buffer.from(await c.req.arrayBuffer());
    if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
      return refuse(c, 400, "InvalidRequest", "The archive is not gzip: a source is a .tar.gz.");
    }
    machine.store.putBlob(source.id, bytes);
    source.uploaded = true;
    machine.touch();
    return c.body(null, 200);
  });
  routes.get("/sources-store/:id", (c) => {
    const source = machine.world.sources.find(({ id }) => id === c.req.param("id"));
    const bytes = source === undefined ? undefined : machine.store.getBlob(source.id);
    if (source === undefined || bytes === undefined)
      return refuse(c, 404, "NoSuchKey", "The specified key does not exist.");
    if (c.req.query("Signature") !== `get-${source.signature}`) {
      return refuse(
        c,
        403,
        "SignatureDoesNotMatch",
        "The request signature does not match. Use get_url as it was given.",
      );
    }
    return c.body(new Uint8Array(bytes), 200, { "content-type": "application/gzip" });
  });
  return routes;
}

function refuse(c: Ctx, status: 400 | 403 | 404 | 411, code: string, message: string): Response {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return c.body(body, status, { "content-type": "application/xml" });
}
