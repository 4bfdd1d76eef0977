/** One run of the control plane's process, without a word of how it is hosted. */
export interface PlaneProcess {
  /** Sends a value; a process that is gone ignores it. */
  send(message: unknown): void;
  /** Ends it at once, for one that does not answer a stop. */
  kill(): void;
}

/** What a process reports. `exited` comes last and exactly once. */
export interface PlaneProcessEvents {
  message(value: unknown): void;
  /** @param exitCode null where a signal ended it or it never started */
  exited(exitCode: number | null): void;
}

/** Starts the process; it must not call back before it returns. */
export type StartPlaneProcess = (events: PlaneProcessEvents) => PlaneProcess;
