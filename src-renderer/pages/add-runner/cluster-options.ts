import { imageByDigest } from '../../../src-server/contract/job.ts';
import type { Commands } from '../../../src-server/contract/source.ts';

/** Where Kubernetes jobs of a runner run; all empty for one that runs none. */
export interface ClusterDraft {
  helper: string;
  /** A path on the runner's side; empty in a pod of the cluster. */
  kubeconfig: string;
  namespace: string;
}
type ClusterErrors = Partial<Record<keyof ClusterDraft, string>>;

/** A DNS label, as the cluster takes it. */
const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** Words that no shell reads anything into; a tilde is meant as the home of whoever pastes. */
const PLAIN = /^[\w./~:@=+-]+$/;

/** Reads it from the address of the wizard, where it stands so that a reload keeps it; none of it is secret. */
export const readCluster = (search: URLSearchParams): ClusterDraft => ({
  helper: search.get('helper') ?? '',
  kubeconfig: search.get('kubeconfig') ?? '',
  namespace: search.get('namespace') ?? '',
});

/** What is wrong, by field. */
export const clusterErrors = ({ helper, kubeconfig, namespace }: ClusterDraft): ClusterErrors => ({
  ...(helper === '' && (kubeconfig !== '' || namespace !== '')
    ? { helper: 'A cluster needs it: it stands around each job.' }
    : {}),
  ...(helper !== '' && !imageByDigest.safeParse(helper).success
    ? { helper: 'An image with its digest, like registry.example/busybox@sha256:….' }
    : {}),
  ...(kubeconfig.includes('\n') ? { kubeconfig: 'One path.' } : {}),
  ...(namespace !== '' && !NAMESPACE.test(namespace) ? { namespace: 'Small letters, digits and dashes.' } : {}),
});

const QUOTED: Readonly<Record<keyof Commands, (word: string) => string>> = {
  bash: (word) => `'${word.replaceAll("'", "'\\''")}'`,
  powershell: (word) => `'${word.replaceAll("'", "''")}'`,
};
/** How a line goes on in the next. */
const NEXT_LINE: Readonly<Record<keyof Commands, string>> = { bash: '\\', powershell: '`' };

/** The printed commands with what doctor and run need to know of the cluster; as they were where a field is wrong. */
export const withCluster = (commands: Commands, draft: ClusterDraft): Commands => {
  if (draft.helper === '' || Object.keys(clusterErrors(draft)).length > 0) return commands;
  const options = [
    ['--kube-helper', draft.helper],
    ['--kubeconfig', draft.kubeconfig],
    ['--kube-namespace', draft.namespace],
  ].filter(([, value]) => value !== '');
  const ofShell = (shell: keyof Commands): Commands['bash'] => {
    const word = (text: string) => (PLAIN.test(text) ? text : QUOTED[shell](text));
    const words = options.map(([name = '', value = '']) => `${name} ${word(value)}`).join(' ');
    const added = (command: string) => `${command} ${NEXT_LINE[shell]}\n  ${words}`;
    const { connect, doctor, run } = commands[shell];
    return { connect, doctor: added(doctor), run: added(run) };
  };
  return { bash: ofShell('bash'), powershell: ofShell('powershell') };
};
