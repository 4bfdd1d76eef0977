import { Link } from 'react-router';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { formatClock } from '../../format/instant.ts';
import { routes } from '../../routes.ts';
import { useRealNow } from '../../stores/clock.ts';
import { useConnection } from '../../stores/connection.ts';
import { useRemoteOf } from '../../stores/places.ts';
import { Banner } from '../../ui/banner.tsx';

/** A reconnect that takes less than this is not worth a word. */
const PATIENCE_MS = 3_000;

/** Says when what is on screen no longer follows the control plane, and from when it is. */
export const ConnectionBanner = () => {
  const { state, heardAt, since } = useConnection();
  const clock = useRealNow();
  const ws = useWorkspaceId();
  const remote = useRemoteOf(ws);
  if (state === 'token_refused') {
    return (
      <Banner
        tone="wait"
        shape="triangle"
        role="alert"
        title={`${remote?.url ?? 'The remote workspace'} does not accept its token any more.`}
        end={<Link to={`${routes.settings(ws)}#workspaces`}>Give it a new one</Link>}
      >
        Nothing here is renewed until it does.
      </Banner>
    );
  }
  if (state === 'signed_out') {
    return (
      <Banner tone="wait" shape="triangle" role="alert" title="You are signed out.">
        Ask for a new sign-in link: <code>node out/cli.mjs console --data-dir DIR</code>
      </Banner>
    );
  }
  if (state !== 'reconnecting' || clock - since < PATIENCE_MS) return null;
  const shown = heardAt === null ? '' : ` Shown data is from ${formatClock(heardAt)}.`;
  return (
    <Banner
      tone="wait"
      shape="triangle"
      role="status"
      title={remote === null ? 'The control plane stopped answering.' : `${remote.url} does not answer.`}
    >
      {`${shown} Leases keep running.`.trim()}
    </Banner>
  );
};
