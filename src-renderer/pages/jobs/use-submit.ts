import { useEffect, useMemo, useRef, useState } from 'react';
import type { BodyOf } from '../../api/calls.ts';
import { newIdempotencyKey } from '../../api/ids.ts';
import { ApiProblem } from '../../api/problem.ts';
import { useAction } from '../../api/use-action.ts';
import { after, now } from '../../stores/clock.ts';
import { EMPTY_DRAFT, readDraft, type SubmitDraft } from './submit-draft.ts';

/** Typing rests this long before the plane is asked where the job would go. */
const PREVIEW_AFTER_MS = 300;

/** The form's state, what is wrong with it, and sending it once however often it is tried. */
export const useSubmit = (onSubmitted: (jobId: string) => void) => {
  const [draft, setDraft] = useState<SubmitDraft>(EMPTY_DRAFT);
  const [isShown, setShown] = useState(false);
  const action = useAction('jobSubmit');
  const read = useMemo(() => readDraft(draft), [draft]);
  const text = read.spec === null ? null : JSON.stringify(read.spec);

  // The same job keeps its key over retries, so that a lost answer never submits it twice; another job gets another.
  const sent = useRef<{ text: string; key: string } | null>(null);
  const submit = () => {
    setShown(true);
    if (read.spec === null || text === null || action.isPending) return;
    if (sent.current?.text !== text) sent.current = { text, key: newIdempotencyKey() };
    action.mutate(
      { body: read.spec, idempotencyKey: sent.current.key },
      {
        onSuccess: (job) => {
          sent.current = null;
          onSubmitted(job.job_id);
        },
      },
    );
  };
  const refused = action.error instanceof ApiProblem && sent.current?.text === text ? action.error.errors : [];
  return {
    draft,
    change: (change: Partial<SubmitDraft>) => setDraft((before) => ({ ...before, ...change })),
    errors: [...(isShown ? read.errors : []), ...refused],
    hint: read.hint,
    spec: read.spec,
    problem: action.error,
    isBusy: action.isPending,
    submit,
  };
};

/** The job once typing rests; null while the form is not complete. */
export const useRestedSpec = (spec: BodyOf<'jobSubmit'> | null): BodyOf<'jobSubmit'> | null => {
  const text = spec === null ? null : JSON.stringify(spec);
  const [rested, setRested] = useState<{ text: string | null; at: number }>({ text: null, at: 0 });
  useEffect(() => after(PREVIEW_AFTER_MS, () => setRested({ text, at: now() })), [text]);
  return rested.text === null || text === null ? null : (JSON.parse(rested.text) as BodyOf<'jobSubmit'>);
};
