import type { Enrollment, SourceDetail } from '../../../src-server/contract/source.ts';

/** How far the runner got: nothing heard, connected, its doctor reported, ready for jobs. */
export type RunnerStage = 'waiting' | 'connected' | 'unfit' | 'ready';
export interface RunnerProgress {
  stage: RunnerStage;
  /** One line for the foot of the commands. */
  words: string;
}

/** Reads the stage off the source and its enrollment. */
export const runnerProgress = (
  name: string,
  source: Pick<SourceDetail, 'session' | 'doctor' | 'state'> | null,
  enrollment: Pick<Enrollment, 'state'> | null,
): RunnerProgress => {
  const isConnected = (source !== null && source.session !== null) || enrollment?.state === 'redeemed';
  if (!isConnected) return { stage: 'waiting', words: `Listening for ${name}` };
  const doctor = source?.doctor ?? null;
  if (doctor === null) return { stage: 'connected', words: `${name} is connected. Run doctor next` };
  const isFit = source?.state !== 'quarantined' && doctor.checks.every((check) => check.passed || !check.required);
  if (!isFit) return { stage: 'unfit', words: `Doctor: ${doctor.passed} of ${doctor.total} passed` };
  return { stage: 'ready', words: `Doctor: ${doctor.passed} of ${doctor.total} passed. Ready` };
};
