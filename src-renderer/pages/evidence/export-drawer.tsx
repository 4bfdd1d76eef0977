import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { callFile } from '../../api/client.ts';
import { download } from '../../api/download.ts';
import { useSession } from '../../api/session.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { problemText } from '../../components/problem-panel.tsx';
import { formatBytes, formatCount } from '../../format/number.ts';
import { toast } from '../../stores/toasts.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ModalDrawer } from '../../ui/drawer.tsx';
import { TextField } from '../../ui/field.tsx';
import { Section } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { CHAIN_LOOKS } from '../../ui/state-vocabulary.ts';
import { bundleName, type ExportDraft, type ExportScope, readExport } from './export-request.ts';

const SCOPES: readonly { value: ExportScope; label: string }[] = [
  { value: 'job', label: 'One job' },
  { value: 'wu', label: 'One WU' },
  { value: 'range', label: 'Range' },
  { value: 'all', label: 'Everything' },
];
const INCLUDES = [
  ['Entries', 'exact bytes, each with its inclusion proof'],
  ['Receipts', 'run and settlement, signed (DSSE)'],
  ['Artifacts', 'by digest'],
  ['Checkpoint and keys', 'signed note, trust.json, verify.py'],
] as const;

interface ExportDrawerProps {
  isOpen: boolean;
  head: number;
  /** The entry that is open, where the range begins. */
  from: number | null;
  onClose: () => void;
}

/** A bundle that others verify without this plane: of a job, a work unit, a range or everything. */
export const ExportDrawer = ({ isOpen, head, from, onClose }: ExportDrawerProps) => {
  const ws = useWorkspaceId();
  const { data: session } = useSession();
  const [typed, setTyped] = useState<Partial<ExportDraft>>({});
  const [problem, setProblem] = useState<string>();
  const draft: ExportDraft = {
    scope: 'range',
    jobId: '',
    wuId: '',
    from: String(from ?? Math.max(0, head - 99)),
    to: String(head),
    ...typed,
  };
  const set = (change: Partial<ExportDraft>) => {
    setProblem(undefined);
    setTyped((before) => ({ ...before, ...change }));
  };
  const send = useMutation({
    mutationFn: async () => {
      const read = readExport(draft, head);
      if ('problem' in read) {
        setProblem(read.problem);
        return null;
      }
      const file = await callFile('evidenceExport', { params: { workspace_id: ws }, body: read.request });
      download(file, bundleName(read.request));
      return { name: bundleName(read.request), bytes: file.size };
    },
    onSuccess: (done) => {
      if (done === null) return;
      toast(`${done.name} exported, ${formatBytes(done.bytes)}.`);
      onClose();
    },
  });
  const key = session?.plane.fingerprint ?? '';
  const command = `python3 verify.py FILE --key ${key}`;
  return (
    <ModalDrawer
      isOpen={isOpen}
      title="Export evidence bundle"
      onClose={onClose}
      foot={
        <>
          <Button className="push" onClick={onClose}>
            Cancel
          </Button>
          <Button
            look="primary"
            icon={<Download />}
            isBusy={send.isPending}
            busyLabel="Exporting"
            onClick={() => send.mutate()}
          >
            Export
          </Button>
        </>
      }
    >
      <form
        className="stack export-form"
        onSubmit={(event) => {
          event.preventDefault();
          send.mutate();
        }}
      >
        <Segmented isWide label="Range" value={draft.scope} choices={SCOPES} onChange={(scope) => set({ scope })} />
        {draft.scope === 'range' ? (
          <div className="export-range">
            <TextField label="From" value={draft.from} onChange={(event) => set({ from: event.target.value })} />
            <TextField label="To" value={draft.to} onChange={(event) => set({ to: event.target.value })} />
          </div>
        ) : null}
        {draft.scope === 'job' ? (
          <TextField
            label="Job"
            isMono
            placeholder="job_…"
            value={draft.jobId}
            onChange={(event) => set({ jobId: event.target.value })}
          />
        ) : null}
        {draft.scope === 'wu' ? (
          <TextField
            label="WU"
            placeholder="WU-2481"
            value={draft.wuId}
            onChange={(event) => set({ wuId: event.target.value })}
          />
        ) : null}
        {draft.scope === 'all' ? (
          <p className="text-2">
            {head === 0 ? 'The one entry' : `All ${formatCount(head + 1)} entries`} of this workspace.
          </p>
        ) : null}
        {problem === undefined && send.error === null ? null : (
          <p className="field-error" role="alert">
            {problem ?? problemText(send.error)}
          </p>
        )}
        <button type="submit" hidden>
          Export
        </button>
      </form>
      <Section title="Includes">
        <ul className="export-includes">
          {INCLUDES.map(([name, what]) => (
            <li key={name}>
              <StateGlyph shape={CHAIN_LOOKS.verified.shape} />
              <span className="medium">{name}</span>
              <span className="text-2 text-xs">{what}</span>
            </li>
          ))}
        </ul>
      </Section>
      <Section title="Verify">
        <Banner tone="ok" shape={CHAIN_LOOKS.verified.shape} title="Can be verified offline.">
          <code>{command}</code> needs openssl only: no network, no account, no keys taken from the bundle.
          <div className="export-copy">
            <CopyButton size="small" text={command}>
              Copy command
            </CopyButton>
          </div>
        </Banner>
        <p className="log-note">
          A bundle shows what was decided and recorded, and that nothing of it was changed. It does not prove that the
          work was done well, that a source told the truth, or what was never recorded. Keys that leave the bundle with
          it prove nothing: hold it against a fingerprint that you got another way.
        </p>
      </Section>
    </ModalDrawer>
  );
};
