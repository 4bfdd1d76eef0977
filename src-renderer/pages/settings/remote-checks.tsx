import type { RemoteCheck, RemoteCheckId, RemoteTest } from '../../../src-server/contract/console.ts';
import { StateGlyph, type StateShape } from '../../ui/state-glyph.tsx';
import type { Tone } from '../../ui/tone.ts';

const TITLES: Readonly<Record<RemoteCheckId, string>> = {
  address: 'Address answers',
  certificate: 'Certificate is valid',
  version: 'API version',
  token: 'Token accepted',
  clock: 'Clock difference',
};
const LOOKS: Readonly<Record<RemoteCheck['outcome'], { shape: StateShape; tone: Tone; word: string }>> = {
  passed: { shape: 'tick', tone: 'ok', word: 'passed' },
  warned: { shape: 'triangle', tone: 'wait', word: 'warning' },
  failed: { shape: 'cross', tone: 'fail', word: 'failed' },
  skipped: { shape: 'dashed-circle', tone: 'idle', word: 'not tried' },
};

/** The five checks of a remote address, each with its figure, and the mend where one did not pass. */
export const RemoteChecks = ({ test }: { test: RemoteTest | { checks: readonly RemoteCheck[] } | undefined }) => (
  <section className="remote-checks" aria-label="Test" aria-live="polite">
    <h3>Test</h3>
    <ul>
      {(Object.keys(TITLES) as RemoteCheckId[]).map((id) => {
        const found = test?.checks.find((check) => check.id === id);
        const look = LOOKS[found?.outcome ?? 'skipped'];
        return (
          <li key={id} data-tone={look.tone}>
            <StateGlyph shape={look.shape} size={14} className="tone" />
            <span>
              {TITLES[id]}
              <span className="visually-hidden">, {look.word}</span>
            </span>
            <span className="text-3">{found?.detail}</span>
            {found?.sentence == null ? null : <p>{found.sentence}</p>}
          </li>
        );
      })}
    </ul>
  </section>
);
