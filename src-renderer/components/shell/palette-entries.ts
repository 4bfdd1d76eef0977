import type { JobListItem } from '../../../src-server/contract/job.ts';
import type { Source } from '../../../src-server/contract/source.ts';
import { formatSeq } from '../../format/number.ts';
import { routes } from '../../routes.ts';
import { NAVIGATION } from './navigation.ts';

export interface PaletteEntry {
  id: string;
  group: 'On this screen' | 'Go to' | 'Do' | 'Jobs' | 'Sources' | 'Evidence';
  label: string;
  /** Quiet text at the end. */
  detail?: string;
  keys?: readonly string[];
  /** An address to open, `theme`, or an action of the screen. */
  to: string | 'theme' | (() => void);
}

/** All jobs of a work unit, once the text names one and some of them were found. */
const workUnit = (workspaceId: string, text: string, found: number): PaletteEntry[] =>
  /^WU-\S+$/i.test(text) && found > 1
    ? [
        {
          id: 'wu',
          group: 'Jobs',
          label: `All jobs of ${text.toUpperCase()}`,
          to: routes.jobs(workspaceId, { q: text }),
        },
      ]
    : [];

/** An entry of the log by its number, as `#18,186` or plain digits: where the receipts stand. */
const entryOf = (workspaceId: string, text: string): PaletteEntry[] => {
  const digits = text.replace(/^#/, '').replace(/,/g, '');
  if (!/^\d{1,15}$/.test(digits)) return [];
  const name = formatSeq(Number(digits));
  return [
    { id: 'entry', group: 'Evidence', label: `Entry ${name}`, to: routes.evidence(workspaceId, { entry: digits }) },
    {
      id: 'replay',
      group: 'Evidence',
      label: `The workspace at ${name}`,
      to: routes.replay(workspaceId, Number(digits)),
    },
  ];
};

/** What the palette offers for a text: screens and actions by their words, jobs and sources as the plane found them. */
export const paletteEntries = (
  workspaceId: string,
  text: string,
  jobs: readonly JobListItem[],
  sources: readonly Pick<Source, 'source_id' | 'name'>[],
  commands: readonly { id: string; label: string; keys: readonly string[]; run: () => void }[] = [],
): PaletteEntry[] => {
  const wanted = text.trim().toLowerCase();
  const fixed: PaletteEntry[] = [
    ...commands.map(
      ({ id, label, keys, run }): PaletteEntry => ({ id, group: 'On this screen', label, keys, to: run }),
    ),
    ...NAVIGATION.map(
      (item): PaletteEntry => ({ id: `go-${item.id}`, group: 'Go to', label: item.label, to: item.href(workspaceId) }),
    ),
    { id: 'submit', group: 'Do', label: 'Submit job', to: routes.submitJob(workspaceId) },
    { id: 'add', group: 'Do', label: 'Add runner', to: routes.addRunner(workspaceId) },
    {
      id: 'export',
      group: 'Do',
      label: 'Export evidence bundle',
      to: routes.evidence(workspaceId, { open: 'export' }),
    },
    { id: 'limit', group: 'Do', label: 'Add a limit', to: routes.budgets(workspaceId, { open: 'limit' }) },
    { id: 'versions', group: 'Do', label: 'Policy versions', to: routes.routing(workspaceId, { open: 'versions' }) },
    { id: 'theme', group: 'Do', label: 'Switch theme', to: 'theme' },
  ];
  const found = jobs.slice(0, 6).map(
    (job): PaletteEntry => ({
      id: job.job_id,
      group: 'Jobs',
      label: job.title,
      detail: job.wu_id,
      to: routes.job(workspaceId, job.job_id),
    }),
  );
  const places = sources.slice(0, 6).map(
    (source): PaletteEntry => ({
      id: source.source_id,
      group: 'Sources',
      label: source.name,
      to: routes.sources(workspaceId, { source: source.source_id }),
    }),
  );
  return [
    ...fixed.filter((entry) => entry.label.toLowerCase().includes(wanted)),
    ...found,
    ...workUnit(workspaceId, text.trim(), found.length),
    ...places,
    ...entryOf(workspaceId, text.trim()),
  ];
};
