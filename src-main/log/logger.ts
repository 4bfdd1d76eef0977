import type { AppClock } from '../app/clock.ts';
import { redact } from './redact.ts';

export type LogLevel = 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;

/** One JSON line per event. Secrets are taken out before a line exists. */
export interface AppLogger {
  info(event: string, fields: LogFields): void;
  warn(event: string, fields: LogFields): void;
  error(event: string, fields: LogFields): void;
}

/** Where lines go, each without its line break. */
export type LogSink = (line: string) => void;

/** @param sinks all get every line; one that throws does not keep the others from it */
export const createLogger = (clock: Pick<AppClock, 'instant'>, sinks: readonly LogSink[]): AppLogger => {
  const write = (level: LogLevel, event: string, fields: LogFields): void => {
    const line = JSON.stringify({ at: clock.instant(), level, event, ...(redact(fields) as object) });
    for (const sink of sinks) {
      try {
        sink(line);
      } catch {
        // A full disk must not take the app down; the other sinks still have the line.
      }
    }
  };
  return {
    info: (event, fields) => write('info', event, fields),
    warn: (event, fields) => write('warn', event, fields),
    error: (event, fields) => write('error', event, fields),
  };
};
