// The sandbox's front door: start one, or find the one that already serves a folder's world.
export type { Call } from "./http/calls.js";
export type { Fault, FaultEffect, Faults } from "./http/faults.js";
export { type Sandbox, type SandboxOptions, startSandbox } from "./start.js";
export { type UsedSandbox, useSandbox } from "./use.js";
export type { World } from "./world/types.js";
