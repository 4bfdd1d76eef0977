import { EXIT, ExitError } from './exit-codes.ts';

/** Why a data directory could not be opened, as a sentence with its next step and an exit code. */
export function openExit(error: unknown, dataDir: string): unknown {
  if (!(error instanceof Error)) return error;
  const code = (error as { code?: unknown }).code;
  switch (code) {
    case 'directory.locked':
      return new ExitError(
        EXIT.alreadyRunning,
        `A control plane is already running on ${dataDir} (process ${(error as unknown as { pid: number }).pid}). Use it, stop it, or give another --data-dir.`,
      );
    case 'ledger.damaged':
      return new ExitError(
        EXIT.data,
        `${error.message}. Nothing was changed. Look at what can be read with: connected-compute serve --read-only --data-dir ${dataDir}; take it out with: connected-compute evidence export --read-only --all --out FILE --data-dir ${dataDir}; then restore ${dataDir} from a backup.`,
      );
    case 'ledger.rolled_back':
      return new ExitError(
        EXIT.data,
        `${error.message}. ${dataDir} looks like an older copy; nothing was changed. Bring the newer one back. If it is lost, see: connected-compute recover --data-dir ${dataDir}`,
      );
    case 'schema.newer':
      return new ExitError(
        EXIT.data,
        `${error.message} ${dataDir} was written by a newer version; nothing was changed. Start that version.`,
      );
    case 'EEXIST':
    case 'ENOTDIR':
      return new ExitError(EXIT.input, `${dataDir} is not a folder. Give another with --data-dir DIR.`);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new ExitError(EXIT.notPermitted, `${dataDir} cannot be written: ${error.message}`);
    case 'storage.full':
    case 'ENOSPC':
      return new ExitError(EXIT.unavailable, `The disk of ${dataDir} is full. Free some space and start again.`);
    default:
      return error;
  }
}
