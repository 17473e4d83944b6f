import { narrowPermissions } from "./src/build/narrow_permissions.ts";
import { splitScriptPath } from "./src/build/script_path.ts";
import { runProgram } from "./src/cli/program.ts";

Deno.exitCode = await runProgram(
  splitScriptPath(Deno.args).words,
  Deno.build.standalone ? narrowPermissions : undefined,
);
