import { utilityProcess } from 'electron';
import { linesOf, runnerEnvironment, type StartRunner } from '../../src-server/public.ts';

/**
 * Runs this machine's runner in a utility process: a packaged app is no Node that could be started with a file.
 * @param bootstrapFile absolute path of `out/runner/bootstrap.mjs`
 */
export const runnerInUtilityProcess =
  (bootstrapFile: string): StartRunner =>
  (args, events) => {
    const child = utilityProcess.fork(bootstrapFile, [...args], {
      serviceName: 'Connected Compute runner',
      stdio: 'pipe',
      env: runnerEnvironment(process.env),
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on(
        'data',
        linesOf((line) => events.line(line)),
      );
    child.on('exit', (code) => events.exited(code));
    return {
      get pid() {
        return child.pid ?? null;
      },
      ask: () => void child.kill(),
      kill: () => {
        try {
          if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
        } catch {
          // It ended in the meantime; its exit is told all the same.
        }
      },
    };
  };
