import { z } from "zod";
import { PassingError } from "../../hub/passing_error.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { foldWidth } from "../cite/fold_width.ts";
import { LAW_ABBREVIATIONS } from "../cite/law_abbreviations.ts";
import { CORPUS_LIMITS } from "./corpus_limits.ts";
import { type EgovConnection, RefusedError } from "./egov_connection.ts";
import { LawFileError } from "./law_file_error.ts";
import { LawReader, type ReadLaw } from "./law_reader.ts";

/** A law as the API sent it. */
export interface FetchedLaw extends ReadLaw {
  readonly url: string;
  /** The answer, as it came. */
  readonly bytes: Uint8Array;
}

/** What of `GET /laws` is used. */
const lawListSchema = z.object({
  total_count: z.int().nullish(),
  laws: z.array(z.object({
    law_info: z.object({ law_id: z.string() }),
    revision_info: z.object({
      law_title: z.string().nullish(),
      abbrev: z.string().nullish(),
      repeal_status: z.string().nullish(),
    }).nullish(),
  })),
});

/** Titles that one question for a part of a title can give; more is no name of a law. */
const MOST_TITLES = 100;

/**
 * One law in the revision in force (`GET /law_data/{law_id_or_num}`, as XML).
 * @param idOrNum e-Gov's law id or a 法令番号.
 * @returns undefined where there is no such law.
 * @throws {CannotContinueError} when the server does not answer.
 * @throws {LawFileError} when the answer is no law, or another one.
 */
export async function fetchLaw(
  connection: EgovConnection,
  idOrNum: string,
): Promise<FetchedLaw | undefined> {
  const url = `${connection.environment.apiUrl}/law_data/${encodeURIComponent(idOrNum)}` +
    "?response_format=xml&law_full_text_format=xml";
  const bytes = await get(connection, url, "application/xml");
  if (bytes === undefined) return undefined;
  const reader = new LawReader();
  reader.push(bytes);
  const result = reader.finish();
  const { lawId, lawNum } = result.law;
  if (isLawId(idOrNum) ? lawId !== idOrNum : foldWidth(lawNum) !== foldWidth(idOrNum)) {
    throw new LawFileError("another law", `the server sent ${lawId} (${lawNum}) for ${idOrNum}`);
  }
  return { ...result, url, bytes };
}

/**
 * The id of the law with that name: its title, or an abbreviation that e-Gov or houqa knows
 * (`GET /laws?law_title=`).
 * @returns undefined where no law in force has that name.
 * @throws {UsageError} when several have it.
 * @throws {CannotContinueError} when the server does not answer.
 */
export async function findLawId(
  connection: EgovConnection,
  name: string,
): Promise<string | undefined> {
  const known = Object.hasOwn(LAW_ABBREVIATIONS, name) ? LAW_ABBREVIATIONS[name]! : [];
  for (const title of [name, ...known]) {
    const found = await lawsNamed(connection, title);
    if (found.length === 1) return found[0]!;
    if (found.length > 1) {
      throw new UsageError(
        `${found.length} laws are named ${title}: ${found.slice(0, 10).join(", ")}. Give the id ` +
          "with --law.",
      );
    }
  }
  return undefined;
}

/** True for the 15 digits and letters of a law id. */
export function isLawId(text: string): boolean {
  return /^\d{3}[0-9A-Z]{12}$/.test(text);
}

/** True for a 法令番号 such as 昭和二十三年法律第二十五号. */
export function isLawNum(text: string): boolean {
  return /^(?:明治|大正|昭和|平成|令和).{1,40}号$/.test(text);
}

async function lawsNamed(connection: EgovConnection, name: string): Promise<string[]> {
  const query = new URLSearchParams({
    law_title: name,
    limit: String(MOST_TITLES),
    response_format: "json",
  });
  const url = `${connection.environment.apiUrl}/laws?${query}`;
  const bytes = await get(connection, url, "application/json");
  if (bytes === undefined) return [];
  let laws;
  try {
    ({ laws } = lawListSchema.parse(JSON.parse(new TextDecoder().decode(bytes))));
  } catch {
    throw new LawFileError("no list", `${new URL(url).host} sent no list of laws for ${name}`);
  }
  const wanted = foldWidth(name);
  const inForce = laws.filter(({ revision_info }) =>
    (revision_info?.repeal_status ?? "None") === "None"
  );
  const byTitle = inForce.filter(({ revision_info }) =>
    foldWidth(revision_info?.law_title ?? "") === wanted
  );
  const byAbbreviation = inForce.filter(({ revision_info }) =>
    (revision_info?.abbrev ?? "").split(/[,，、]/).some((one) => foldWidth(one.trim()) === wanted)
  );
  const found = byTitle.length > 0 ? byTitle : byAbbreviation;
  return [...new Set(found.map(({ law_info }) => law_info.law_id))];
}

/** The body of an answer; undefined for 404. */
async function get(
  connection: EgovConnection,
  url: string,
  accept: string,
): Promise<Uint8Array | undefined> {
  try {
    return await connection.persistently(() =>
      connection.request(url, { accept }, async (response, listen) => {
        const length = Number(response.headers.get("content-length") ?? NaN);
        const isPlain = response.headers.get("content-encoding") === null;
        const parts: Uint8Array[] = [];
        let sizeBytes = 0;
        for await (const chunk of response.body ?? []) {
          listen();
          sizeBytes += chunk.length;
          if (sizeBytes > CORPUS_LIMITS.fileBytes) {
            throw new LawFileError("too large", `${url} has more bytes than any law`);
          }
          parts.push(chunk);
        }
        if (isPlain && Number.isFinite(length) && length !== sizeBytes) {
          throw new PassingError(`the connection ended at byte ${sizeBytes} of ${length}`);
        }
        return await new Blob(parts as Uint8Array<ArrayBuffer>[]).bytes();
      })
    );
  } catch (error) {
    if (error instanceof RefusedError && error.status === 404) return undefined;
    throw error;
  }
}
