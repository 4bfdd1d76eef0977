import type { DoctorCheck } from '../../../src-server/contract/source.ts';
import { doctorWords } from '../../components/doctor-words.ts';
import { StateGlyph } from '../../ui/state-glyph.tsx';

/** What the runner checked, with what it found; failed ones in full. */
export const DoctorChecks = ({ checks }: { checks: readonly DoctorCheck[] }) => (
  <ul className="doctor-checks">
    {[...checks]
      .sort((a, b) => Number(a.passed) - Number(b.passed))
      .map((check) => (
        <li
          key={check.id}
          data-tone={check.passed ? 'ok' : check.required ? 'fail' : 'wait'}
          className={check.passed ? '' : 'is-failed'}
        >
          <StateGlyph shape={check.passed ? 'tick' : 'cross'} size={14} className="tone" />
          <span className={check.passed ? 'truncate' : 'medium'}>
            {doctorWords(check.id)}
            <span className="visually-hidden">{check.passed ? ', passed' : ', failed'}</span>
            {check.passed || check.required ? null : ', not required'}
          </span>
          <span className={check.passed ? 'truncate text-3' : 'text-2'} title={check.detail}>
            {check.detail}
          </span>
        </li>
      ))}
  </ul>
);
