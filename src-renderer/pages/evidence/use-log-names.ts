import { useMemo } from 'react';
import type { EvidenceItem } from '../../../src-server/contract/workspace.ts';
import { useJobs } from '../../api/jobs.ts';
import { useSources } from '../../api/sources.ts';
import { jobNamesIn, type LogNames } from './entry-row-words.ts';

/** Names for the ids on screen: from the log itself, the newest jobs and the sources. */
export const useLogNames = (entries: readonly EvidenceItem[]): LogNames => {
  const { data: jobs } = useJobs();
  const { data: sources } = useSources();
  return useMemo(() => {
    const jobNames = jobNamesIn(entries);
    for (const job of (jobs?.pages ?? []).flatMap((page) => page.items)) jobNames.set(job.job_id, job.wu_id);
    const sourceNames = new Map<string, string>();
    const sessionNames = new Map<string, string>();
    for (const source of (sources?.pages ?? []).flatMap((page) => page.items)) {
      sourceNames.set(source.source_id, source.name);
      if (source.session !== null) sessionNames.set(source.session.session_id, source.name);
    }
    return {
      job: (id) => jobNames.get(id) ?? null,
      source: (id) => sourceNames.get(id) ?? null,
      session: (id) => sessionNames.get(id) ?? null,
    };
  }, [entries, jobs, sources]);
};
