import { Bell } from 'lucide-react';
import { useState } from 'react';
import { useOverview } from '../../api/overview.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { Button } from '../../ui/button.tsx';
import { Popover } from '../../ui/popover.tsx';
import { lately } from '../needs/lately.ts';
import { needHref, needLook } from '../needs/need-look.ts';
import { NeedRow } from '../needs/need-row.tsx';
import './notices.css';

/** The bell: what needs a person on any screen, what was lost, refused or went away lately, each with the way there. */
export const Notices = () => {
  const ws = useWorkspaceId();
  const [isOpen, setOpen] = useState(false);
  const { data } = useOverview();
  const needs = data?.needs_you ?? [];
  const late = data === undefined ? [] : lately(ws, data);
  const close = () => setOpen(false);
  const name =
    needs.length === 0
      ? 'Notifications'
      : `Notifications: ${needs.length} ${needs.length === 1 ? 'needs' : 'need'} you`;
  return (
    <Popover
      label="Notifications"
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={
        <Button
          look="ghost"
          className={needs.length === 0 ? '' : 'has-notice'}
          icon={<Bell aria-hidden="true" />}
          label={name}
        />
      }
    >
      <div className="notices">
        <h2>Needs you</h2>
        {needs.length === 0 ? (
          <p className="text-2 text-xs">Nothing needs you now.</p>
        ) : (
          <ul>
            {needs.map((need) => (
              <li key={`${need.kind} ${need.title}`}>
                <NeedRow
                  look={needLook(need)}
                  title={need.title}
                  detail={need.detail}
                  to={needHref(ws, need)}
                  onFollow={close}
                />
              </li>
            ))}
          </ul>
        )}
        {late.length === 0 ? null : (
          <>
            <h2>Lately</h2>
            <ul>
              {late.map(({ id, ...notice }) => (
                <li key={id}>
                  <NeedRow {...notice} onFollow={close} />
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </Popover>
  );
};
