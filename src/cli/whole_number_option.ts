import { InvalidArgumentError } from "commander";
import { wholeNumber } from "../settings/setting_schemas.ts";

/** Reads an option's whole number within bounds, which are inclusive. */
export function wholeNumberOption(min: number, max: number): (text: string) => number {
  const schema = wholeNumber(min, max);
  return (text) => {
    const parsed = schema.safeParse(text);
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(`Use ${parsed.error.issues[0]!.message}.`);
  };
}
