import { type Commands, commands as schema } from '../../../src-server/contract/source.ts';

const KEY = 'cc_enrollment_commands';

/**
 * The printed commands of the open enrollment, kept for a reload of this tab. They hold no secret; should one ever
 * hold the credential, nothing is kept.
 */
export const keepCommands = (enrollmentId: string, commands: Commands, credential: string): void => {
  const text = JSON.stringify({ enrollmentId, commands });
  if (!text.includes(credential)) sessionStorage.setItem(KEY, text);
};

/** The kept commands of this enrollment; null when they are of another one or gone. */
export const keptCommands = (enrollmentId: string): Commands | null => {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
    if (typeof kept !== 'object' || kept === null || !('enrollmentId' in kept) || !('commands' in kept)) return null;
    if (kept.enrollmentId !== enrollmentId) return null;
    const parsed = schema.safeParse(kept.commands);
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
};
