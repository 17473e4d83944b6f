import type { MarkupSink } from "./law_element.ts";
import { LawFileError } from "./law_file_error.ts";

/**
 * Hands on a law that an answer of the API holds as a JSON tree: `{"tag", "attr", "children"}`, where
 * a child is such an object or text. The sink bounds its depth.
 * @throws {LawFileError} for anything else.
 */
export function readJsonTree(node: unknown, sink: MarkupSink): void {
  if (typeof node === "string") return sink.text(node);
  const { tag, attr, children } = asRecord(node);
  if (typeof tag !== "string" || tag === "") {
    throw new LawFileError("broken JSON", 'a node of the law has no "tag"');
  }
  const attributes: Record<string, string> = {};
  if (typeof attr === "object" && attr !== null) {
    for (const [name, value] of Object.entries(attr)) {
      if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
        attributes[name] = String(value);
      }
    }
  }
  sink.open(tag, attributes);
  if (Array.isArray(children)) { for (const child of children) readJsonTree(child, sink); }
  else if (children !== undefined && children !== null && children !== "") {
    readJsonTree(children, sink);
  }
  sink.close();
}

function asRecord(node: unknown): Record<string, unknown> {
  if (typeof node === "object" && node !== null && !Array.isArray(node)) {
    return node as Record<string, unknown>;
  }
  throw new LawFileError("broken JSON", "a node of the law is neither an object nor text");
}
