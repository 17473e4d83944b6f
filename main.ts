import { narrowPermissions } from "./src/build/narrow_permissions.ts";
import { runProgram } from "./src/cli/program.ts";

Deno.exitCode = await runProgram(
  Deno.args,
  Deno.build.standalone ? narrowPermissions : undefined,
);
