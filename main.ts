import { runProgram } from "./src/cli/program.ts";

Deno.exitCode = await runProgram(Deno.args);
