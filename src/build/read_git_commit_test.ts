import assert from "node:assert/strict";
import { join } from "node:path";
import { readGitCommit } from "./read_git_commit.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

/** Writes files of a repository by their paths, and reads the commit of the folder `tree`. */
async function commitOf(files: Readonly<Record<string, string>>): Promise<string | undefined> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(join(folder, path, ".."), { recursive: true });
      await Deno.writeTextFile(join(folder, path), text.replaceAll("FOLDER", folder));
    }
    return readGitCommit(join(folder, "tree"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the commit of a branch, packed or not, and of no branch", async () => {
  const head = { "tree/.git/HEAD": "ref: refs/heads/main\n" };
  assert.equal(await commitOf({ ...head, "tree/.git/refs/heads/main": `${COMMIT}\n` }), COMMIT);
  const packed = `# pack-refs\n${
    COMMIT.replaceAll("0", "f")
  } refs/tags/v1\n${COMMIT} refs/heads/main\n`;
  assert.equal(await commitOf({ ...head, "tree/.git/packed-refs": packed }), COMMIT);
  assert.equal(await commitOf({ "tree/.git/HEAD": `${COMMIT}\n` }), COMMIT);
});

Deno.test("the commit of a further working tree", async () => {
  const commit = await commitOf({
    "tree/.git": "gitdir: FOLDER/main/.git/worktrees/tree\n",
    "main/.git/worktrees/tree/HEAD": "ref: refs/heads/x\n",
    "main/.git/worktrees/tree/commondir": "../..\n",
    "main/.git/refs/heads/x": `${COMMIT}\n`,
  });
  assert.equal(commit, COMMIT);
});

Deno.test("no repository, or one that is not understood, has no commit", async () => {
  assert.equal(await commitOf({ "tree/main.ts": "" }), undefined);
  assert.equal(await commitOf({ "tree/.git/HEAD": "ref: refs/heads/new\n" }), undefined);
  assert.equal(await commitOf({ "tree/.git/HEAD": "nonsense\n" }), undefined);
});
