import { Download } from 'lucide-react';
import { useState } from 'react';
import type { ArtifactRef, Attempt } from '../../../src-server/contract/job.ts';
import { ROUTES } from '../../../src-server/contract/routes.ts';
import { addressOf } from '../../api/client.ts';
import { sessionHeaders } from '../../api/session-key.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { formatBytes, formatHash } from '../../format/number.ts';
import { Button } from '../../ui/button.tsx';

/** Saves bytes as a file. The route wants the session's header, which a plain link cannot send. */
const save = async (url: string, name: string) => {
  const response = await fetch(url, { headers: sessionHeaders(), credentials: 'same-origin' });
  if (!response.ok) throw new Error(String(response.status));
  const object = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = object;
  link.download = name;
  link.click();
  URL.revokeObjectURL(object);
};

const ArtifactRow = ({ artifact }: { artifact: ArtifactRef }) => {
  const ws = useWorkspaceId();
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle');
  const url = addressOf(ROUTES.artifact.path, { workspace_id: ws, sha256: artifact.sha256 });
  const name = artifact.path.split('/').at(-1) ?? artifact.sha256;
  return (
    <li>
      <span className="mono truncate">{artifact.path}</span>
      <span className="text-2 text-xs">{formatBytes(artifact.size_bytes)}</span>
      <span className="mono text-3" title={artifact.sha256}>
        {formatHash(artifact.sha256)}
      </span>
      <Button
        size="small"
        icon={<Download />}
        isBusy={state === 'busy'}
        busyLabel="Saving"
        aria-label={`Save ${artifact.path}`}
        onClick={() => {
          setState('busy');
          save(url, name).then(
            () => setState('idle'),
            () => setState('failed'),
          );
        }}
      >
        {state === 'failed' ? 'Not saved, try again' : 'Save'}
      </Button>
    </li>
  );
};

/** Files that the attempt brought back. */
export const ArtifactsTab = ({ attempt }: { attempt: Attempt | null }) => {
  if (attempt === null || attempt.artifacts.length === 0) {
    return (
      <p className="log-empty text-2">
        {attempt !== null && attempt.ended_at === null
          ? 'Outputs are kept when the attempt ends.'
          : 'This attempt kept no artifacts.'}
      </p>
    );
  }
  return (
    <ul className="artifacts">
      {attempt.artifacts.map((artifact) => (
        <ArtifactRow key={artifact.path} artifact={artifact} />
      ))}
    </ul>
  );
};
