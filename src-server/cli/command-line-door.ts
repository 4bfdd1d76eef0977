import type { Host } from '../plane/host.ts';
import { type ConsoleFile, writeConsoleFile } from './console-file.ts';

/**
 * Lets the command line use a plane that the desktop app hosts: a token of its own in console.json, for this launch. Closed,
 * the file holds none and the token, with every browser that it signed in, is at its end.
 */
export class CommandLineDoor {
  #isOpen = false;

  constructor(
    private readonly operators: Pick<Host['operators'], 'admit' | 'dismiss'>,
    private readonly dataDir: string,
    private readonly facts: Omit<ConsoleFile, 'operator_token'>,
    private readonly userName: string,
  ) {
    writeConsoleFile(dataDir, facts);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** @throws the system's error where the file cannot be written; then nobody has a token. */
  set(isOpen: boolean): void {
    if (isOpen === this.#isOpen) return;
    const operatorId = `cli_${this.userName}`;
    if (!isOpen) {
      this.#isOpen = false;
      this.operators.dismiss(operatorId);
      writeConsoleFile(this.dataDir, this.facts);
      return;
    }
    const { token } = this.operators.admit(this.userName, 'admin', operatorId);
    try {
      writeConsoleFile(this.dataDir, { ...this.facts, operator_token: token });
      this.#isOpen = true;
    } catch (error) {
      this.operators.dismiss(operatorId);
      throw error;
    }
  }
}
