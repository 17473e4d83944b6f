import { SETTING_TABLE, type SettingDefinition } from "./setting_table.ts";

/** An environment variable that people set. */
export interface VariableDefinition {
  readonly name: string;
  readonly help: string;
}

/** Variables that belong to no setting. All but HOUQA_DEBUG may also stand in `.env`. */
const OTHER_VARIABLES: Readonly<Record<string, string>> = {
  HF_HOME: "Hugging Face's folder (default: ~/.cache/huggingface)",
  HF_HUB_CACHE: "models from Hugging Face (default: $HF_HOME/hub)",
  HF_HUB_OFFLINE: "true: take models from the cache only",
  HF_ENDPOINT: "the hub's address (default: https://huggingface.co)",
  HF_TOKEN: "access token for gated models (default: what is in $HF_HOME/token)",
  HOUQA_CACHE: "exported models and the CUDA runtime (default: ~/.cache/houqa)",
  HOUQA_LAWQA_URL: "where dataset fetch takes lawqa_jp from",
  HOUQA_EGOV_API_URL: "where laws fetch takes single laws from",
  HOUQA_EGOV_BULK_URL: "where laws fetch takes the archive of all laws from",
  HOUQA_OPENSEARCH_USER: "user of OpenSearch, with HOUQA_OPENSEARCH_PASSWORD",
  HOUQA_OPENSEARCH_PASSWORD: "password of OpenSearch",
  HOUQA_OPENSEARCH_TOKEN: "bearer token of OpenSearch, instead of user and password",
  HOUQA_QDRANT_API_KEY: "key of Qdrant",
  PIP_INDEX_URL: "where setup cuda takes wheels from, as pip does",
  PIP_EXTRA_INDEX_URL: "further indexes of wheels, as for pip",
  PIP_CONFIG_FILE: "pip's settings, which setup cuda reads for the two above",
  NPM_CONFIG_REGISTRY: "where setup cuda takes npm's package from",
  HOUQA_DEBUG: "1: add a stack trace to errors (from the environment only)",
};

/** All variables that people set, those of settings first. */
export const VARIABLES: readonly VariableDefinition[] = [
  ...Object.values<SettingDefinition>(SETTING_TABLE).flatMap(({ env = [], help }) =>
    env.map((name, at) => ({ name, help: at === 0 ? help : `older name of ${env[0]}` }))
  ),
  ...Object.entries(OTHER_VARIABLES).map(([name, help]) => ({ name, help })),
];
