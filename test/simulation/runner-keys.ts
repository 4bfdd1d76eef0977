import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
interface RunnerKey {
  publicKey: string;
  sign(message: string): string;
}
const made = new Map<number, RunnerKey>();

/** The n-th runner key; the same in every run, and made once per process since a seed runs in milliseconds. */
export function runnerKey(n: number): RunnerKey {
  let key = made.get(n);
  if (key === undefined) {
    const privateKey: KeyObject = createPrivateKey({
      key: Buffer.concat([PKCS8_PREFIX, Buffer.alloc(32, n + 1)]),
      format: 'der',
      type: 'pkcs8',
    });
    key = {
      publicKey: createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64'),
      sign: (message) => sign(null, Buffer.from(message), privateKey).toString('base64'),
    };
    made.set(n, key);
  }
  return key;
}
