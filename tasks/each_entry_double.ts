/** For tests: a task's lists of permissions, and the task without one entry of them. */
import { taskWords } from "../src/cli/spawn_task.ts";

/** One entry of one list, e.g. `results` of `--allow-write`; undefined: the flag has no list. */
export interface Entry {
  readonly flag: string;
  readonly value?: string;
}

/** Every entry of a task's lists. */
export function entriesOf(task: Parameters<typeof taskWords>[0]): Entry[] {
  return taskWords(task).filter((word) => word.startsWith("--allow-")).flatMap((word) => {
    const [flag = "", list] = word.split("=");
    return list === undefined ? [{ flag }] : list.split(",").map((value) => ({ flag, value }));
  });
}

/** Edits a command so that it lacks that entry; a list that is empty then goes with its flag. */
export function withoutEntry({ flag, value }: Entry): (words: string[]) => string[] {
  return (words) =>
    words.flatMap((word) => {
      if (word.split("=")[0] !== flag) return [word];
      if (value === undefined) return [];
      const rest = word.slice(flag.length + 1).split(",").filter((one) => one !== value);
      return rest.length === 0 ? [] : [`${flag}=${rest.join(",")}`];
    });
}
