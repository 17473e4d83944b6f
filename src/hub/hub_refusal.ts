import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { UsageError } from "../settings/usage_error.ts";

/** What a request was about. */
export interface HubRequestSubject {
  /** "Org/Name". */
  readonly repo: string;
  readonly revision?: string;
  /** Path in the repository. */
  readonly path?: string;
}

/** A refusal of the hub as a sentence: what, from where, what to do. */
export function explainRefusal(
  status: number,
  headers: Headers,
  { repo, revision, path }: HubRequestSubject,
  hub: { readonly host: string; readonly endpoint: string; readonly hasToken: boolean },
): Error {
  const code = headers.get("x-error-code") ?? "";
  const page = `${hub.endpoint}/${repo}`;
  const said = `${hub.host} answered ${status} for ${repo}`;
  const readToken = "Set HF_TOKEN (environment or .env) to a token that may read it";
  if (code === "GatedRepo") {
    return new UsageError(
      `${said}: the model is gated. Accept its licence on ${page}` +
        (hub.hasToken
          ? " with the account that HF_TOKEN belongs to."
          : `, then set HF_TOKEN (environment or .env) to a token of that account.`),
    );
  }
  if (status === 404 && code === "RevisionNotFound") {
    return new UsageError(`${said}: it has no revision "${revision}". See ${page}/commits.`);
  }
  if (status === 404 && (code === "EntryNotFound" || path !== undefined)) {
    return new UsageError(`${said}: it has no file ${path ?? "of that name"}.`);
  }
  if (status === 401 && hub.hasToken && code !== "RepoNotFound") {
    return new UsageError(
      `${said}: the token in HF_TOKEN (or $HF_HOME/token) is not accepted. Make a new one on ` +
        `${hub.endpoint}/settings/tokens, or remove it for a public model.`,
    );
  }
  if (status === 401 || status === 404) {
    return new UsageError(
      `${said}: no such model, or a private one. Check the name on ${page}. ` +
        (hub.hasToken ? "The token in HF_TOKEN may not read it." : `${readToken}.`),
    );
  }
  if (status === 403) {
    return new UsageError(`${said}: access is not allowed. ${readToken}; see ${page}.`);
  }
  return new CannotContinueError(`${said}, which is not expected of a hub (HF_ENDPOINT).`);
}
