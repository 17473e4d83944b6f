/**
 * Stands in for `@huggingface/transformers`: its build for browsers, since the one for Node.js loads
 * native modules as soon as it is loaded itself. houqa takes only these from it.
 */
export { env, PreTrainedTokenizer, random } from "@huggingface/transformers";
