/** Elements around `Law` whose text is used, by the names of both versions of the API. */
const FIELDS: Readonly<Record<string, keyof Envelope>> = {
  law_id: "lawId",
  LawId: "lawId",
  law_num: "lawNum",
  law_revision_id: "revisionId",
  law_title: "title",
  abbrev: "abbreviations",
  law_full_text: "fullText",
};

/** What an answer of the API says about the law in it. */
export interface Envelope {
  lawId?: string;
  lawNum?: string;
  revisionId?: string;
  title?: string;
  abbreviations?: string;
  /** The law itself where it stands there in base64. */
  fullText?: string;
}

/** The field that an element around `Law` fills. */
export function envelopeField(name: string): keyof Envelope | undefined {
  return Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
}
