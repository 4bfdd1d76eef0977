import type { ExecutionInput } from './executor.ts';
import { insidePaths, jobEnvironment } from './job-environment.ts';

/**
 * The environment of a job that runs in an image: nothing of this machine's own but the time zone.
 * @param inside where the job finds its work directory and its temporary one.
 */
export function imageEnvironment(
  { payload, attempt, dir, declared, secrets, extra }: ExecutionInput,
  inside: { readonly work: string; readonly tmp: string },
): Record<string, string> {
  const { PATH, ...common } = jobEnvironment({
    platform: 'linux',
    own: { LANG: 'C.UTF-8', TZ: process.env.TZ },
    workDir: inside.work,
    tmpDir: inside.tmp,
    jobId: payload.job_id,
    attempt,
    fence: payload.fence,
    declared,
    secrets,
  });
  // The image knows where its programs lie; only the job itself may say otherwise.
  const isOwn = declared.PATH === undefined && secrets.PATH === undefined;
  const paths: Record<string, string> = isOwn ? {} : { PATH: PATH as string };
  return { ...common, ...paths, ...insidePaths(extra, dir.tmp, inside.tmp) };
}
