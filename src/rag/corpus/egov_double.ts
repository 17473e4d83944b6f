/** For tests: a law service as e-Gov's, with an archive of all laws. */

/** One request as the server saw it. */
export interface SeenEgovRequest {
  readonly path: string;
  readonly headers: Headers;
  readonly atMs: number;
}

/** A law that the service has. */
export interface EgovDoubleLaw {
  readonly id: string;
  readonly num: string;
  readonly title: string;
  readonly abbrev?: string;
  readonly repealStatus?: string;
  /** The Law element. */
  readonly xml: string;
}

/** A service of one test; `close` ends it. */
export interface EgovDouble {
  /** As in `HOUQA_EGOV_API_URL` and `HOUQA_EGOV_BULK_URL`. */
  readonly environment: { readonly apiUrl: string; readonly bulkUrl: string };
  readonly requests: SeenEgovRequest[];
  /** Answers the next requests in another way; undefined: as always. */
  readonly faults: ((
    request: Request,
    answer: Response,
  ) => Response | Promise<Response> | undefined)[];
  /** What the archive's address gives; may be changed between requests. */
  bulk: { bytes: Uint8Array<ArrayBuffer>; etag?: string; knowsRanges?: boolean };
  close(): Promise<void>;
}

/** Starts the service on a free port of this machine. */
export function startEgovDouble(laws: readonly EgovDoubleLaw[] = []): EgovDouble {
  const requests: SeenEgovRequest[] = [];
  const faults: EgovDouble["faults"] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const url = new URL(request.url);
    const path = decodeURIComponent(url.pathname);
    requests.push({ path, headers: request.headers, atMs: performance.now() });
    const answer = path.startsWith("/api/2/law_data/")
      ? lawData(laws, path.slice("/api/2/law_data/".length))
      : path === "/api/2/laws"
      ? lawList(laws, url.searchParams.get("law_title") ?? "")
      : path === "/bulkdownload"
      ? archive(double.bulk, request.headers)
      : refused(404);
    return faults.shift()?.(request, answer) ?? answer;
  });
  const address = `http://127.0.0.1:${server.addr.port}`;
  const double: EgovDouble = {
    environment: { apiUrl: `${address}/api/2`, bulkUrl: `${address}/bulkdownload?file_section=1` },
    requests,
    faults,
    bulk: { bytes: new Uint8Array(0) },
    close: () => server.shutdown(),
  };
  return double;
}

/** An answer that breaks off after so many bytes of its body. */
export async function cutShort(answer: Response, bytes: number): Promise<Response> {
  const whole = await answer.bytes();
  const headers = new Headers(answer.headers);
  headers.set("content-length", String(whole.length));
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(whole.slice(0, bytes));
      setTimeout(() => controller.close(), 20);
    },
  });
  return new Response(body, { status: answer.status, headers });
}

function lawData(laws: readonly EgovDoubleLaw[], idOrNum: string): Response {
  const law = laws.find(({ id, num }) => id === idOrNum || num === idOrNum);
  if (law === undefined) return refused(404);
  return new Response(
    `<?xml version="1.0" encoding="UTF-8"?><law_data_response><attached_files_info/>
<law_info><law_id>${law.id}</law_id><law_num>${law.num}</law_num></law_info>
<revision_info><law_revision_id>${law.id}_20240401_504AC0000000068</law_revision_id>
<law_title>${law.title}</law_title></revision_info>
<law_full_text>${law.xml.replace(/^<\?xml.*\?>/, "")}</law_full_text></law_data_response>`,
    { headers: { "content-type": "application/xml" } },
  );
}

function lawList(laws: readonly EgovDoubleLaw[], part: string): Response {
  const found = laws.filter(({ title, abbrev = "" }) =>
    title.includes(part) || abbrev.includes(part)
  );
  return Response.json({
    total_count: found.length,
    count: found.length,
    next_offset: null,
    laws: found.map(({ id, num, title, abbrev = null, repealStatus = "None" }) => ({
      law_info: { law_id: id, law_num: num },
      revision_info: { law_title: title, abbrev, repeal_status: repealStatus },
    })),
  });
}

function archive(
  { bytes, etag, knowsRanges = true }: EgovDouble["bulk"],
  asked: Headers,
): Response {
  const headers = new Headers(etag === undefined ? {} : { etag });
  const from = Number(/^bytes=(\d+)-$/.exec(asked.get("range") ?? "")?.[1] ?? 0);
  const isSame = etag !== undefined && asked.get("if-range") === etag;
  if (from === 0 || !knowsRanges || !isSame) return new Response(bytes, { headers });
  if (from >= bytes.length) return refused(416);
  headers.set("content-range", `bytes ${from}-${bytes.length - 1}/${bytes.length}`);
  return new Response(bytes.slice(from), { status: 206, headers });
}

function refused(status: number): Response {
  return Response.json({ code: `${status}001`, message: "なし" }, { status });
}
