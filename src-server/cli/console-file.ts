import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

/** `console.json` in the data directory, mode 0600: how the command line finds a running plane. */
const consoleFile = z.object({
  url: z.string(),
  pid: z.int(),
  /** Not there when the desktop app hosts the plane. */
  operator_token: z.string().optional(),
  workspace_id: z.string(),
  plane_public_key: z.string(),
});
export type ConsoleFile = z.infer<typeof consoleFile>;

export const consoleFilePath = (dataDir: string): string => `${dataDir}/console.json`;

/** Reads it; null when it is missing or unreadable. */
export function readConsoleFile(dataDir: string): ConsoleFile | null {
  try {
    return consoleFile.parse(JSON.parse(readFileSync(consoleFilePath(dataDir), 'utf8')));
  } catch {
    return null;
  }
}

/** Replaces it in one step, readable by its owner only from the first byte on. */
export function writeConsoleFile(dataDir: string, content: ConsoleFile): void {
  const path = consoleFilePath(dataDir);
  const temp = `${path}.tmp`;
  rmSync(temp, { force: true });
  writeFileSync(temp, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  chmodSync(temp, 0o600);
  renameSync(temp, path);
}
