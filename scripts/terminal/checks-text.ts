// The result of verify for a person: a table by group, then what needs something, then one line that sums up.
import { commandLines } from "./errors-text.js";
import type { VerifyStatus } from "./plan-json.js";
import { type Paint, paint, type Style } from "./style.js";
import { table } from "./table.js";
import { cut, foldAfter, pad, plain, visibleWidth } from "./width.js";

/** One row of verify, as the terminal needs it. */
export interface CheckResult {
  readonly id: string;
  readonly group: string;
  readonly title: string;
  readonly status: "ok" | "warn" | "fail" | "unknown" | "skipped";
  readonly detail: string;
  readonly remedy?: { readonly text: string; readonly commands: readonly string[] };
}

/**
 * All checks, in the order in which they come; groups are headed by their name.
 * @param verdict what they come to; default: unhealthy when one failed, unknown when one could not be found out
 */
export function renderChecks(
  checks: readonly CheckResult[],
  style: Style,
  verdict: VerifyStatus = verdictOf(checks),
): string[] {
  const painted = paint(style);
  const findings = checks.filter(needsSomething);
  const groups = groupsOf(checks).map(([group, members]) => [group, compact(members)] as const);
  const shown = groups.flatMap(([, rows]) => rows);
  const titleWidth = Math.max(0, ...shown.map(({ title }) => visibleWidth(plain(title))));
  const room = style.columns - titleWidth - 6;
  return [
    ...groups.flatMap(([group, members]) => [
      painted.strong(upperFirst(group)),
      ...table(
        members.map((check) => [
          `${symbolOf(check, painted)} ${pad(plain(check.title), titleWidth)}`,
          detailOf(check, room, painted),
        ]),
        { columns: [{}, {}], indent: 2, width: style.columns },
      ),
      "",
    ]),
    ...findings.flatMap((check) => [...findingLines(check, style, painted), ""]),
    sumLine(checks, verdict, painted),
  ];
}

function verdictOf(checks: readonly CheckResult[]): VerifyStatus {
  if (checks.some(({ status }) => status === "fail")) return "unhealthy";
  return checks.some(({ status }) => status === "unknown") ? "unknown" : "healthy";
}

/** Worst first would tear groups apart: the order of the checks is kept. */
function groupsOf(checks: readonly CheckResult[]): [string, CheckResult[]][] {
  const groups = new Map<string, CheckResult[]>();
  for (const check of checks) groups.set(check.group, [...(groups.get(check.group) ?? []), check]);
  return [...groups];
}

type Row = Pick<CheckResult, "title" | "status" | "detail" | "remedy">;

/** Rows that say the same become one: config vars that are as declared, checks that were skipped for one reason. */
function compact(members: readonly CheckResult[]): Row[] {
  const matterOf = ({ id, status, detail }: CheckResult) => {
    if (status === "ok" && id.includes(".config-var.")) return "config vars";
    return status === "skipped" ? detail : undefined;
  };
  return members.flatMap((member, index): Row[] => {
    const matter = matterOf(member);
    const alike = matter === undefined ? [member] : members.filter((other) => matterOf(other) === matter);
    if (alike.length === 1) return [member];
    if (members.indexOf(alike[0] ?? member) !== index) return [];
    return member.status === "ok"
      ? [{ title: `${alike.length} config vars`, status: "ok", detail: "as declared" }]
      : [{ title: `${alike.length} checks`, status: "skipped", detail: member.detail }];
  });
}

function needsSomething(check: Row): boolean {
  return check.status === "fail" || (check.status !== "ok" && check.remedy !== undefined);
}

function symbolOf(check: Row, painted: Paint): string {
  const { symbols } = painted;
  return check.status === "skipped" ? painted.dim(symbols.skipped) : painted[check.status](symbols[check.status]);
}

/** What is told in full below is one line here. */
function detailOf(check: Row, room: number, painted: Paint): string {
  const detail = plain(check.detail);
  if (needsSomething(check)) return cut(detail, Math.max(20, room), painted.symbols.ellipsis);
  return check.status === "ok" || check.status === "skipped" ? painted.dim(detail) : detail;
}

function findingLines(check: CheckResult, style: Style, painted: Paint): string[] {
  return [
    ...foldAfter(`${symbolOf(check, painted)} `, `${plain(check.title)}: ${plain(check.detail)}`, style.columns),
    ...(check.remedy ? foldAfter("  ", plain(check.remedy.text), style.columns) : []),
    ...commandLines("  Try: ", check.remedy?.commands ?? [], painted),
  ];
}

function sumLine(checks: readonly CheckResult[], verdict: VerifyStatus, painted: Paint): string {
  const count = (status: CheckResult["status"]) => checks.filter((check) => check.status === status).length;
  const also = [
    counted(count("warn"), "warning", "warnings"),
    verdict === "unknown" ? "" : counted(count("unknown"), "could not be checked", "could not be checked"),
    counted(count("skipped"), "skipped", "skipped"),
  ].filter((text) => text !== "");
  const rest = also.length === 0 ? "." : `, ${also.join(", ")}.`;
  switch (verdict) {
    case "healthy":
      return `${painted.ok("Healthy:")} ${counted(count("ok"), "check", "checks")} passed${rest}`;
    case "unhealthy":
      return `${painted.fail("Unhealthy:")} ${count("fail")} of ${checks.length} checks failed${rest}`;
    case "unknown":
      return `${painted.unknown("Could not check:")} ${count("unknown")} of ${checks.length} checks could not be made${rest}`;
  }
}

function counted(number: number, one: string, many: string): string {
  return number === 0 ? "" : `${number} ${number === 1 ? one : many}`;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
