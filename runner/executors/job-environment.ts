/** What the environment of a job depends on. */
export interface JobEnvironmentInput {
  platform: NodeJS.Platform;
  /** The runner's own environment, of which only the named few pass. */
  own: Readonly<Record<string, string | undefined>>;
  workDir: string;
  tmpDir: string;
  jobId: string;
  attempt: number;
  fence: number;
  /** Names and values that the job declares. */
  declared: Readonly<Record<string, string>>;
  /** Values of the secrets that the job names, by name. */
  secrets: Readonly<Record<string, string>>;
}

const PATH_DEFAULT = '/usr/local/bin:/usr/bin:/bin';
/** Without these no Windows program starts. */
const WINDOWS_NAMES = ['SystemRoot', 'ComSpec', 'PATHEXT', 'NUMBER_OF_PROCESSORS'];

/** Values that are paths of the temporary folder, as the job sees them. */
export const insidePaths = (
  values: Readonly<Record<string, string>>,
  tmp: string,
  insideTmp: string,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value.startsWith(`${tmp}/`) ? `${insideTmp}${value.slice(tmp.length)}` : value,
    ]),
  );

/** The entries by which a job's processes are known: together they name one attempt of one job. */
export function markEntries(jobId: string, fence: number): string[] {
  return [`CC_JOB_ID=${jobId}`, `CC_FENCE=${fence}`];
}

/**
 * The whole environment of a job. It starts empty, so that no token, proxy, loader or Node option of the runner's user
 * reaches the job. Declared names may replace the common ones, never the CC_ names that tell whose process it is.
 */
export function jobEnvironment(input: JobEnvironmentInput): Record<string, string> {
  const { own, platform } = input;
  const environment: Record<string, string> = {
    PATH: own.PATH ?? own.Path ?? PATH_DEFAULT,
    HOME: input.workDir,
    TMPDIR: input.tmpDir,
    LANG: own.LANG ?? 'C.UTF-8',
    TZ: own.TZ ?? 'UTC',
  };
  if (platform === 'win32') {
    for (const name of WINDOWS_NAMES) if (own[name] !== undefined) environment[name] = own[name];
    Object.assign(environment, { TEMP: input.tmpDir, TMP: input.tmpDir, USERPROFILE: input.workDir });
  }
  Object.assign(environment, input.declared, input.secrets);
  environment.CC_JOB_ID = input.jobId;
  environment.CC_ATTEMPT = String(input.attempt);
  environment.CC_FENCE = String(input.fence);
  return environment;
}
