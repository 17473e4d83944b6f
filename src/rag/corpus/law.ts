/** Which part of a law a unit stands in. */
export type Provision = "main" | "supplementary" | "appendix";

/** A law or ordinance with everything that can be searched in it. */
export interface Law {
  /** e-Gov's law id, e.g. `323AC0000000025`. */
  readonly lawId: string;
  /** 法令番号, e.g. `昭和二十三年法律第二十五号`. */
  readonly lawNum: string;
  /** 題名, e.g. `金融商品取引法`. */
  readonly title: string;
  /** 略称 that the corpus itself gives, e.g. `金商法`. */
  readonly abbreviations: readonly string[];
  readonly units: readonly LawUnit[];
}

/** An article, or what takes its place: a 別表, or a 附則 without articles. */
export interface LawUnit {
  readonly provision: Provision;
  /** 附則 only: the 法令番号 of the amending law; absent for the law's first 附則. */
  readonly amendingLawNum?: string;
  /** Number in e-Gov's form: `21_2` is 第二十一条の二; absent where the unit has none. */
  readonly num?: string;
  /** As printed: `第二十一条の二`, `別表第一`, `附則`. */
  readonly title: string;
  /** 見出し without its brackets, e.g. `目的`; empty where there is none. */
  readonly caption: string;
  /** 編・章・節・款・目 above it, outermost first, as printed. */
  readonly headings: readonly string[];
  /** True for an article of which only 削除 is left. */
  readonly isDeleted: boolean;
  /** In the law's order; at least one. */
  readonly rows: readonly LawRow[];
}

/** The smallest text that is found by itself. */
export interface LawRow {
  readonly kind: "paragraph" | "item" | "table";
  /** 項 number as digits: `1`; absent in a 別表. */
  readonly paragraph?: string;
  /** 号 number in e-Gov's form, e.g. `3_2`. */
  readonly item?: string;
  /** イ, ロ, … (1), … below the item, outermost first, as printed. */
  readonly subitems?: readonly string[];
  /** Text without ruby, one line for each sentence group; never empty. */
  readonly text: string;
}
