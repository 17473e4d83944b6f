import { createHash } from "node:crypto";

/** What one request is answered instead of the right thing; undefined: the right thing. */
export type HubFault = (request: Request) => Response | undefined | Promise<Response | undefined>;

/** One request that the double got. */
export interface HubDoubleRequest {
  readonly host: "hub" | "cdn";
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly range: string | null;
  readonly authorization: string | null;
}

/** A repository of the double. */
export interface HubDoubleRepo {
  /** Contents by path; files that end in .safetensors, .onnx or …_data are large ones (LFS). */
  readonly files: Readonly<Record<string, string>>;
  readonly commit?: string;
  /** Commits of branches and tags beside main. */
  readonly refs?: Readonly<Record<string, string>>;
  /** A gated model wants this token. */
  readonly token?: string;
}

/** The commit of a repository that names none. */
export const DOUBLE_COMMIT = "a".repeat(40);

const encode = (text: string) => new TextEncoder().encode(text);
const isLarge = (path: string) => /\.safetensors$|\.onnx$|_data(_\d+)?$/.test(path);

/** The name of a file's bytes in the cache: SHA-256 of large files, git's SHA-1 of small ones. */
export function etagOf(path: string, content: string): string {
  const bytes = encode(content);
  return isLarge(path)
    ? createHash("sha256").update(bytes).digest("hex")
    : createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/** A hub on this machine, and the download server that it redirects to; both die with `close`. */
export class HubDouble {
  readonly requests: HubDoubleRequest[] = [];
  /** Faults of the next requests by what the path ends in; each serves once. */
  readonly faults: { readonly ending: string; readonly fault: HubFault }[] = [];
  readonly #repos: Readonly<Record<string, HubDoubleRepo>>;
  readonly #hub: Deno.HttpServer<Deno.NetAddr>;
  readonly #cdn: Deno.HttpServer<Deno.NetAddr>;

  constructor(repos: Readonly<Record<string, HubDoubleRepo>>, port = 0) {
    this.#repos = repos;
    const serve = (port: number, host: "hub" | "cdn", answer: (request: Request) => Response) =>
      Deno.serve({ port, hostname: "127.0.0.1", onListen() {} }, async (request) => {
        const { pathname } = new URL(request.url);
        const path = decodeURIComponent(pathname);
        const { method, headers } = request;
        const [range, authorization] = [headers.get("range"), headers.get("authorization")];
        this.requests.push({ host, method, path, range, authorization });
        const at = this.faults.findIndex(({ ending }) => path.endsWith(ending));
        const fault = at < 0 ? undefined : this.faults.splice(at, 1)[0]!.fault;
        return await fault?.(request) ?? answer(request);
      });
    this.#cdn = serve(0, "cdn", (request) => this.#sendLarge(request));
    this.#hub = serve(port, "hub", (request) => this.#answer(request));
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#hub.addr.port}`;
  }

  get cdnHost(): string {
    return `127.0.0.1:${this.#cdn.addr.port}`;
  }

  async close(): Promise<void> {
    await Promise.all([this.#hub.shutdown(), this.#cdn.shutdown()]);
  }

  #answer(request: Request): Response {
    const path = decodeURIComponent(new URL(request.url).pathname);
    const api = /^\/api\/models\/([^/]+\/[^/]+)\/(revision|tree)\/(.+)$/.exec(path);
    const file = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(path);
    const [, name = "", kind = "", rest = ""] = api ?? file ?? [];
    const repo = this.#repos[name];
    const token = request.headers.get("authorization");
    if (repo === undefined) return refuse(token === null ? 401 : 404, "RepoNotFound");
    if (repo.token !== undefined && token !== `Bearer ${repo.token}`) {
      return refuse(token === null ? 401 : 403, "GatedRepo");
    }
    const revision = api === null ? kind : rest;
    const commit = this.#commitOf(repo, revision);
    if (commit === undefined) return refuse(404, "RevisionNotFound");
    if (api === null) return this.#resolve(request, repo, commit, rest);
    if (kind === "tree") return Response.json(treeOf(repo));
    const siblings = Object.keys(repo.files).map((rfilename) => ({ rfilename }));
    return Response.json({ _id: "1", id: name, sha: commit, siblings, lastModified: 0 });
  }

  #commitOf(repo: HubDoubleRepo, revision: string): string | undefined {
    const commit = repo.commit ?? DOUBLE_COMMIT;
    if (revision === "main" || revision === "HEAD" || revision === commit) return commit;
    return repo.refs?.[revision];
  }

  #resolve(request: Request, repo: HubDoubleRepo, commit: string, path: string): Response {
    const content = repo.files[path];
    if (content === undefined) return refuse(404, "EntryNotFound", commit);
    const etag = `"${etagOf(path, content)}"`;
    const headers = new Headers({ "x-repo-commit": commit, etag });
    if (!isLarge(path)) return sendBytes(request, encode(content), headers);
    headers.set("x-linked-etag", etag);
    headers.set("x-linked-size", String(encode(content).length));
    const name = new URL(request.url).pathname;
    headers.set("location", `http://${this.cdnHost}${name}?signature=secret`);
    return new Response(null, { status: 302, headers });
  }

  #sendLarge(request: Request): Response {
    const path = decodeURIComponent(new URL(request.url).pathname);
    const [, name = "", file = ""] = /^\/([^/]+\/[^/]+)\/resolve\/[^/]+\/(.+)$/.exec(path) ?? [];
    return sendBytes(request, encode(this.#repos[name]!.files[file]!), new Headers());
  }
}

function treeOf({ files }: HubDoubleRepo): unknown[] {
  const folders = new Set(
    Object.keys(files).filter((path) => path.includes("/")).map((path) => path.split("/")[0]),
  );
  return [
    ...[...folders].map((path) => ({ type: "directory", oid: "b".repeat(40), size: 0, path })),
    ...Object.entries(files).map(([path, content]) => {
      const size = encode(content).length;
      const etag = etagOf(path, content);
      if (!isLarge(path)) return { type: "file", oid: etag, size, path };
      const lfs = { oid: etag, size, pointerSize: 130 };
      return { type: "file", oid: "c".repeat(40), size, lfs, xetHash: "d".repeat(64), path };
    }),
  ];
}

function refuse(status: number, code: string, commit?: string): Response {
  const headers = new Headers({ "x-error-code": code, "x-error-message": code });
  if (commit !== undefined) headers.set("x-repo-commit", commit);
  return Response.json({ error: code }, { status, headers });
}

/** A whole file or its rest, as `Range` asks. */
function sendBytes(request: Request, bytes: Uint8Array<ArrayBuffer>, headers: Headers): Response {
  headers.set("accept-ranges", "bytes");
  const from = /^bytes=(\d+)-/.exec(request.headers.get("range") ?? "")?.[1];
  if (from !== undefined && Number(from) >= bytes.length) {
    return new Response(null, { status: 416, headers });
  }
  const rest = bytes.slice(Number(from ?? 0));
  if (from !== undefined) {
    headers.set("content-range", `bytes ${from}-${bytes.length - 1}/${bytes.length}`);
  }
  headers.set("content-length", String(rest.length));
  const body = request.method === "HEAD" ? null : rest;
  return new Response(body, { status: from === undefined ? 200 : 206, headers });
}

/** Sends part of what was asked for, and breaks the connection so many milliseconds later. */
export function cutAfter(content: string, count: number, afterMs = 10): HubFault {
  return (request) => {
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.get("range") ?? "")?.[1] ?? 0);
    const rest = encode(content).slice(from);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(rest.slice(0, count));
        timer = setTimeout(() => controller.close(), afterMs);
      },
      cancel: () => clearTimeout(timer),
    });
    const headers = new Headers({ "content-length": String(rest.length) });
    const total = from + rest.length;
    if (from > 0) headers.set("content-range", `bytes ${from}-${total - 1}/${total}`);
    return new Response(body, { status: from > 0 ? 206 : 200, headers });
  };
}
