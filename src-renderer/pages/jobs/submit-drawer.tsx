import { memo, useEffect, useRef } from 'react';
import { useNavigate } from 'react-router';
import { useOverview } from '../../api/overview.ts';
import { useLackOf } from '../../api/session.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { problemText } from '../../components/problem-panel.tsx';
import { keysOf } from '../../keyboard/bindings.ts';
import { routes } from '../../routes.ts';
import { toast } from '../../stores/toasts.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { ModalDrawer } from '../../ui/drawer.tsx';
import { SubmitFields } from './submit-fields.tsx';
import { SubmitPreview } from './submit-preview.tsx';
import { useRestedSpec, useSubmit } from './use-submit.ts';
import './submit-drawer.css';

/** A job as a form, with where it would go if it were submitted now. What was typed stays until it is submitted. */
export const SubmitDrawer = memo(({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) => {
  const ws = useWorkspaceId();
  const navigate = useNavigate();
  const lack = useLackOf('operate');
  const { data: overview } = useOverview();
  const form = useSubmit((jobId) => {
    toast('Job submitted.');
    void navigate(routes.job(ws, jobId));
  });
  const rested = useRestedSpec(isOpen ? form.spec : null);
  const submit = useRef(form.submit);
  submit.current = lack === undefined ? form.submit : () => undefined;
  useEffect(() => {
    if (!isOpen) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey) || event.repeat) return;
      event.preventDefault();
      submit.current();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [isOpen]);
  const isProblemShown = form.problem !== null && !form.isBusy;
  return (
    <ModalDrawer
      isOpen={isOpen}
      title="Submit job"
      onClose={onClose}
      foot={
        <>
          <span className="text-2 text-xs">
            {overview === undefined ? null : `Policy v${overview.policy.version} ${overview.policy.mode}`}
          </span>
          <Button className="push" onClick={onClose}>
            Cancel
          </Button>
          <Button
            look="primary"
            keys={keysOf('form.submit')}
            disabledReason={lack}
            isBusy={form.isBusy}
            busyLabel="Submitting"
            onClick={form.submit}
          >
            Submit
          </Button>
        </>
      }
    >
      <div className="submit-fields">
        <SubmitFields draft={form.draft} errors={form.errors} hint={form.hint} onChange={form.change} />
        {isProblemShown ? (
          <Banner tone="fail" shape="cross-square" role="alert" title="Not submitted">
            {problemText(form.problem)}
          </Banner>
        ) : null}
        <SubmitPreview spec={rested} />
      </div>
    </ModalDrawer>
  );
});
