import type { AppClock } from '../app/clock.ts';
import type { AppLogger } from '../log/logger.ts';
import type { PlaneSupervisor } from './supervisor.ts';

/** The plane writes one small file; longer than this and something is wrong with it. */
export const COMMAND_LINE_LIMIT_MS = 5_000;

/**
 * The switch "Allow the command line": off at each start of the app, kept over restarts of its plane. Main never sees the
 * token that it stands for.
 */
export class CommandLineSwitch {
  #isWished = false;
  #isOn = false;

  constructor(
    private readonly plane: Pick<PlaneSupervisor, 'ready' | 'onChange' | 'onCommandLine' | 'setCommandLine'>,
    private readonly clock: AppClock,
    log: AppLogger,
  ) {
    plane.onCommandLine((isOn) => {
      this.#isOn = isOn;
      log.info('command_line.changed', { is_on: isOn });
    });
    plane.onChange(({ state }) => {
      if (state !== 'ready') this.#isOn = false;
      else if (this.#isWished) plane.setCommandLine(true);
    });
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** @returns what holds now, as the plane answered. @throws Error where the plane is not in service or says nothing. */
  set(isOn: boolean): Promise<boolean> {
    this.#isWished = isOn;
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        cancel();
        forget();
        end();
      };
      const forget = this.plane.onCommandLine((answer) => settle(() => resolve(answer)));
      const cancel = this.clock.after(COMMAND_LINE_LIMIT_MS, () =>
        settle(() => reject(new Error('the plane did not answer'))),
      );
      if (!this.plane.setCommandLine(isOn)) settle(() => reject(new Error('the plane is not in service')));
    });
  }
}
