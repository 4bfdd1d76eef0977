import type { Demo } from '../../../src-server/contract/demo.ts';
import { useExpiresInMs } from '../../api/volatile.ts';
import { SourceName } from '../../components/source-name.tsx';
import { takeOverMs } from '../../format/lease-time.ts';
import { CountdownRing } from '../../ui/countdown-ring.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { JOB_LOOKS, jobLook, sourceLook } from '../../ui/state-vocabulary.ts';
import { CHAOS_WORDS, rejectedFence } from './demo-words.ts';
import './stage.css';

const HEIGHT = 340;
const CARD = 79;
const JOB = 36;
const GAP = 8;
/** Jobs that fit beside the router; the others are counted. */
const JOBS_SHOWN = 6;

type Source = Demo['sources'][number];

/** Middle of the n-th of `count` boxes of one height that stand centred below one another. */
const middleOf = (n: number, count: number, height: number): number =>
  (HEIGHT - count * height - (count - 1) * GAP) / 2 + n * (height + GAP) + height / 2;

const wire = (fromY: number, toY: number): string => `M0 ${fromY}C50 ${fromY} 50 ${toY} 100 ${toY}`;

/** Queue, router and sources as they stand at this moment of the story. */
export const Stage = ({ demo }: { demo: Demo }) => {
  const waiting = demo.jobs.filter(({ state }) => state === 'queued' || state === 'held');
  const shown = waiting.slice(0, JOBS_SHOWN);
  const over = demo.jobs.filter(({ finished_at: at }) => at !== null);
  return (
    <div className="demo-stage">
      <h3>Queue</h3>
      <span />
      <h3>Router</h3>
      <span />
      <h3>Sources</h3>
      <ul className="demo-column" aria-label="Queue">
        {shown.map((job) => (
          <li key={job.job_id} className="demo-job" title={`${job.wu_id}: ${job.why}`}>
            <StateGlyph shape={jobLook(job).shape} size={14} />
            <span className="truncate">{job.wu_id}</span>
          </li>
        ))}
        {waiting.length > shown.length ? (
          <li className="text-3 text-xs">{waiting.length - shown.length} more</li>
        ) : null}
        {waiting.length === 0 ? <li className="text-3 text-xs">Nothing waits</li> : null}
        {over.map((job) => (
          <li key={job.job_id} className="demo-over" data-tone={JOB_LOOKS[job.state].tone}>
            <StateGlyph shape={JOB_LOOKS[job.state].shape} size={12} />
            <span className="truncate">
              {job.wu_id} {JOB_LOOKS[job.state].label.toLowerCase()}
            </span>
          </li>
        ))}
      </ul>
      <svg className="demo-wires" viewBox={`0 0 100 ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {over.length > 0
          ? null
          : shown.map((job, n) => <path key={job.job_id} d={wire(middleOf(n, shown.length, JOB), HEIGHT / 2)} />)}
      </svg>
      <div className="demo-column">
        <div className="demo-router">
          <b>{demo.policy.mode}</b>
          <p className="text-2 text-xs">Policy v{demo.policy.version}</p>
          <p className="text-2 text-xs">
            <StateGlyph shape="fence" size={12} /> {demo.fence === 0 ? 'No token yet' : 'Token now '}
            {demo.fence === 0 ? null : <b>{demo.fence}</b>}
          </p>
        </div>
      </div>
      <svg className="demo-wires" viewBox={`0 0 100 ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {demo.sources.map((source, n) => (
          <path
            key={source.source_id}
            data-wire={wireOf(demo, source)}
            d={wire(HEIGHT / 2, middleOf(n, demo.sources.length, CARD))}
          />
        ))}
      </svg>
      <ul className="demo-column" aria-label="Sources">
        {demo.sources.length === 0 ? <li className="text-3 text-xs">No source yet</li> : null}
        {demo.sources.map((source) => (
          <SourceCard key={source.source_id} demo={demo} source={source} />
        ))}
      </ul>
    </div>
  );
};

function wireOf(demo: Demo, { source_id: id }: Source): 'live' | 'rejected' | undefined {
  if (rejectedFence(demo, id) !== null) return 'rejected';
  return demo.leases.some(({ source_id: at }) => at === id) ? 'live' : undefined;
}

const SourceCard = ({ demo, source }: { demo: Demo; source: Source }) => {
  const chaos = demo.chaos.find(({ source_id: id }) => id === source.source_id)?.kinds ?? [];
  const rejected = rejectedFence(demo, source.source_id);
  const leases = demo.leases.filter(({ source_id: id }) => id === source.source_id);
  return (
    <li className="demo-source" data-wire={wireOf(demo, source)}>
      <SourceName kind={source.kind} name={source.name} />
      <StateBadge look={sourceLook(source)} />
      {rejected !== null ? (
        <div className="demo-holds" data-tone="refuse">
          <StateGlyph shape={JOB_LOOKS.refused.shape} size={14} />
          <b>Write rejected</b>
          <span className="push text-2">token {rejected}</span>
        </div>
      ) : leases[0] !== undefined ? (
        <Holds lease={leases[0]} more={leases.length - 1} />
      ) : (
        <div className="demo-holds text-3">
          {chaos.length > 0
            ? `This runner: ${chaos.map((kind) => CHAOS_WORDS[kind].state).join(', ')}`
            : `${source.capacity - source.in_use} of ${source.capacity} slots free`}
        </div>
      )}
    </li>
  );
};

const Holds = ({ lease, more }: { lease: Demo['leases'][number]; more: number }) => {
  const leftMs = useExpiresInMs(lease.lease_id) ?? lease.expires_in_ms ?? 0;
  return (
    <div className="demo-holds">
      <CountdownRing leftMs={leftMs} totalMs={takeOverMs(lease.ttl_ms)} size={20} />
      <span className="truncate">
        <b>{lease.wu_id}</b> attempt {lease.attempt}
        {more > 0 ? `, ${more} more` : ''}
      </span>
      <span className="push text-2">
        token <b>{lease.fence}</b>
      </span>
    </div>
  );
};
