/** Before an embedding model's name: it is an Ollama server's. */
export const OLLAMA_PREFIX = "ollama:";
