import { TextField } from '../../ui/field.tsx';
import { type ClusterDraft, clusterErrors } from './cluster-options.ts';

interface ClusterFieldsProps {
  draft: ClusterDraft;
  onChange: (change: Partial<ClusterDraft>) => void;
}

/** What doctor and run need to know of the cluster; the commands below follow as one types. */
export const ClusterFields = ({ draft, onChange }: ClusterFieldsProps) => {
  const errors = clusterErrors(draft);
  const field = (name: keyof ClusterDraft) => ({
    isMono: true,
    autoComplete: 'off',
    spellCheck: false,
    value: draft[name],
    ...(errors[name] === undefined ? {} : { error: errors[name] }),
    onChange: (event: { target: { value: string } }) => onChange({ [name]: event.target.value.trim() }),
  });
  return (
    <section className="step-part" aria-label="Jobs in the cluster">
      <h3>Jobs in the cluster</h3>
      <TextField
        label="Helper image"
        placeholder="registry.example/busybox@sha256:…"
        hint="By digest, with a static /bin/busybox. Empty: this runner takes no Kubernetes jobs."
        {...field('helper')}
      />
      <div className="step-pair">
        <TextField
          label="Kubeconfig"
          placeholder="~/.kube/runner.json"
          hint="In JSON form. Empty where the runner is in a pod itself."
          {...field('kubeconfig')}
        />
        <TextField
          label="Namespace"
          placeholder="default"
          hint="Empty: the one of the kubeconfig or the pod."
          {...field('namespace')}
        />
      </div>
    </section>
  );
};
