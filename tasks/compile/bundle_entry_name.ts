/** Name of the file that a bundle begins with; its other files lie beside it. */
export const BUNDLE_ENTRY = "houqa.js";
