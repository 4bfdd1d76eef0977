import { NOT_PROVEN } from '../../contract/not-proven.ts';
import { originOf } from '../note/checkpoint.ts';
import type { LeftOut } from './layout.ts';
import { SSHSIG_NAMESPACE, sshFingerprint, sshPublicKey } from './sshsig.ts';

/** What README.txt tells an auditor. */
export interface ReadmeFacts {
  workspaceId: string;
  /** What was exported, in words. */
  about: string;
  entryCount: number;
  checkpointSize: number;
  rawKey: Uint8Array;
  fingerprint: string;
  leftOut: readonly LeftOut[];
}

/** README.txt: how to verify without our code, and what all of it does not prove. */
export function bundleReadme(facts: ReadmeFacts): string {
  const { workspaceId, about, entryCount, checkpointSize, rawKey, fingerprint, leftOut } = facts;
  const origin = originOf(workspaceId);
  return `CONNECTED COMPUTE EVIDENCE
==========================
${about}
Workspace ${workspaceId}: ${entryCount} of the ${checkpointSize} entries that the checkpoint covers.

The key that signed all of this
  ${fingerprint}
  ${sshFingerprint(rawKey)}   (the same key as ssh-keygen -lf shows it)
A bundle can carry any key. Compare the first line with a fingerprint that you have from elsewhere:
the console's Settings, a runner's printed command, or the operator in person.

VERIFY EVERYTHING
  python3 verify.py BUNDLE.tar --key ${fingerprint}
  connected-compute evidence verify BUNDLE.tar --key ${fingerprint}
Exit code: 0 intact, 1 something was changed, 2 not in the exact form of a bundle, 3 another key,
4 a file is missing or extra. verify.py needs the standard library and openssl, nothing of ours.
If you do not trust the copy in here, take it from the source code of the program.

VERIFY BY HAND (in the unpacked folder)
  The key is the one above:
    openssl pkey -pubin -in log-key.pem -outform DER | tail -c 32 | openssl dgst -sha256 -binary | base64
  Every file is as it was exported:
    sha256sum -c manifest.sha256
    base64 -d manifest.sig > manifest.sig.bin
    openssl pkeyutl -verify -pubin -inkey log-key.pem -rawin -in manifest.sha256 -sigfile manifest.sig.bin
  The log's key signed the checkpoint:
    sed '/^$/,$d' checkpoint > checkpoint.txt
    grep '^— ${origin} ' checkpoint | cut -d ' ' -f 3 | base64 -d | tail -c 64 > checkpoint.sig
    openssl pkeyutl -verify -pubin -inkey log-key.pem -rawin -in checkpoint.txt -sigfile checkpoint.sig
  The same with SSH:
    echo '${origin} namespaces="${SSHSIG_NAMESPACE}" ${sshPublicKey(rawKey)}' > allowed_signers
    ssh-keygen -Y verify -f allowed_signers -I ${origin} -n ${SSHSIG_NAMESPACE} -s checkpoint.sshsig < checkpoint.txt

WHAT IS IN HERE
  entries/     exact lines of the log; each names the SHA-256 of the line before it
  proofs/      C2SP tlog-proof v1: the entry stands in the tree of the checkpoint at its number (RFC 6962)
  checkpoint   C2SP signed note: size and root of the log, signed by the log, cosigned by runners that saw it
  receipts/    DSSE envelopes of in-toto statements: .run by the runner's own key, .settlement and
               .provenance by the log's key, .late a runner's word that came after its lease was over
  artifacts/   outputs and logs, each under its SHA-256; names and paths stand in the receipts
  trust.json   the keys, and the entries that registered those of the runners

LEFT OUT
${leftOut.length === 0 ? '  Nothing that these entries name.' : leftOut.map(({ sha256, reason }) => `  ${sha256}  ${REASONS[reason]}`).join('\n')}
Secrets were taken out of every log before it left its runner; each run receipt says how many times.

WHAT THIS DOES NOT PROVE
${NOT_PROVEN.map(({ what, because }) => folded(`  - ${what}: ${because}`)).join('\n')}
`;
}

const REASONS: Readonly<Record<LeftOut['reason'], string>> = {
  not_kept: 'its bytes are no longer kept',
  too_large: 'it would have made the bundle larger than a verifier reads',
};

/** Broken between words before column 100, the rest of a point below its first word. */
const folded = (line: string): string => line.replace(/(.{1,96})(?: |$)/g, '$1\n    ').trimEnd();
