/**
 * The run can't go on (disk, memory, device); what was answered is in the journal: exit code 3.
 */
export class CannotContinueError extends Error {
  override name = "CannotContinueError";
}
