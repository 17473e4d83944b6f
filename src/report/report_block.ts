/** A cell: text to the left, figures to the right. */
export interface Column {
  readonly title: string;
  readonly align?: "right";
}

/** A piece of a report, before it is known whether a terminal or Markdown shows it. */
export type ReportBlock =
  | { readonly kind: "heading"; readonly text: string; readonly level: 1 | 2 }
  | { readonly kind: "text"; readonly text: string; readonly tone?: "strong" | "warning" }
  | { readonly kind: "list"; readonly items: readonly string[]; readonly tone?: "warning" }
  | {
    readonly kind: "table";
    readonly columns: readonly Column[];
    readonly rows: readonly (readonly string[])[];
    /**
     * Where a terminal is too narrow: cut the last column, wrap it, or put the cells of a row below
     * each other. Default: cut.
     */
    readonly narrow?: "cut" | "wrap" | "stack";
    /** Shorter forms, the longest first: the first that a terminal has room for, before `narrow`. */
    readonly shorter?: readonly {
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly string[])[];
    }[];
  };

/** A column of text, from the left. */
export function left(title: string): Column {
  return { title };
}

/** A column of figures, from the right. */
export function right(title: string): Column {
  return { title, align: "right" };
}
