// Logical backups of a Heroku Postgres database: their schedules and past runs, through the data API that `heroku pg:backups` uses.
import { z } from "zod";
import { createOnce } from "./create-once.js";
import { type Known, known } from "./known.js";
import { type SideAnswer, type SideDeps, settled, sideCall } from "./side-call.js";

export interface BackupSchedule {
  readonly uuid: string;
  /** the attachment's config var, such as DATABASE_URL */
  readonly name: string;
  /** 0 to 23, in the timezone */
  readonly hour: number;
  readonly timezone: string;
}

export interface BackupScheduleSpec {
  readonly hour: number;
  readonly timezone: string;
  /** the attachment's config var, such as DATABASE_URL */
  readonly schedule_name: string;
}

export interface Transfer {
  readonly uuid: string;
  readonly kind: "backup" | "copy" | "restore" | "other";
  /** made by a schedule, not by hand */
  readonly scheduled: boolean;
  /** ISO times */
  readonly createdAt: string;
  readonly finishedAt?: string;
  readonly succeeded: boolean;
  readonly processedBytes?: number;
  /** the database it was taken from, as Heroku names it */
  readonly from?: string;
}

const WHO = "Heroku's data API";

const schedule = z.object({
  uuid: z.string().min(1),
  name: z.string(),
  hour: z.union([z.number(), z.string().regex(/^\d{1,2}$/)]).transform(Number),
  timezone: z.string(),
});

/** Connection strings of both ends are in the answer too; they are dropped here. */
const transfer = z
  .object({
    uuid: z.string().min(1),
    from_type: z.string().nullish(),
    to_type: z.string().nullish(),
    from_name: z.string().nullish(),
    created_at: z.string(),
    finished_at: z.string().nullish(),
    succeeded: z.boolean().nullish(),
    processed_bytes: z.number().nullish(),
    schedule: z.unknown().optional(),
  })
  .transform(
    (raw): Transfer => ({
      uuid: raw.uuid,
      kind: kindOf(raw.from_type, raw.to_type),
      scheduled: raw.schedule !== null && raw.schedule !== undefined,
      createdAt: raw.created_at,
      succeeded: raw.succeeded === true,
      ...(raw.finished_at ? { finishedAt: raw.finished_at } : {}),
      ...(typeof raw.processed_bytes === "number" ? { processedBytes: raw.processed_bytes } : {}),
      ...(raw.from_name ? { from: raw.from_name } : {}),
    }),
  );

/** The backup schedules of a database. @param addOnId the add-on's id */
export async function listSchedules(deps: SideDeps, addOnId: string): Promise<Known<BackupSchedule[]>> {
  return settled(await list(deps, addOnId));
}

/** Schedules a daily backup once and reads it back, as `heroku pg:backups:schedule` does. */
export async function createSchedule(
  deps: SideDeps,
  addOnId: string,
  spec: BackupScheduleSpec,
): Promise<Known<BackupSchedule>> {
  return createOnce<BackupSchedule>(deps, {
    what: "the backup schedule",
    create: () =>
      sideCall(deps, {
        who: WHO,
        method: "POST",
        path: schedulesPath(addOnId),
        headers: headers(deps),
        // The official CLI sends the hour as text.
        body: { hour: String(spec.hour), timezone: spec.timezone, schedule_name: spec.schedule_name },
        shape: schedule,
      }),
    list: () => list(deps, addOnId),
    same: (candidate) => sameSchedule(candidate, spec),
    id: ({ uuid }) => uuid,
  });
}

/** True when a schedule runs for this attachment at this hour. */
export function sameSchedule(schedule: BackupSchedule, spec: BackupScheduleSpec): boolean {
  return schedule.name === spec.schedule_name && schedule.hour === spec.hour && schedule.timezone === spec.timezone;
}

/** Backups, copies and restores of an app's databases, newest first. */
export async function listTransfers(deps: SideDeps, appName: string): Promise<Known<Transfer[]>> {
  const answer = await sideCall(deps, {
    who: WHO,
    method: "GET",
    path: `/client/v11/apps/${encodeURIComponent(appName)}/transfers`,
    headers: headers(deps),
    shape: z.array(transfer),
  });
  const listed = settled(answer);
  return listed.known ? known(listed.value.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))) : listed;
}

/** The newest backup that ended well, or undefined. @param transfers newest first */
export function lastGoodBackup(transfers: readonly Transfer[]): Transfer | undefined {
  return transfers.find(
    ({ kind, succeeded, finishedAt }) => kind === "backup" && succeeded && finishedAt !== undefined,
  );
}

function kindOf(from: string | null | undefined, to: string | null | undefined): Transfer["kind"] {
  if (from === "pg_dump" && to === "gof3r") return "backup";
  if (from === "pg_dump" && to === "pg_restore") return "copy";
  return to === "pg_restore" ? "restore" : "other";
}

function list(deps: SideDeps, addOnId: string): Promise<SideAnswer<BackupSchedule[]>> {
  return sideCall(deps, {
    who: WHO,
    method: "GET",
    path: schedulesPath(addOnId),
    headers: headers(deps),
    shape: z.array(schedule),
  });
}

function schedulesPath(addOnId: string): string {
  return `/client/v11/databases/${encodeURIComponent(addOnId)}/transfer-schedules`;
}

function headers({ token }: SideDeps): Record<string, string> {
  return { accept: "application/vnd.heroku+json; version=3", authorization: `Bearer ${token.reveal()}` };
}
