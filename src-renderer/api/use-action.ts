import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import type { AnswerOf, BodyOf, CallId } from './calls.ts';
import { call } from './client.ts';
import { newIdempotencyKey } from './ids.ts';
import { keys } from './keys.ts';
import { usePlaceId } from './place-context.ts';
import { useWorkspaceId } from './workspace-context.ts';

export interface ActionInput<C extends CallId> {
  params?: Record<string, string>;
  body?: BodyOf<C>;
  /** Keep one over repeats of the same intent, so that a lost answer does not do it twice. */
  idempotencyKey?: string;
}

/** A mutation of the workspace on screen. What it changes arrives by the stream; aggregates are fetched again. */
export const useAction = <C extends CallId>(id: C): UseMutationResult<AnswerOf<C>, Error, ActionInput<C>> => {
  const ws = useWorkspaceId();
  const placeId = usePlaceId();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: ActionInput<C>) =>
      call(id, {
        params: { workspace_id: ws, ...input.params },
        placeId,
        body: input.body,
        idempotencyKey: input.idempotencyKey ?? newIdempotencyKey(),
      }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.overviews(ws) });
    },
  });
};
