import type { Command } from "commander";
import { hubEnvironment } from "../settings/hub_environment.ts";
import { canDraw } from "./can_draw.ts";
import type { CliContext } from "./cli_context.ts";
import { EXIT } from "./exit_code.ts";
import { print } from "./print.ts";
import { resolveFrom } from "./setting_options.ts";

const NOTES = `
"ok" works; "note" is worth knowing; "problem" stops what the settings ask for. Lines that begin with
-> say what to do. Nothing is written, and nothing is asked of any server but Ollama.

Examples:
  houqa doctor
  houqa doctor --json

Exit codes: 0 no problem; 1 a problem was found.
`;

/** Registers `houqa doctor`. */
export function registerDoctor(program: Command, context: CliContext): void {
  const command = program.command("doctor")
    .description("show what works on this machine, and what to do about the rest")
    .option("--json", "as JSON")
    .allowExcessArguments(false)
    .addHelpText("after", NOTES);
  command.action(async () => {
    const { runDoctorChecks } = await import("../device/doctor_checks.ts");
    const { doctorReportJson, hasProblem, renderDoctorReport } = await import(
      "../report/doctor_report.ts"
    );
    const checks = await runDoctorChecks({
      settings: () => resolveFrom(command),
      environment: hubEnvironment,
      probe: async (device) => {
        const { probeDevice } = await import("../runtime/probe_devices.ts");
        return await probeDevice(device);
      },
    });
    const color = canDraw(Deno.stdout) && !Deno.noColor;
    const asJson = command.opts<{ json?: boolean }>().json;
    print(asJson ? doctorReportJson(checks) : renderDoctorReport(checks, color));
    const code = hasProblem(checks) ? EXIT.finding : EXIT.done;
    context.exit(code);
    // What a check that gave no answer is still waiting for must not keep the process alive.
    if (checks.some(({ isOverdue }) => isOverdue)) Deno.exit(code);
  });
}
