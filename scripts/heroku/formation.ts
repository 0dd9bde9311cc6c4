// The formation: how many dynos of which size run each process type; and the dynos themselves.
import type * as Schema from "@heroku-cli/schema";
import type { HerokuApi } from "./api.js";

export interface Process {
  readonly type: string;
  readonly quantity: number;
  /** as Heroku writes it: Eco, Basic, Standard-1X */
  readonly size: string;
}

export interface Dyno {
  readonly name: string;
  readonly type: string;
  readonly state: string;
  readonly size: string;
  readonly command: string;
  readonly updatedAt: string;
}

function view(process: Schema.Formation): Process {
  const size = process.size ?? (process.dyno_size as { name?: string } | undefined)?.name ?? "";
  return { type: process.type ?? "", quantity: Number(process.quantity ?? 0), size };
}

/** The process types that the running release declares (Heroku Platform API, Formation > List). */
export async function listFormation(api: HerokuApi, app: string): Promise<Process[]> {
  const formation = await api.list<Schema.Formation>(`/apps/${app}/formation`, {
    doing: `read the formation of ${app}`,
  });
  return formation.map(view);
}

export interface ProcessWish {
  readonly type: string;
  /** left as it is when absent */
  readonly quantity?: number;
  readonly size: string;
}

/** Sets sizes and quantities in one call (Heroku Platform API, Formation > Batch Update). */
export async function patchFormation(api: HerokuApi, app: string, wishes: readonly ProcessWish[]): Promise<void> {
  const updates = wishes.map(({ type, quantity, size }) => ({
    type,
    ...(quantity === undefined ? {} : { quantity }),
    dyno_size: { name: size },
  }));
  await api.patch(`/apps/${app}/formation`, { updates }, { doing: `size the dynos of ${app}` });
}

/** The dynos that exist now (Heroku Platform API, Dyno > List). */
export async function listDynos(api: HerokuApi, app: string): Promise<Dyno[]> {
  const dynos = await api.list<Schema.Dyno>(`/apps/${app}/dynos`, { doing: `list the dynos of ${app}` });
  return dynos.map((dyno) => ({
    name: dyno.name ?? "",
    type: dyno.type ?? "",
    state: dyno.state ?? "",
    size: dyno.size ?? "",
    command: dyno.command ?? "",
    updatedAt: dyno.updated_at ?? "",
  }));
}
