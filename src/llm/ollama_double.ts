import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import {
  type DoubleAnswerOptions,
  type DoubleChatRequest,
  OllamaDoubleAnswers,
} from "./ollama_double_answers.ts";
import { type DoubleChatAnswer, streamAnswer } from "./ollama_double_stream.ts";

/** What goes wrong with one chat call. */
export type DoubleFault =
  /** An error status with Ollama's `{"error": …}` body. */
  | { readonly kind: "status"; readonly status: number; readonly error: string }
  /** The answer comes, but later. */
  | { readonly kind: "delay"; readonly latencyMs: number }
  /** No answer ever. */
  | { readonly kind: "hang" }
  /** The connection closes before the headers. */
  | { readonly kind: "drop" }
  /** The connection closes in the middle of the body. */
  | { readonly kind: "cut_body" }
  /** 200 with a body that is not JSON. */
  | { readonly kind: "invalid_json" }
  /** 200 with an answer that never ended. */
  | { readonly kind: "not_done" }
  /** The model repeats itself until Ollama ends the answer: `done` false, no counts. */
  | { readonly kind: "repetition" };

/** Faults with the very texts of Ollama 0.17.4. */
export const DOUBLE_FAULTS = {
  queueFull: {
    kind: "status",
    status: 503,
    error: "server busy, please try again.  maximum pending requests exceeded",
  },
  runnerDied: { kind: "status", status: 500, error: "unexpected EOF" },
  invalidSchema: { kind: "status", status: 500, error: "invalid JSON schema in format" },
  outOfMemory: {
    kind: "status",
    status: 500,
    error: "model requires more system memory (9.2 GiB) than is available (3.1 GiB)",
  },
} as const satisfies Record<string, DoubleFault>;

/** How the double behaves. */
export interface DoubleOptions extends DoubleAnswerOptions {
  /** Faults of the next chat calls, in their order; undefined = none. More can be pushed later. */
  readonly faults?: (DoubleFault | undefined)[];
  /** Wait before every chat answer, in milliseconds. Default 0. */
  readonly latencyMs?: number;
  /** Wait before every piece of a streamed answer, in milliseconds. Default 0. */
  readonly pieceLatencyMs?: number;
  /** Answers a path itself, before the double does. */
  readonly override?: (path: string) => { status: number; body: string } | undefined;
  /** Default 0: any free port. */
  readonly port?: number;
}

/** One request that the double got. */
export interface DoubleRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed body; undefined for GET. */
  readonly body: unknown;
}

/** A running double. */
export interface OllamaDouble extends AsyncDisposable {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Every request, in the order in which they came. */
  readonly requests: readonly DoubleRequest[];
  /** Bodies of the chat calls. */
  readonly chats: readonly DoubleChatRequest[];
  /** Faults still to come; push to add. */
  readonly faults: (DoubleFault | undefined)[];
  /** Waits until that many chat calls have come in. */
  chatsReached(count: number): Promise<void>;
  /** Stops, and drops connections that are open. */
  close(): Promise<void>;
}

/**
 * Starts a server on 127.0.0.1 that speaks the part of Ollama's protocol which houqa uses, the way
 * Ollama 0.17.4 was seen to, without a model and with faults on demand. Built on `node:http`, because
 * `Deno.serve` cannot close a connection before the headers.
 */
export async function startOllamaDouble(options: DoubleOptions = {}): Promise<OllamaDouble> {
  const requests: DoubleRequest[] = [];
  const chats: DoubleChatRequest[] = [];
  const faults = [...options.faults ?? []];
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const waiting: { count: number; resolve: () => void }[] = [];
  const answering = new OllamaDoubleAnswers(options);

  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return; // The client went away.
    }
    const path = new URL(request.url ?? "/", "http://double").pathname;
    const text = new TextDecoder().decode(await new Blob(chunks as BlobPart[]).arrayBuffer());
    const body = parsed(text);
    requests.push({
      method: request.method ?? "",
      path,
      headers: headersOf(request),
      body,
    });
    const forced = options.override?.(path);
    if (forced) return send(response, forced.status, forced.body);
    if (request.method === "POST" && body === undefined) {
      return send(response, 400, JSON.stringify({ error: "unexpected EOF" }));
    }
    if (request.method !== "POST" || path !== "/api/chat") {
      const { status, json } = answering.metadata(request.method ?? "", path, body);
      return send(response, status, typeof json === "string" ? json : JSON.stringify(json));
    }

    chats.push(body as DoubleChatRequest);
    for (const one of waiting) if (chats.length >= one.count) one.resolve();
    const fault = faults.shift();
    const latencyMs = (options.latencyMs ?? 0) + (fault?.kind === "delay" ? fault.latencyMs : 0);
    if (latencyMs > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          timers.delete(timer);
          resolve();
        }, latencyMs);
        timers.add(timer);
      });
    }
    if (fault?.kind === "hang") return;
    if (fault?.kind === "drop") return void request.socket.destroy();
    if (fault?.kind === "status") {
      return send(response, fault.status, JSON.stringify({ error: fault.error }));
    }
    if (fault?.kind === "invalid_json") return send(response, 200, "<html>proxy</html>");
    const { status, json } = answering.chat(body as DoubleChatRequest, fault?.kind);
    if ((body as DoubleChatRequest).stream && status === 200) {
      return await streamAnswer(response, json as DoubleChatAnswer, {
        cut: fault?.kind === "cut_body",
        pieceLatencyMs: options.pieceLatencyMs ?? 0,
      });
    }
    const answer = JSON.stringify(json);
    if (fault?.kind !== "cut_body") return send(response, status, answer);
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": answer.length,
    });
    response.write(answer.slice(0, 20), () => request.socket.destroy());
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", () => resolve());
  });
  const { port } = server.address() as { port: number };
  const close = () => {
    for (const timer of timers) clearTimeout(timer);
    return new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  };
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    chats,
    faults,
    chatsReached: (count) =>
      chats.length >= count
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push({ count, resolve })),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function send(response: ServerResponse, status: number, body: string): void {
  const type = /^[{[]/.test(body) ? "application/json; charset=utf-8" : "text/plain";
  response.writeHead(status, { "content-type": type });
  response.end(body);
}

function parsed(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function headersOf(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
}

/**
 * Reads `--port`, `--latency-ms` and `--model` for the double as a program of its own.
 * @throws {Error} for a number that is none.
 */
export function doubleOptionsOf(args: readonly string[]): DoubleOptions {
  const textOf = (name: string) => {
    const at = args.indexOf(name);
    return at < 0 ? undefined : args[at + 1] ?? "";
  };
  const numberOf = (name: string) => {
    const text = textOf(name) ?? "0";
    if (!/^\d+$/.test(text)) throw new Error(`${name} "${text}" is no number.`);
    return Number(text);
  };
  const model = textOf("--model");
  return {
    port: numberOf("--port"),
    latencyMs: numberOf("--latency-ms"),
    ...(model === undefined ? {} : { models: [{ name: model, contextLength: 8192 }] }),
  };
}

if (import.meta.main) {
  const double = await startOllamaDouble(doubleOptionsOf(Deno.args));
  console.log(double.url);
}
