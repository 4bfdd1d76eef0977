import { Gauge, Globe, KeyRound, Route, ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ApprovalEffects } from '../../../src-server/contract/approval.ts';
import { formatPlural } from '../../format/number.ts';
import { SIDE_LABELS } from '../../ui/side-mark.tsx';
import { costWords, networkWords } from './approval-words.ts';

const Effect = ({ icon, note, children }: { icon: ReactNode; note: string; children: ReactNode }) => (
  <li>
    {icon}
    <span>{children}</span>
    <span className="text-2 text-xs">{note}</span>
  </li>
);

/** What follows from a yes: what it reads, reaches, costs, and where it would run. */
export const EffectList = ({ effects, isWaiting }: { effects: ApprovalEffects; isWaiting: boolean }) => {
  const cost = costWords(effects);
  const runsOn = effects.runs_on;
  return (
    <ul className="effects">
      {effects.secrets.length === 0 ? null : (
        <Effect icon={<KeyRound size={16} aria-hidden="true" />} note="secrets, by name">
          Read <b className="medium">{effects.secrets.join(', ')}</b>
        </Effect>
      )}
      <Effect
        icon={<Globe size={16} aria-hidden="true" />}
        note={effects.hosts.length === 0 ? '' : networkWords(effects.network).toLowerCase()}
      >
        {effects.hosts.length === 0 ? (
          networkWords(effects.network)
        ) : (
          <>
            Call <b className="medium">{effects.hosts.join(', ')}</b>
          </>
        )}
      </Effect>
      <Effect icon={<Gauge size={16} aria-hidden="true" />} note={cost.note}>
        Cost <b className="medium">{cost.cost}</b>
      </Effect>
      <Effect icon={<ShieldCheck size={16} aria-hidden="true" />} note="files and network">
        Confinement <b className="medium">{effects.confinement}</b>
      </Effect>
      <Effect
        icon={<Route size={16} aria-hidden="true" />}
        note={
          runsOn === null
            ? ''
            : `${SIDE_LABELS[runsOn.side]}, ${runsOn.free} of ${formatPlural(runsOn.capacity, 'slot')} free`
        }
      >
        {runsOn === null ? (
          effects.sentence
        ) : (
          <>
            {isWaiting ? 'Run on ' : 'Would run on '}
            <b className="medium">{runsOn.name}</b> {isWaiting ? 'if approved now' : 'at that moment'}
          </>
        )}
      </Effect>
    </ul>
  );
};
