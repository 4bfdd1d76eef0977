import { Globe } from 'lucide-react';
import type { Source } from '../../../src-server/contract/source.ts';
import { LabelChips } from '../../ui/chip.tsx';
import { KIND_LABELS } from '../../ui/kind-icon.tsx';
import { Facts } from '../../ui/panel.tsx';
import { SideMark } from '../../ui/side-mark.tsx';
import { nameOf, PLACES, slotsOf, type WizardDraft } from './wizard-draft.ts';

interface WizardSummaryProps {
  draft: WizardDraft;
  /** Once enrolled: what the plane knows of it. */
  source: Source | null;
  workspace: string;
}

/** What is being enrolled. */
export const WizardSummary = ({ draft, source, workspace }: WizardSummaryProps) => {
  const pinned = source === null ? (draft.computeClass === 'detect' ? null : draft.computeClass) : source.pinned_class;
  const detected = source?.compute_class ?? null;
  return (
    <aside className="wizard-summary" aria-label="Summary">
      <h3>New runner</h3>
      <Facts
        items={[
          ['Kind', KIND_LABELS[source?.kind ?? PLACES[draft.place].kind]],
          ['Class', pinned ?? detected ?? 'Detected at connect'],
          ['Slots', source === null ? slotsOf(draft) : String(source.capacity)],
          ['Side', <SideMark key="side" side="byoc" />],
          ['Name', source?.name ?? nameOf(draft)],
          ['Workspace', workspace],
          ['Labels', <LabelChips key="labels" labels={source?.labels ?? draft.labels} />],
        ]}
      />
      <div className="wizard-note">
        <Globe size={16} aria-hidden="true" />
        <p>
          <b>Not a tunnel.</b> A runner executes approved work. It never becomes a proxy into this network.
        </p>
      </div>
    </aside>
  );
};
