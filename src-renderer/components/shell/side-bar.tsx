import { NavLink } from 'react-router';
import { useOverview } from '../../api/overview.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { formatCount } from '../../format/number.ts';
import { keysOf } from '../../keyboard/bindings.ts';
import { KeyCaps } from '../../ui/key-caps.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { APPROVAL_LOOKS } from '../../ui/state-vocabulary.ts';
import { NAVIGATION } from './navigation.ts';
import './side-bar.css';

/** The screens, with what waits in them. */
export const SideBar = () => {
  const ws = useWorkspaceId();
  const { data } = useOverview();
  const approvals = data === undefined ? 0 : data.questions.approvals + data.questions.admissions;
  const counts: Record<string, number | undefined> = {
    jobs: data?.queue.depth,
    leases: data?.leases.active,
    approvals: approvals === 0 ? undefined : approvals,
    sources: data?.source_counts.total,
  };
  return (
    <nav className="side-bar" aria-label="Main">
      {NAVIGATION.map(({ id, label, icon: Icon, command, href, group, isAtFoot }) => (
        <div key={id} className={isAtFoot ? 'side-entry is-at-foot' : 'side-entry'}>
          {group === undefined ? null : <div className="side-group">{group}</div>}
          <NavLink
            className="side-link"
            to={href(ws)}
            title={label}
            data-asks={id === 'approvals' && approvals > 0 ? '' : undefined}
          >
            <Icon size={16} aria-hidden="true" />
            <span className="side-label">{label}</span>
            {counts[id] === undefined ? null : (
              <span className="side-count">
                {id === 'approvals' ? <StateGlyph shape={APPROVAL_LOOKS.pending.shape} size={14} /> : null}
                {formatCount(counts[id])}
              </span>
            )}
            <KeyCaps keys={keysOf(command)} />
          </NavLink>
        </div>
      ))}
    </nav>
  );
};
