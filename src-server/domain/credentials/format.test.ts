import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCredential, makeCredential, trimPasted } from './format.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const digits = fc.array(fc.nat(61), { minLength: 32, maxLength: 32 });
const made = digits.map((lots) => {
  let at = 0;
  return makeCredential('cce', () => lots[at++] as number);
});

describe('credential', () => {
  it('fits its check characters', () => {
    fc.assert(
      fc.property(made, (credential) => {
        expect(credential).toMatch(/^cce_[0-9A-Za-z]{38}$/);
        expect(checkCredential('cce', credential)).toBe('ok');
        expect(checkCredential('ccs', credential)).toBe('mistyped');
      }),
    );
  });

  it('every single wrong character is noticed, at every place', () => {
    fc.assert(
      fc.property(made, (credential) => {
        for (let at = 4; at < credential.length; at++) {
          for (const wrong of ALPHABET) {
            if (wrong === credential[at]) continue;
            const typed = credential.slice(0, at) + wrong + credential.slice(at + 1);
            if (checkCredential('cce', typed) !== 'mistyped') throw new Error(`${typed} for ${credential}`);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('two neighbours that change places are noticed', () => {
    fc.assert(
      fc.property(made, fc.integer({ min: 4, max: 40 }), (credential, at) => {
        const [a, b] = [credential[at] as string, credential[at + 1] as string];
        if (a === b) return;
        expect(checkCredential('cce', credential.slice(0, at) + b + a + credential.slice(at + 2))).toBe('mistyped');
      }),
    );
  });

  it.each(['', 'cce_', 'cce', 'x'.repeat(42), 'CCE_0123'])('"%s" is mistyped', (text) => {
    expect(checkCredential('cce', text)).toBe('mistyped');
  });

  it('what comes with pasting is dropped', () => {
    expect(trimPasted('  "cce_a"\n')).toBe('cce_a');
    expect(trimPasted("'cce_a'")).toBe('cce_a');
    expect(trimPasted('cce_a"')).toBe('cce_a"');
  });
});
