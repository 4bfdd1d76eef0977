import { createPrivateKey } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import type { EventBodies } from '../contract/events.ts';
import { successionText } from '../ledger/key-succession.ts';
import { originOf } from '../ledger/note/checkpoint.ts';
import type { Engine } from './engine.ts';
import { PLANE_ACTOR } from './engine.ts';
import { newKeyFile, type PlaneKey, planeKeyFrom } from './keys.ts';
import { PLANE_WORKSPACE, type PlaneLog } from './plane-log.ts';

const nextPath = (keyPath: string): string => `${keyPath}.next`;

/** The entry that hands a log over, signed by the key that it had until now. */
export function successionBody(key: PlaneKey, next: PlaneKey, workspaceId: string): EventBodies['key.rotated'] {
  const signature = key.log.sign(successionText(originOf(workspaceId), next.publicKeyBase64));
  return {
    before: key.publicKeyBase64,
    public_key: next.publicKeyBase64,
    fingerprint: next.fingerprint,
    signature: signature.toString('base64'),
  };
}

/**
 * Makes a new key and writes into every log that it follows the old one. The new key comes into force with the next start:
 * until then the old one signs, the entries that say so included.
 * @param keyPath the file of the key in force; the new one waits beside it.
 */
export async function rotateKey(
  keyPath: string,
  key: PlaneKey,
  engines: readonly Engine[],
  planeLog: PlaneLog,
): Promise<PlaneKey> {
  rmSync(nextPath(keyPath), { force: true });
  const next = newKeyFile(nextPath(keyPath));
  for (const engine of engines) {
    engine.emit(PLANE_ACTOR, [{ type: 'key.rotated', body: successionBody(key, next, engine.workspaceId) }]);
    await engine.durable();
  }
  // Last, since it is what a start looks at: with it every log has its entry.
  await planeLog.recordRotation(successionBody(key, next, PLANE_WORKSPACE));
  return next;
}

/**
 * Puts the new key in its place once the plane's own log says that it follows; one that no entry names was never in force
 * and goes. Called before the key is read.
 * @param newest key that the plane's log names last, base64; null when it cannot be told.
 */
export function finishRotation(keyPath: string, newest: () => string | null): void {
  const path = nextPath(keyPath);
  if (!existsSync(path)) return;
  if (keyIn(path)?.publicKeyBase64 === newest()) renameSync(path, keyPath);
  else rmSync(path);
}

/** Null for a file that was not written to its end: no log names a key before its file is on disk. */
function keyIn(path: string): PlaneKey | null {
  try {
    return planeKeyFrom(createPrivateKey(readFileSync(path)));
  } catch {
    return null;
  }
}
