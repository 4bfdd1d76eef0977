import { spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bufferSource } from '../../src-server/ledger/bundle/read-tar.ts';
import { verifyBundle } from '../../src-server/ledger/bundle/verify/verify-bundle.ts';
import { successionText } from '../../src-server/ledger/key-succession.ts';
import { fingerprintOf } from '../../src-server/ledger/receipts/ed25519.ts';
import { tarOf } from '../helpers/bundle-under-test.ts';
import { VERIFIER } from './bundle-story.ts';

const ORIGIN = 'connected-compute/ws_01M84EXP4TD10PJZ5NKAQ6WAKJ';
const folder = mkdtempSync(join(tmpdir(), 'cc-followed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [first, second, third, abandoned, stranger] = Array.from(
  { length: 5 },
  () => generateKeyPairSync('ed25519').privateKey,
) as [KeyObject, KeyObject, KeyObject, KeyObject, KeyObject];
const rawOf = (key: KeyObject): Buffer => createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
const printOf = (key: KeyObject): string => fingerprintOf(rawOf(key));

function rotated(before: KeyObject, next: KeyObject, signer = before): Record<string, unknown> {
  const publicKey = rawOf(next).toString('base64');
  const signature = sign(null, successionText(ORIGIN, publicKey), signer).toString('base64');
  return { before: rawOf(before).toString('base64'), public_key: publicKey, fingerprint: printOf(next), signature };
}

/** What both verifiers say of a bundle that the third key signed, to a reader who knows another. */
function said(known: KeyObject, rotations: Record<string, unknown>[]): string {
  const files = new Map<string, Uint8Array>([
    ['log-key.pem', Buffer.from(createPublicKey(third).export({ format: 'pem', type: 'spki' }) as string)],
    ['trust.json', Buffer.from(JSON.stringify({ origin: ORIGIN }))],
  ]);
  for (const [seq, body] of rotations.entries())
    files.set(
      `entries/00000000000${seq}.json`,
      Buffer.from(JSON.stringify({ events: [{ type: 'key.rotated', body }] })),
    );
  const tar = tarOf(files);
  const { exitCode, checks } = verifyBundle(bufferSource(tar), printOf(known));
  const detail = checks.at(-1)?.detail ?? '';
  const path = join(folder, 'bundle.tar');
  writeFileSync(path, tar);
  const python = spawnSync('python3', [VERIFIER, path, '--key', printOf(known)], { encoding: 'utf8' });
  expect([exitCode, python.status, python.stdout]).toEqual([3, 3, expect.stringContaining(detail)]);
  return detail;
}

const NOWHERE = /No entry here says that it followed that one/;

test('leads over every key between, and past one whose rotation was broken off', () => {
  const rotations = [rotated(first, abandoned), rotated(first, second), rotated(second, third)];
  expect(said(first, rotations)).toMatch(
    /entries\/000000000001\.json and entries\/000000000002\.json say so, signed by the key before\. Verify again with --key SHA256:/,
  );
  expect(said(second, rotations)).toMatch(/It followed that one: entries\/000000000002\.json says so/);
});

test('leads nowhere for a key that the log never had, or where the key before did not sign', () => {
  expect(said(stranger, [rotated(first, second), rotated(second, third)])).toMatch(NOWHERE);
  expect(said(second, [rotated(second, third, stranger)])).toMatch(NOWHERE);
  expect(said(abandoned, [rotated(first, abandoned), rotated(first, third)])).toMatch(NOWHERE);
  expect(said(first, [])).toMatch(NOWHERE);
});
