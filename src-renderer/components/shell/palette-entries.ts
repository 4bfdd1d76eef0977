import type { JobListItem } from '../../../src-server/contract/job.ts';
import type { Overview } from '../../../src-server/contract/workspace.ts';
import { routes } from '../../routes.ts';
import { NAVIGATION } from './navigation.ts';

export interface PaletteEntry {
  id: string;
  group: 'Go to' | 'Do' | 'Jobs' | 'Sources';
  label: string;
  /** Quiet text at the end. */
  detail?: string;
  /** An address to open, or `theme` for the one action without an address. */
  to: string | 'theme';
}

/** What the palette offers for a text: screens and actions by their words, jobs and sources by name. */
export const paletteEntries = (
  workspaceId: string,
  text: string,
  jobs: readonly JobListItem[],
  sources: Overview['sources'],
): PaletteEntry[] => {
  const wanted = text.trim().toLowerCase();
  const fixed: PaletteEntry[] = [
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
  const places = sources
    .filter((source) => wanted !== '' && source.name.toLowerCase().includes(wanted))
    .slice(0, 6)
    .map(
      (source): PaletteEntry => ({
        id: source.source_id,
        group: 'Sources',
        label: source.name,
        to: routes.sources(workspaceId, { source: source.source_id }),
      }),
    );
  return [...fixed.filter((entry) => entry.label.toLowerCase().includes(wanted)), ...found, ...places];
};
