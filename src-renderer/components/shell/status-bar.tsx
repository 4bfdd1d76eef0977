import { Route } from 'lucide-react';
import { useIsDemo } from '../../api/demo.ts';
import { useOverview } from '../../api/overview.ts';
import { useSession } from '../../api/session.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { formatDayClock } from '../../format/instant.ts';
import { formatSeq } from '../../format/number.ts';
import { useNow } from '../../stores/clock.ts';
import { type ConnectionState, useConnection } from '../../stores/connection.ts';
import { useRemoteOf } from '../../stores/places.ts';
import { useUi } from '../../stores/ui.ts';
import { KeyCaps } from '../../ui/key-caps.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { CHAIN_LOOKS } from '../../ui/state-vocabulary.ts';
import './status-bar.css';

const WORDS: Readonly<Record<ConnectionState, string>> = {
  connecting: 'connecting',
  live: 'healthy',
  reconnecting: 'not answering',
  signed_out: 'signed out',
  token_refused: 'token refused',
};

const PlaneState = () => {
  const state = useConnection((connection) => connection.state);
  const { data } = useSession();
  const ws = useWorkspaceId();
  const remote = useRemoteOf(ws);
  const isDemo = useIsDemo(ws);
  const isEmbedded = remote === null && (data?.plane.hosted_by === 'desktop' || data?.plane.loopback_only);
  const place = remote === null ? (isEmbedded ? 'embedded, ' : '') : `${new URL(remote.url).host}, `;
  return (
    <span data-tone={state === 'live' ? 'ok' : state === 'connecting' ? 'idle' : 'wait'}>
      <StateGlyph
        shape={state === 'live' ? 'dot-ring' : state === 'connecting' ? 'dashed-circle' : 'triangle'}
        size={12}
      />
      Control plane <b>{isDemo && state === 'live' ? 'simulated' : `${place}${WORDS[state]}`}</b>
    </span>
  );
};

const Clock = () => <span>{formatDayClock(useNow())}</span>;

/** The edge of what is known: plane, policy, chain, last token, time. */
export const StatusBar = () => {
  const { data } = useOverview();
  const isDemo = useIsDemo(useWorkspaceId());
  const chain = data?.chain.verified === false ? CHAIN_LOOKS.broken : CHAIN_LOOKS.verified;
  return (
    <footer className="status-bar">
      <PlaneState />
      {data === undefined ? null : (
        <>
          <span>
            <Route size={12} aria-hidden="true" />
            Policy{' '}
            <b>
              v{data.policy.version} {data.policy.mode}
            </b>
          </span>
          <span className="hide-narrow" data-tone={chain.tone}>
            <StateGlyph shape={chain.shape} size={12} />
            {data.chain.verified ? 'Chain verified to' : 'Chain broken at'} <b>{formatSeq(data.chain.seq)}</b>
          </span>
          <span className="hide-narrow">
            <StateGlyph shape="fence" size={12} />
            {data.fence === 0 ? 'No token yet' : 'Last token'} {data.fence === 0 ? null : <b>{data.fence}</b>}
          </span>
        </>
      )}
      <span className="grow" />
      {isDemo ? <span className="demo-promise">Demo data is never written to your ledger.</span> : <Clock />}
      <button type="button" onClick={() => useUi.getState().setShortcutsOpen(true)}>
        <KeyCaps keys={['?']} />
        Shortcuts
      </button>
    </footer>
  );
};
