/** Where words stand that may not. */
type Place =
  /** A command, as the shell reads it. */
  | "command"
  /** Inline code, which may name things, but may not tell anyone to run what is not there. */
  | "inline"
  /** What a program printed. It may speak of anything, but a command does not belong there. */
  | "output";

/** Words that must not stand in code, whatever program they are given to. */
const FORBIDDEN: readonly { pattern: RegExp; problem: string; places: readonly Place[] }[] = [
  {
    pattern: /(?<![\w-])curl(?![\w-])|pycurl/i,
    problem: "curl is not there",
    places: ["command", "inline", "output"],
  },
  {
    pattern: /(?<![\w-])(?:sudo|doas|pkexec)(?![\w-])/i,
    problem: "there is no root",
    places: ["command", "inline", "output"],
  },
  {
    pattern: /(?:^|[/\s;&|'"`(])(?:su|runuser|chroot)(?:$|[\s'"])/,
    problem: "there is no root",
    places: ["command", "inline"],
  },
  {
    pattern: /(?<![\w-])(?:apt|apt-get|dpkg|yum|dnf|apk|snap)\s+\S/,
    problem: "packages of the system need root",
    places: ["command", "inline"],
  },
  { pattern: /ollama|--llm-model\b/i, problem: "Ollama is not there", places: ["command"] },
  // The name of a row that a program prints is no command.
  {
    pattern: /(?<![\w-])ollama|--llm-model\b|OLLAMA_/,
    problem: "Ollama is not there",
    places: ["inline"],
  },
  {
    pattern: new RegExp(
      "(?<![\\w-])(?:serve|server|daemon|dmon|pmon|systemctl|service|crontab|tmux|screen|byobu|" +
        "http\\.server|jupyter|supervisord|docker|podman|apptainer|singularity|uvicorn|gunicorn|watch)" +
        "(?![\\w-])",
    ),
    problem: "nothing may stay resident",
    places: ["command", "inline"],
  },
  {
    pattern:
      /(?<![\w-])tail\s+(?:\S+\s+)*(?:-\w*[fF]|--follow)|(?<![\w-])nvidia-smi\s.*-(?:l|-loop)/,
    problem: "it does not end: look once, and look again",
    places: ["command", "inline"],
  },
];

/** @returns what forbids the text, each reason once. */
export function forbiddenIn(text: string, place: Place): string[] {
  const problems = FORBIDDEN.filter(({ pattern, places }) =>
    places.includes(place) && pattern.test(text)
  );
  return [...new Set(problems.map(({ problem }) => `${problem}: ${text.trim()}`))];
}

/** A shell's or Python's prompt, with or without a user and a machine before it. */
const PROMPT = /^\s*(?:(?:\([^)]*\)\s*)?[\w.-]+@[^\s]+?[$#]|\$|%|>>>)\s+\S|^#\s+[a-z/.]/;
/** How commands begin that somebody could have put among printed lines. */
const COMMAND = new RegExp(
  "^\\s*(?:deno (?:task|run|install|eval|x)|houqa [a-z]|(?:python|python3|pip|pip3|uv|npm|npx|conda) [-\\w./]|" +
    "(?:wget|git|ssh|scp|docker|apt|apt-get|systemctl|jupyter|ollama|tmux|screen|su|tar|rm|mv|cp|cd) " +
    "[-\\w./~$]|(?:bash|sh|source|export|nohup|setsid|eval|exec) \\S|nvidia-smi\\b|su$)",
);

/** What is wrong with a line that a program is said to have printed. */
export function wrongInOutput(line: string): string[] {
  const problems = forbiddenIn(line, "output");
  if (PROMPT.test(line) || COMMAND.test(line)) {
    problems.push(`a command belongs into a sh block, not among what was printed: ${line.trim()}`);
  }
  return problems;
}
