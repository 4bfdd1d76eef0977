import type { PlaneProcess, PlaneProcessEvents, StartPlaneProcess } from '../plane/process-port.ts';

/** A plane's process that a test speaks for. */
export class FakePlaneProcess implements PlaneProcess {
  readonly sent: unknown[] = [];
  isKilled = false;
  readonly events: PlaneProcessEvents;

  constructor(events: PlaneProcessEvents) {
    this.events = events;
  }

  send(message: unknown): void {
    this.sent.push(message);
  }

  kill(): void {
    this.isKilled = true;
  }
}

/** Starts fakes and keeps them in the order of their start. */
export const fakePlaneStarter = (): { start: StartPlaneProcess; runs: FakePlaneProcess[] } => {
  const runs: FakePlaneProcess[] = [];
  return {
    runs,
    start: (events) => {
      const run = new FakePlaneProcess(events);
      runs.push(run);
      return run;
    },
  };
};
