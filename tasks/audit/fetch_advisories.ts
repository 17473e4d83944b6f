import semver from "semver";
import { z } from "zod";

const SEVERITIES = ["info", "low", "moderate", "high", "critical"] as const;

/** One published vulnerability of a package in use. */
export interface Advisory {
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly url: string;
  readonly severity: (typeof SEVERITIES)[number];
}

/** What could be learned about vulnerabilities. */
export type AdvisoryAnswer =
  | { readonly advisories: readonly Advisory[] }
  /** Why nothing is known. */
  | { readonly unknown: string };

const answerSchema = z.record(
  z.string(),
  z.array(z.object({
    title: z.string(),
    url: z.string(),
    severity: z.enum(SEVERITIES),
    vulnerable_versions: z.string(),
  })),
);

/**
 * Asks a npm registry for the advisories of packages, as `npm audit` does
 * (`POST /-/npm/v1/security/advisories/bulk`).
 * @param registry its address, without a slash at the end.
 */
export async function fetchAdvisories(
  packages: readonly { readonly name: string; readonly version: string }[],
  registry: string,
  fetchAnswer: typeof fetch = fetch,
): Promise<AdvisoryAnswer> {
  const versions: Record<string, string[]> = {};
  for (const { name, version } of packages) (versions[name] ??= []).push(version);
  let answer: z.infer<typeof answerSchema>;
  try {
    const response = await fetchAnswer(`${registry}/-/npm/v1/security/advisories/bulk`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(versions),
      signal: AbortSignal.timeout(30_000),
    });
    if (!response.ok) {
      await response.body?.cancel();
      return { unknown: `${registry} answered ${response.status}` };
    }
    answer = answerSchema.parse(await response.json());
  } catch (error) {
    const { message } = error as Error;
    return {
      unknown: error instanceof z.ZodError || error instanceof SyntaxError
        ? `${registry} answered something else than advisories`
        : `${registry} could not be reached: ${message}`,
    };
  }
  const advisories = packages.flatMap(({ name, version }) =>
    (answer[name] ?? [])
      .filter((one) =>
        semver.satisfies(version, one.vulnerable_versions, { includePrerelease: true })
      )
      .map(({ title, url, severity }) => ({ name, version, title, url, severity }))
  );
  return { advisories };
}

/** Whether an advisory is reason enough to act. */
export function isSerious({ severity }: Advisory): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf("moderate");
}
