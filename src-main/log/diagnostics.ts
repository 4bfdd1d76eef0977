import { redact, redactText } from './redact.ts';

export interface DiagnosticsParts {
  /** Versions, platform, states; redacted like any log line. */
  info: Readonly<Record<string, unknown>>;
  /** Logs by name; null for one that could not be read. */
  files: Readonly<Record<string, string | null>>;
}

/** What somebody who helps needs to see, as one JSON document without any secret. */
export const diagnosticsOf = ({ info, files }: DiagnosticsParts): string => {
  const logs = Object.fromEntries(
    Object.entries(files).map(([name, text]) => [name, text === null ? null : redactText(text).split('\n')]),
  );
  return `${JSON.stringify({ ...(redact(info) as object), files: logs }, null, 2)}\n`;
};
