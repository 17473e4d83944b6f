import { UsageError } from "../settings/usage_error.ts";
import type { CliContext } from "./cli_context.ts";
import { SIGNAL_EXITS } from "./exit_code.ts";
import { listenForSignals } from "./listen_for_signals.ts";
import { type ModelOptions, readModel } from "./read_report_model.ts";
import { type Need, requirePermissions } from "./require_permissions.ts";

/** Only this machine can reach it. */
const HOST = "127.0.0.1";
/** Random bytes of the path that is told to the user alone: others may use this machine too. */
const KEY_BYTES = 8;

/**
 * `houqa report --watch`: serves how far runs are, and their report when all are finished, until a
 * signal ends it.
 * @param paths of results or journals.
 * @throws {UsageError} where the port is taken.
 */
export async function watchReport(
  paths: readonly string[],
  options: ModelOptions & { readonly port: number },
  context: CliContext,
  printLine: (text: string) => void,
): Promise<void> {
  const [{ watchRuns }, { watchHandler }, { journalPath }] = await Promise.all([
    import("../report/watch/watch_runs.ts"),
    import("../report/watch/watch_handler.ts"),
    import("../eval/journal.ts"),
  ]);
  const named = paths.map((path) => path.replace(/\.journal\.jsonl$/, ""));
  const read = [
    ...named.flatMap((path) => [path, journalPath(path)]),
    ...(options.dataPath === undefined ? [] : [options.dataPath]),
  ];
  await requirePermissions(
    [
      ...read.map((path): Need => ({ name: "read", path })),
      {
        name: "net",
        host: options.port === 0 ? HOST : `${HOST}:${options.port}`,
        listens: true,
      },
      { name: "env", variable: "NODE_ENV" },
    ],
    "report:watch",
    context.words.slice(1).filter((word) => word !== "--watch"),
  );
  const runs = watchRuns(named, (finished) => readModel(finished, options));
  const { signal, exitCode, release } = listenForSignals(() => {});
  try {
    const key = randomKey();
    // The handler's checks name the port, which is known only when the server listens.
    const port = Promise.withResolvers<number>();
    const answer = port.promise.then((listening) => watchHandler(runs, listening, key));
    const server = serve(options.port, signal, async (request) => (await answer)(request));
    port.resolve(server.addr.port);
    printLine(`http://${HOST}:${server.addr.port}/${key}/`);
    printLine("Open it in a browser on this machine. Ctrl-C ends it; the runs go on.");
    await server.finished;
  } finally {
    release();
  }
  context.exit(exitCode() ?? SIGNAL_EXITS.SIGINT);
}

function serve(
  port: number,
  signal: AbortSignal,
  handler: (request: Request) => Promise<Response>,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({
      hostname: HOST,
      port,
      signal,
      onListen() {},
      onError: (error) =>
        new Response(`${error instanceof Error ? error.message : String(error)}\n`, {
          status: 500,
          headers: { "content-type": "text/plain; charset=utf-8" },
        }),
    }, handler);
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse || error instanceof RangeError) {
      throw new UsageError(
        `Can't listen on port ${port} of ${HOST}: ${error.message}. Choose another --port.`,
      );
    }
    throw error;
  }
}

function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
