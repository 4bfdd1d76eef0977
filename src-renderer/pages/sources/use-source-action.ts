import { useQueryClient } from '@tanstack/react-query';
import type { Source } from '../../../src-server/contract/source.ts';
import { keys } from '../../api/keys.ts';
import { useLackOf } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { toast } from '../../stores/toasts.ts';
import { doneWords, type SourceActionId, whyNot } from './source-action-words.ts';

/** One action on one source: whether it can be used now, and doing it. */
export const useSourceAction = (source: Source, id: SourceActionId) => {
  const ws = useWorkspaceId();
  const client = useQueryClient();
  const lack = useLackOf('operate');
  const action = useAction(id);
  const run = (onDone?: () => void) =>
    action.mutate(
      { params: { source_id: source.source_id }, body: {} },
      {
        onSuccess: () => {
          toast(doneWords(id, source.name));
          void client.invalidateQueries({ queryKey: keys.source(ws, source.source_id) });
          void client.invalidateQueries({ queryKey: keys.sourceLists(ws) });
          onDone?.();
        },
      },
    );
  return {
    disabledReason: lack ?? whyNot(source, id),
    isBusy: action.isPending,
    problem: action.error,
    run,
    reset: action.reset,
  };
};
