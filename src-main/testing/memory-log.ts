import type { AppLogger, LogFields } from '../log/logger.ts';

/** A logger that keeps its events, for tests to read. */
export class MemoryLog implements AppLogger {
  readonly events: { level: string; event: string; fields: LogFields }[] = [];
  info = (event: string, fields: LogFields): void => void this.events.push({ level: 'info', event, fields });
  warn = (event: string, fields: LogFields): void => void this.events.push({ level: 'warn', event, fields });
  error = (event: string, fields: LogFields): void => void this.events.push({ level: 'error', event, fields });

  names(): string[] {
    return this.events.map((entry) => entry.event);
  }
}
