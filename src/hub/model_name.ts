import { UsageError } from "../settings/usage_error.ts";

/** A repository on the Hugging Face hub. */
export interface RepoName {
  /** "Org/Name". */
  readonly repo: string;
  /** Branch, tag or commit; undefined: the main branch. */
  readonly revision?: string;
}

/** One half of a repository's name, as the hub allows it. */
const PART = /^(?!.*(?:--|\.\.))[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?$/;

/**
 * Reads `Org/Name[@revision]`.
 * @param what the thing named, for the message: "model" or "adapter".
 * @throws {UsageError} for a path to a folder that does not exist, and for anything else.
 */
export function parseRepoName(text: string, what: string): RepoName {
  const at = text.indexOf("@");
  const repo = at < 0 ? text : text.slice(0, at);
  const revision = at < 0 ? undefined : text.slice(at + 1);
  const parts = repo.split("/");
  if (looksLikePath(text)) {
    const tilde = text.startsWith("~") ? " Write the path out: ~ is only known to the shell." : "";
    throw new UsageError(`The ${what} folder ${text} does not exist.${tilde}`);
  }
  if (parts.length !== 2 || !parts.every((part) => PART.test(part))) {
    const ollama = /^[^/]*:[^/]*$/.test(text)
      ? " Names like this belong to Ollama (--llm-model with --llm-backend ollama)."
      : "";
    throw new UsageError(
      `The ${what} "${text}" is neither a folder that exists nor a name on the Hugging Face hub ` +
        `(Org/Name or Org/Name@revision).${ollama}`,
    );
  }
  if (revision !== undefined && !isRevision(revision)) {
    throw new UsageError(
      `The ${what} "${text}" asks for the revision "${revision}"; ` +
        "after @ a branch, tag or commit of the hub is wanted.",
    );
  }
  return { repo, revision };
}

/** True for what can only be meant as a path: it begins like one, or has more than one slash. */
export function looksLikePath(text: string): boolean {
  return /^[./~]|^[A-Za-z]:|\\/.test(text) || text.split("@")[0]!.split("/").length > 2;
}

/** A name of a branch, tag or commit that is also safe as a path below `refs/`. */
function isRevision(revision: string): boolean {
  return revision.split("/").every((part) => /^[A-Za-z0-9_][A-Za-z0-9._+-]*$/.test(part)) &&
    !revision.includes("..") && revision.length <= 200;
}
