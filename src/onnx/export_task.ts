/**
 * What an exported model is for: `text-generation` gives logits and keeps a cache,
 * `feature-extraction` gives each text's last token's hidden state after the final norm, and holds no
 * output layer.
 */
export type ExportTask = "text-generation" | "feature-extraction";
