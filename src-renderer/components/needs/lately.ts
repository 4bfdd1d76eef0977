import type { Overview } from '../../../src-server/contract/workspace.ts';
import { formatAge } from '../../format/duration.ts';
import { formatCount } from '../../format/number.ts';
import { routes } from '../../routes.ts';
import { JOB_LOOKS, LOST_LOOK, SOURCE_LOOKS, type StateLook } from '../../ui/state-vocabulary.ts';
import { refusalWords } from './refusal-words.ts';

export interface Notice {
  id: string;
  look: StateLook;
  title: string;
  detail: string;
  to: string;
}
/** Sources that are told one by one; more become one row. */
const NAMED_MAX = 2;

const lost = (ws: string, lanes: Overview['lanes']): Notice[] => {
  const spans = lanes.flatMap((lane) =>
    lane.spans.filter((span) => span.outcome === 'lost').map((span) => ({ ...span, on: lane.name })),
  );
  const [newest] = spans.sort((a, b) => a.to_ms_ago - b.to_ms_ago);
  if (newest === undefined) return [];
  const isOne = spans.length === 1;
  return [
    {
      id: 'lost',
      look: LOST_LOOK,
      title: isOne ? '1 lease lost in 1 h' : `${formatCount(spans.length)} leases lost in 1 h`,
      detail: `${isOne ? '' : 'Newest: '}${newest.wu_id} on ${newest.on}, ${formatAge(newest.to_ms_ago)} ago`,
      to: isOne ? routes.job(ws, newest.job_id) : routes.leases(ws, { view: 'table', state: 'expired' }),
    },
  ];
};

const refused = (ws: string, refusals: Overview['refusals_24h']): Notice[] =>
  refusals.total === 0
    ? []
    : [
        {
          id: 'refused',
          look: JOB_LOOKS.refused,
          title: refusals.total === 1 ? '1 refusal in 24 h' : `${formatCount(refusals.total)} refusals in 24 h`,
          detail: refusalWords(refusals),
          to: routes.jobs(ws, { state: 'refused' }),
        },
      ];

const offline = (ws: string, sources: Overview['sources']): Notice[] => {
  const gone = sources.filter((source) => source.state === 'offline' && !source.revoked);
  if (gone.length > NAMED_MAX)
    return [
      {
        id: 'offline',
        look: SOURCE_LOOKS.offline,
        title: `${formatCount(gone.length)} sources are offline`,
        detail: gone.map((source) => source.name).join(', '),
        to: routes.sources(ws, { state: 'offline' }),
      },
    ];
  return gone.map((source) => ({
    id: source.source_id,
    look: SOURCE_LOOKS.offline,
    title: `${source.name} is offline`,
    detail:
      source.seen_ms_ago === null ? 'Not heard since this start' : `Last heard ${formatAge(source.seen_ms_ago)} ago`,
    to: routes.sources(ws, { source: source.source_id }),
  }));
};

/** What happened that nobody has to answer: leases that were lost, work that was refused, sources that went away. */
export const lately = (ws: string, data: Pick<Overview, 'lanes' | 'refusals_24h' | 'sources'>): Notice[] => [
  ...lost(ws, data.lanes),
  ...refused(ws, data.refusals_24h),
  ...offline(ws, data.sources),
];
