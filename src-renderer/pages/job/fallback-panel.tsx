import { useQueryClient } from '@tanstack/react-query';
import type { Job } from '../../../src-server/contract/job.ts';
import { keys } from '../../api/keys.ts';
import { useLackOf } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { problemText } from '../../components/problem-panel.tsx';
import { toast } from '../../stores/toasts.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';

/** The side that would take it, as the sentence names it. */
const takerOf = (sentence: string): string => (/\bBYOC could take\b/.test(sentence) ? 'BYOC' : 'managed');

/** A held job whose policy asks: may the other side take it? Two answers, each kept as an approval. */
export const FallbackPanel = ({ job, approvalId }: { job: Job; approvalId: string }) => {
  const ws = useWorkspaceId();
  const client = useQueryClient();
  const lack = useLackOf('approve');
  const decide = useAction('approvalDecide');
  const taker = takerOf(job.why);
  const answer = (decision: 'approved' | 'rejected', done: string) =>
    decide.mutate(
      { params: { approval_id: approvalId }, body: { decision } },
      {
        onSuccess: () => {
          toast(done);
          void client.invalidateQueries({ queryKey: keys.job(ws, job.job_id) });
          void client.invalidateQueries({ queryKey: keys.jobParts(ws, job.job_id) });
        },
      },
    );
  const answered = decide.variables?.body?.decision;
  return (
    <Banner
      tone="wait"
      shape="held-diamond"
      title="It waits for your word"
      end={
        <>
          <Button
            disabledReason={lack}
            isBusy={decide.isPending && answered === 'rejected'}
            busyLabel="Keeping"
            onClick={() => answer('rejected', `${job.wu_id} keeps waiting.`)}
          >
            Keep waiting
          </Button>
          <Button
            look="primary"
            disabledReason={lack}
            isBusy={decide.isPending && answered === 'approved'}
            busyLabel="Letting"
            onClick={() => answer('approved', `${taker === 'BYOC' ? 'BYOC' : 'Managed'} may take ${job.wu_id}.`)}
          >
            Let {taker} take it
          </Button>
        </>
      }
    >
      {job.why} <span className="text-3">Your answer is kept in evidence.</span>
      {decide.error === null ? null : (
        <p className="field-error" role="alert">
          {problemText(decide.error)}
        </p>
      )}
    </Banner>
  );
};
