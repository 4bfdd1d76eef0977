import type { Posture, Source } from '../../src-server/contract/source.ts';
import type { StateShape } from '../ui/state-glyph.tsx';
import type { StateLook } from '../ui/state-vocabulary.ts';
import type { Tone } from '../ui/tone.ts';

const look = (label: string, shape: StateShape, tone: Tone): StateLook => ({ label, shape, tone });

const LOOKS: Readonly<Record<Source['confined'], StateLook>> = {
  confined: look('Confined', 'tick-shield', 'ok'),
  partly: look('Partly confined', 'tick-shield', 'wait'),
  none: look('Not confined', 'dash-circle', 'idle'),
};

/** How far the source can shut a job in; a quarantined one in the colour of refusals. */
export const postureLook = (source: Pick<Source, 'confined' | 'state'>): StateLook =>
  source.state === 'quarantined' && source.confined !== 'confined'
    ? { ...LOOKS[source.confined], shape: 'cross-shield', tone: 'refuse' }
    : LOOKS[source.confined];

/** What is enforced, in a few words: "Files, network, pids, podman". */
export const enforcedWords = (posture: Posture): string => {
  const words = [
    ...(posture.files === 'confined' ? ['files'] : []),
    ...((posture.network ?? []).length > 0 ? ['network'] : []),
    ...(posture.pid === 'namespace' ? ['pids'] : []),
    ...(posture.containers ?? []),
    ...(posture.kubernetes ? ['Kubernetes Job'] : []),
  ];
  if (words.length === 0) return 'Nothing is enforced';
  const text = words.join(', ');
  return text.charAt(0).toUpperCase() + text.slice(1);
};
