import type { JobListQuery, LeaseListQuery, SourceListQuery } from './query-types.ts';

/** Query keys: `['ws', workspace, resource, …]`, so that the stream finds every cached list of a workspace. */
export const keys = {
  session: ['session'] as const,
  workspace: (ws: string) => ['ws', ws] as const,
  overview: (ws: string, range: string) => ['ws', ws, 'overview', range] as const,
  overviews: (ws: string) => ['ws', ws, 'overview'] as const,
  sources: (ws: string, query: SourceListQuery) => ['ws', ws, 'sources', query] as const,
  sourceLists: (ws: string) => ['ws', ws, 'sources'] as const,
  source: (ws: string, id: string) => ['ws', ws, 'source', id] as const,
  jobs: (ws: string, query: JobListQuery) => ['ws', ws, 'jobs', query] as const,
  jobLists: (ws: string) => ['ws', ws, 'jobs'] as const,
  job: (ws: string, id: string) => ['ws', ws, 'job', id] as const,
  jobPart: (ws: string, id: string, part: 'explain' | 'decisions' | 'evidence') =>
    ['ws', ws, 'job-part', id, part] as const,
  jobParts: (ws: string, id: string) => ['ws', ws, 'job-part', id] as const,
  evidenceChunk: (ws: string, from: number, size: number) => ['ws', ws, 'evidence', from, size] as const,
  evidenceChunks: (ws: string, from: number) => ['ws', ws, 'evidence', from] as const,
  evidenceProof: (ws: string, seq: number, head: number) => ['ws', ws, 'evidence-proof', seq, head] as const,
  leases: (ws: string) => ['ws', ws, 'leases'] as const,
  leaseList: (ws: string, query: LeaseListQuery) => ['ws', ws, 'leases', 'list', query] as const,
  activeLeases: (ws: string) => ['ws', ws, 'leases', 'active'] as const,
  sourceLeases: (ws: string, sourceId: string) => ['ws', ws, 'leases', sourceId] as const,
  preview: (ws: string, spec: unknown) => ['ws', ws, 'preview', spec] as const,
  enrollment: (ws: string, id: string) => ['ws', ws, 'enrollment', id] as const,
  enrollments: (ws: string) => ['ws', ws, 'enrollment'] as const,
  policy: (ws: string) => ['ws', ws, 'policy'] as const,
} as const;
