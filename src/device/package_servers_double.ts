/** For tests: a small CUDA build, and servers that hold its wheels and its npm package. */
import { createTarPacker } from "modern-tar";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { sha256Hex } from "../dataset/sha256.ts";
import { COMMON_CORE_NAME } from "./own_core_name.ts";
import type { CudaBuild, PinnedWheel } from "./cuda_builds.ts";

/** One request as the server saw it. */
export interface SeenRequest {
  readonly path: string;
  readonly range: string | null;
  readonly authorization: string | null;
}

/** Servers of one test; `close` ends them. */
export interface PackageServers {
  readonly build: CudaBuild;
  /** Address of the package index. */
  readonly index: string;
  /** Address of the npm registry. */
  readonly registry: string;
  readonly requests: SeenRequest[];
  /** Answers the next requests for files (not pages) in another way. */
  readonly faults: ((request: Request, content: Bytes) => Response | undefined)[];
  close(): Promise<void>;
}

/** How the index answers. */
export interface PackageServerOptions {
  /** `html` for an index that knows no JSON. */
  readonly form?: "json" | "html";
  /** Lists this content's hash instead of the file's. */
  readonly listedSha256?: string;
  /** Wants this `Authorization` for pages and files. */
  readonly authorization?: string;
  /** Changes what is served, after its hash was pinned. */
  readonly tamper?: (file: string, content: Bytes) => Bytes;
}

type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
/** Members are filled with lines, so that archives are made of more than one block. */
const fill = (name: string) =>
  encoder.encode(
    `${name}\n`.repeat(5000) + (namesCore(name) ? `\0${COMMON_CORE_NAME}\0end` : ""),
  );
const namesCore = (path: string) => /libcore|binding/.test(path);

/** The binding as npm has it. */
export const BINDING: Bytes = fill("package/bin/onnxruntime_binding.node");

/** Starts the servers on free ports of this machine. */
export async function startPackageServers(
  options: PackageServerOptions = {},
): Promise<PackageServers> {
  const { form = "json", tamper = (_, content) => content } = options;
  const { build, contents } = await makeBuild();
  const requests: SeenRequest[] = [];
  const faults: PackageServers["faults"] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    const authorization = request.headers.get("authorization");
    const range = request.headers.get("range");
    requests.push({ path: pathname, range, authorization });
    if (options.authorization !== undefined && authorization !== options.authorization) {
      return new Response("who are you?", { status: 401 });
    }
    const wheel = build.wheels.find(({ project }) => pathname === `/simple/${project}/`);
    if (wheel !== undefined) return listFile(wheel, form, options.listedSha256);
    const name = pathname.split("/").at(-1)!;
    const known = contents.get(name);
    if (known === undefined) return new Response("no such file", { status: 404 });
    return faults.shift()?.(request, known) ?? serveBytes(tamper(name, known), range);
  });
  const address = `http://127.0.0.1:${server.addr.port}`;
  return {
    build,
    index: `${address}/simple`,
    registry: `${address}/npm`,
    requests,
    faults,
    close: () => server.shutdown(),
  };
}

/** An answer that breaks off after so many bytes. */
export function cutAfter(content: Bytes, bytes: number): Response {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(content.slice(0, bytes));
      setTimeout(() => controller.close(), 20);
    },
  });
  return new Response(body, { headers: { "content-length": String(content.length) } });
}

function serveBytes(content: Bytes, range: string | null): Response {
  const from = Number(/bytes=(\d+)-/.exec(range ?? "")?.[1] ?? 0);
  if (from >= content.length) return new Response(null, { status: 416 });
  return range === null ? new Response(content) : new Response(content.slice(from), {
    status: 206,
    headers: { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` },
  });
}

function listFile(wheel: PinnedWheel, form: "json" | "html", listedSha256?: string): Response {
  const sha256 = listedSha256 ?? wheel.sha256;
  const other = wheel.file.replace("1.0", "0.9");
  if (form === "json") {
    return Response.json({
      meta: { "api-version": "1.1" },
      name: wheel.project,
      files: [
        { filename: other, url: `../../files/${other}`, hashes: {} },
        { filename: wheel.file, url: `../../files/${wheel.file}`, hashes: { sha256 } },
      ],
    }, { headers: { "content-type": "application/vnd.pypi.simple.v1+json" } });
  }
  const page = `<!DOCTYPE html><html><body><h1>Links for ${wheel.project}</h1>
    <a href="../../files/${other}">${other}</a><br/>
    <a data-requires-python="&gt;=3.11" href="../../files/${wheel.file}?a=1&amp;b=2#sha256=${sha256}"
      >${wheel.file}</a><br/></body></html>`;
  return new Response(page, { headers: { "content-type": "text/html; charset=utf-8" } });
}

async function makeBuild(): Promise<{ build: CudaBuild; contents: Map<string, Bytes> }> {
  const contents = new Map<string, Bytes>();
  const wheel = async (project: string, file: string, paths: Record<string, string>) => {
    const names = [...Object.keys(paths), `${project}/__init__.py`];
    const content = await zip(names);
    contents.set(file, content);
    return {
      project,
      file,
      sizeBytes: content.length,
      sha256: await sha256Hex(content),
      members: Object.entries(paths).map(([path, target]) => ({
        path,
        target,
        sizeBytes: fill(path).length,
        namesCore: namesCore(path),
      })),
    };
  };
  const bindingPath = "package/bin/onnxruntime_binding.node";
  const archive = await tarball(["package/package.json", bindingPath, "package/README.md"]);
  contents.set("small-1.0.tgz", archive);
  const build: CudaBuild = {
    cudaMajor: 12,
    onnxruntimeVersion: "1.0",
    binding: {
      archivePath: "small/-/small-1.0.tgz",
      archiveSizeBytes: archive.length,
      archiveSha256: await sha256Hex(archive),
      member: {
        path: bindingPath,
        target: "onnxruntime_binding.node",
        sizeBytes: fill(bindingPath).length,
        namesCore: true,
      },
      sha256: await sha256Hex(fill(bindingPath)),
    },
    wheels: [
      await wheel("small-runtime", "small_runtime-1.0-py3-none-any.whl", {
        "capi/libcore.so.1.0": "libcore.so.1",
        "capi/libprovider.so": "libprovider.so",
      }),
      await wheel("small-blas", "small_blas-1.0-py3-none-any.whl", {
        "nvidia/lib/libblas.so.12": "nvidia/libblas.so.12",
      }),
    ],
    preload: ["nvidia/libblas.so.12"],
  };
  return { build, contents };
}

async function zip(names: readonly string[]): Promise<Bytes> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const name of names) await writer.add(name, new Uint8ArrayReader(fill(name)));
  return await writer.close() as Bytes;
}

async function tarball(names: readonly string[]): Promise<Bytes> {
  const { readable, controller } = createTarPacker();
  const packed = new Response(readable.pipeThrough(new CompressionStream("gzip"))).bytes();
  for (const name of names) {
    const content = fill(name);
    const stream = controller.add({ name, size: content.length, type: "file" });
    const writer = stream.getWriter();
    await writer.write(content);
    await writer.close();
  }
  controller.finalize();
  return await packed as Bytes;
}
