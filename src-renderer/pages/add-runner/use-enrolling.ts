import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Commands, EnrollmentCreated } from '../../../src-server/contract/source.ts';
import type { BodyOf } from '../../api/calls.ts';
import { call } from '../../api/client.ts';
import { newIdempotencyKey } from '../../api/ids.ts';
import { keys } from '../../api/keys.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { now } from '../../stores/clock.ts';
import { keepCommands, keptCommands } from './kept-commands.ts';

/** What this page alone knows of the credential; it goes when the page or the step is left. */
export interface Secret {
  enrollmentId: string;
  credential: string;
  fingerprint: string;
  ttlMs: number;
  /** Ms since 1970, by this browser's clock. */
  expiresAtMs: number;
}
interface Issued {
  enrollmentId: string;
  commands: Commands;
  isLoopbackOnly: boolean;
}

/**
 * Asks for the credential, once for each press. It bypasses the query and mutation caches: those would keep the answer
 * after the page is left.
 */
export const useEnrolling = (enrollmentId: string | null, onIssued: (enrollmentId: string) => void) => {
  const ws = useWorkspaceId();
  const client = useQueryClient();
  const [secret, setSecret] = useState<Secret | null>(null);
  const [issued, setIssued] = useState<Issued | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const isHere = useRef(true);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);

  const take = (answer: EnrollmentCreated) => {
    keepCommands(answer.enrollment_id, answer.commands, answer.credential);
    setIssued({
      enrollmentId: answer.enrollment_id,
      commands: answer.commands,
      isLoopbackOnly: answer.loopback_only,
    });
    setSecret({
      enrollmentId: answer.enrollment_id,
      credential: answer.credential,
      fingerprint: answer.fingerprint,
      ttlMs: answer.ttl_ms,
      expiresAtMs: now() + answer.ttl_ms,
    });
    onIssued(answer.enrollment_id);
  };
  const ask = async (request: () => Promise<EnrollmentCreated>) => {
    setBusy(true);
    setProblem(null);
    try {
      const answer = await request();
      if (!isHere.current) return;
      take(answer);
      void client.invalidateQueries({ queryKey: keys.enrollments(ws) });
      void client.invalidateQueries({ queryKey: keys.sourceLists(ws) });
    } catch (error) {
      if (isHere.current) setProblem(error);
    } finally {
      if (isHere.current) setBusy(false);
    }
  };
  // One key per intent: a repeat after a lost answer gets told that the secret was shown, never a second source.
  const intent = useRef<{ body: string; key: string } | null>(null);
  const create = (body: BodyOf<'enrollmentCreate'>) => {
    const text = JSON.stringify(body);
    if (intent.current?.body !== text) intent.current = { body: text, key: newIdempotencyKey() };
    const idempotencyKey = intent.current.key;
    return ask(() => call('enrollmentCreate', { params: { workspace_id: ws }, body, idempotencyKey }));
  };
  const reissue = () =>
    ask(() =>
      call('enrollmentReissue', {
        params: { workspace_id: ws, enrollment_id: enrollmentId ?? '' },
        body: { reason: 'Burned in the console' },
        idempotencyKey: newIdempotencyKey(),
      }),
    );
  const forget = useCallback(() => setSecret(null), []);
  const own = issued !== null && issued.enrollmentId === enrollmentId ? issued : null;
  return {
    secret: secret !== null && secret.enrollmentId === enrollmentId ? secret : null,
    commands: own?.commands ?? (enrollmentId === null ? null : keptCommands(enrollmentId)),
    isBusy,
    problem,
    create,
    reissue,
    forget,
  };
};
export type Enrolling = ReturnType<typeof useEnrolling>;
