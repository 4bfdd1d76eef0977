/** Files that every bundle holds. */
export const FIXED_FILES = [
  'README.txt',
  'checkpoint',
  'checkpoint.sshsig',
  'log-key.pem',
  'manifest.sha256',
  'manifest.sig',
  'trust.json',
  'verify.py',
] as const;
/** The manifest names every file but itself and its signature. */
export const UNLISTED_FILES: ReadonlySet<string> = new Set(['manifest.sha256', 'manifest.sig']);

const SEQ_DIGITS = 12;
const seqText = (seq: number): string => String(seq).padStart(SEQ_DIGITS, '0');
export const entryName = (seq: number): string => `entries/${seqText(seq)}.json`;
export const proofName = (seq: number): string => `proofs/${seqText(seq)}.tlog-proof`;
export const artifactName = (sha256: string): string => `artifacts/${sha256}`;

const VARIABLE_FILE =
  /^(entries\/\d{12}\.json|proofs\/\d{12}\.tlog-proof|artifacts\/[0-9a-f]{64}|receipts\/lse_[0-9A-Z]{26}\.(run|settlement|provenance|late)\.dsse\.json)$/;
export const isBundleFile = (name: string): boolean =>
  (FIXED_FILES as readonly string[]).includes(name) || VARIABLE_FILE.test(name);

/** Why bytes that an entry names are not in the bundle. */
export const LEFT_OUT_REASONS = ['not_kept', 'too_large'] as const;
/** A mark of bytes that are named and not there. */
export interface LeftOut {
  sha256: string;
  reason: (typeof LEFT_OUT_REASONS)[number];
}
/** `trust.json`: which keys the bundle's signatures are of. A verifier trusts none of them for standing here. */
export interface Trust {
  origin: string;
  /** Base64 of the 32 raw bytes. */
  log_key: string;
  runner_keys: { session_id: string; public_key: string; entry_seq: number }[];
  left_out: LeftOut[];
}

export const WORKSPACE_ORIGIN = /^connected-compute\/(ws_[0-9A-HJKMNP-TV-Z]{26})$/;
