import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A browser that is signed in. Only digests of what it holds: who reads the file cannot be that browser. */
export interface KeptSignIn {
  /** SHA-256 of the cookie and of the session key, hex. Both are 256 random bits, so neither can be guessed from it. */
  cookieSha256: string;
  keySha256: string;
  operatorId: string;
  /** Wall time, ms: the monotonic clock starts anew with the process. */
  expiresWallMs: number;
}

/** Where browsers that are signed in outlive a restart of the control plane. */
export interface SignInStore {
  read(): KeptSignIn[];
  write(signIns: readonly KeptSignIn[]): void;
}

const isKept = (value: unknown): value is KeptSignIn => {
  const { cookieSha256, keySha256, operatorId, expiresWallMs } = (value ?? {}) as Record<string, unknown>;
  return (
    [cookieSha256, keySha256].every((hash) => typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash)) &&
    typeof operatorId === 'string' &&
    Number.isSafeInteger(expiresWallMs)
  );
};

/** One file that only its owner may read. A sign-out is on disk before it is acknowledged: no crash brings the browser back. */
export class SignInFile implements SignInStore {
  constructor(private readonly path: string) {}

  /** A file that is missing or of no use signs everybody out, which is no reason to refuse the start. */
  read(): KeptSignIn[] {
    try {
      const document = JSON.parse(readFileSync(this.path, 'utf8')) as { v?: unknown; sign_ins?: unknown };
      return document.v === 1 && Array.isArray(document.sign_ins) ? document.sign_ins.filter(isKept) : [];
    } catch {
      return [];
    }
  }

  /** @throws the error of the disk, with the file as it was. */
  write(signIns: readonly KeptSignIn[]): void {
    const unfinished = `${this.path}.tmp`;
    rmSync(unfinished, { force: true });
    const fd = openSync(unfinished, 'wx', 0o600);
    try {
      writeFileSync(fd, `${JSON.stringify({ v: 1, sign_ins: signIns })}\n`);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(unfinished, this.path);
    syncDirectory(dirname(this.path));
  }
}

/** Until the folder is synced, a power cut may bring the file before back. */
function syncDirectory(path: string): void {
  // Windows cannot open a directory for this; NTFS journals its names by itself.
  if (process.platform === 'win32') return;
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
