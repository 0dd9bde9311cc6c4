// What every plan and dyno size used here costs and holds, as Heroku's price pages said on the day noted.
import { z } from "zod";
import { type DynoSizeName, dynoSizeNames } from "./answers.js";

/** The day the prices and limits below were read from heroku.com/pricing and the add-ons' pages. Live plan prices from the API win over them. */
export const PRICES_NOTED_ON = "2026-11-23";

const cents = z.int().min(0);

const planSchema = z.object({
  monthlyCents: cents,
  /** bytes the plan stores, for databases */
  storageBytes: z.int().positive().optional(),
  /** connections the plan allows at once, for databases */
  connections: z.int().positive().optional(),
});

const dynoSizeSchema = z.object({
  /** the name as Heroku writes it in answers */
  name: z.string(),
  monthlyCents: cents,
  /** true when the price is paid once for the whole account, however many dynos draw on it */
  perAccount: z.boolean(),
  memoryMb: z.int().positive(),
});

export type PlanPrice = z.infer<typeof planSchema>;
export type DynoSize = z.infer<typeof dynoSizeSchema>;

const GB = 1024 ** 3;

/** Add-on plans by their full name, `service:plan`. */
export const planPrices: Readonly<Record<string, PlanPrice>> = z.record(z.string(), planSchema).parse({
  "heroku-postgresql:essential-0": { monthlyCents: 500, storageBytes: 1 * GB, connections: 20 },
  "heroku-postgresql:essential-1": { monthlyCents: 900, storageBytes: 10 * GB, connections: 20 },
  "heroku-postgresql:essential-2": { monthlyCents: 2000, storageBytes: 32 * GB, connections: 40 },
  "heroku-postgresql:standard-0": { monthlyCents: 5000, storageBytes: 64 * GB, connections: 120 },
  "heroku-postgresql:standard-2": { monthlyCents: 20000, storageBytes: 256 * GB, connections: 400 },
  "scheduler:standard": { monthlyCents: 0 },
  "papertrail:choklad": { monthlyCents: 0 },
});

/** Dyno sizes by the answer's value; Heroku's own name stands inside. */
export const dynoSizes: Readonly<Record<DynoSizeName, DynoSize>> = z
  .record(z.enum(dynoSizeNames), dynoSizeSchema)
  .parse({
    eco: { name: "Eco", monthlyCents: 500, perAccount: true, memoryMb: 512 },
    basic: { name: "Basic", monthlyCents: 700, perAccount: false, memoryMb: 512 },
    "standard-1x": { name: "Standard-1X", monthlyCents: 2500, perAccount: false, memoryMb: 512 },
    "standard-2x": { name: "Standard-2X", monthlyCents: 5000, perAccount: false, memoryMb: 1024 },
  });

export type { DynoSizeName };
export { dynoSizeNames };

const HOURS_A_MONTH = 730;
/** One-off dynos are billed by the second: an hour and three quarters a night, which is more than a usual night takes. */
const ONE_OFF_HOURS_A_MONTH = 52;

/** What the nightly one-off dynos of this size add to a month, in cents; Eco's are inside its flat price. */
export function oneOffMonthlyCents(size: DynoSizeName): number {
  const { monthlyCents, perAccount } = dynoSizes[size];
  return perAccount ? 0 : Math.round((monthlyCents * ONE_OFF_HOURS_A_MONTH) / HOURS_A_MONTH);
}

/** The dyno size behind a name as Heroku or a person writes it ("Standard-1X", "eco"), or undefined for one that is not used here. */
export function dynoSizeOf(name: string | undefined): DynoSizeName | undefined {
  const lower = name?.toLowerCase();
  return dynoSizeNames.find((size) => size === lower);
}
