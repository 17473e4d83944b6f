import { type Command, Option } from "commander";

/**
 * An option that a command can't do without. Commander's own `requiredOption` is looked at before
 * words that are not known, so that a misspelt option would only be called missing.
 */
export function requireOption(command: Command, flags: string, description: string): Command {
  const option = new Option(flags, description);
  return command.addOption(option).hook("preAction", () => {
    if (command.getOptionValue(option.attributeName()) !== undefined) return;
    command.error(`error: required option '${flags}' not specified`, {
      code: "commander.missingMandatoryOptionValue",
    });
  });
}
