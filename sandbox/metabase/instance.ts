// What the pretend Metabase knows of one app.

/** The Metabase of one app. */
export interface MetabaseInstance {
  /** down: no running web dyno; starting: migrations run; idle: an Eco dyno that sleeps. */
  state: "down" | "starting" | "up" | "idle";
  /** The database it keeps its own tables in. */
  databaseUrl?: string;
  /** Called when a visitor reaches a sleeping one. */
  wake(): void;
}
