import { type ExportRequest, exportRequest } from '../../../src-server/contract/evidence-export.ts';

export type ExportScope = 'job' | 'wu' | 'range' | 'all';
export interface ExportDraft {
  scope: ExportScope;
  jobId: string;
  wuId: string;
  from: string;
  to: string;
}
/** `#18,117` as it is shown, or plain digits; null for anything else. */
export const readSeq = (text: string): number | null => {
  const digits = text.trim().replace(/^#/, '').replace(/,/g, '');
  return /^\d{1,15}$/.test(digits) ? Number(digits) : null;
};

/** What the form asks for, or a sentence that says what is missing. */
export const readExport = (draft: ExportDraft, head: number): { request: ExportRequest } | { problem: string } => {
  if (draft.scope === 'all') return { request: { all: true } };
  if (draft.scope === 'range') {
    const from = readSeq(draft.from);
    const to = readSeq(draft.to);
    if (from === null || to === null) return { problem: 'Give two entries by number, for example 0 and 42.' };
    if (from > to) return { problem: 'The range must not end before it begins.' };
    if (to > head) return { problem: `The newest entry is #${head}.` };
    return { request: { from, to } };
  }
  const parsed = exportRequest.safeParse(
    draft.scope === 'job' ? { job_id: draft.jobId.trim() } : { wu_id: draft.wuId.trim() },
  );
  if (parsed.success) return { request: parsed.data };
  return {
    problem: draft.scope === 'job' ? 'Give the id of a job, it starts with job_.' : 'Give the id of a work unit.',
  };
};

/** The name of the downloaded file. */
export const bundleName = (request: ExportRequest): string => {
  if ('job_id' in request) return `evidence-${request.job_id}.tar`;
  if ('wu_id' in request) return `evidence-${request.wu_id.replace(/[^\w.-]/g, '_')}.tar`;
  if ('from' in request) return `evidence-${request.from}-${request.to}.tar`;
  return 'evidence-all.tar';
};
