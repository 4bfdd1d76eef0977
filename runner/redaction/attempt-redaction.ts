import { join } from 'node:path';
import type { OutputFile } from '../output-files.ts';
import { redactFile } from './redact-file.ts';
import { RedactionRules, Redactor, redactText, redactWhole } from './redactor.ts';
import type { Secret } from './secret-forms.ts';

/** Digests of credentials that one attempt may tell; a job that prints thousands is told once it did. */
const EXPOSED_LIMIT = 100;

/** What one attempt hides: its secrets and whatever looks like a credential, in logs, artifacts and words. */
export class AttemptRedaction {
  readonly #rules: RedactionRules;
  readonly #streams: Redactor[] = [];
  readonly #exposed = new Set<string>();
  #places = 0;

  /** @param onExposed takes the SHA-256 of something that looks like a credential, once each. */
  constructor(
    secrets: readonly Secret[],
    private readonly onExposed: (sha256: string) => void,
  ) {
    this.#rules = new RedactionRules(secrets);
  }

  /** A redactor for one output stream. */
  stream(): Redactor {
    const redactor = new Redactor(this.#rules, this.#expose);
    this.#streams.push(redactor);
    return redactor;
  }

  /** Words for people or the record. */
  text(text: string): string {
    return redactText(text, this.#rules);
  }

  /** What a tool gives to an agent, and what is recorded of it: output like a stream's, so counted and told like one. */
  told(text: string): string {
    const redactor = new Redactor(this.#rules, this.#expose);
    const shown = redactWhole(text, redactor);
    this.#places += redactor.redactions;
    return shown;
  }

  /**
   * Redacts one output in its place. Returns it as it is now, or why it is not taken, which names no secret.
   * @param scratch a folder of the attempt's own, beside what is collected.
   */
  async output(output: OutputFile, workDir: string, scratch: string): Promise<OutputFile | string> {
    if (this.text(output.path) !== output.path) return 'its name holds a secret';
    const result = await redactFile(join(workDir, output.path), join(scratch, 'redacted'), this.#rules, this.#expose);
    if (result.kind === 'binary') return 'it holds a secret, and it is no text in which that could be redacted';
    if (result.kind === 'clean') return output;
    this.#places += result.places;
    return { path: output.path, sizeBytes: result.sizeBytes };
  }

  /** Places hidden so far, in streams, outputs and what tools told. */
  get redactions(): number {
    return this.#places + this.#streams.reduce((sum, { redactions }) => sum + redactions, 0);
  }

  #expose = (sha256: string): void => {
    if (this.#exposed.has(sha256) || this.#exposed.size >= EXPOSED_LIMIT) return;
    this.#exposed.add(sha256);
    this.onExposed(sha256);
  };
}
