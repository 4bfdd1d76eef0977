import { useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { endDemo, startDemo, useDemo, useDemoScenarios, useIsDemo } from '../../api/demo.ts';
import { useOwnSession } from '../../api/session.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { Page } from '../../components/page.tsx';
import { ProblemPanel } from '../../components/problem-panel.tsx';
import { routes } from '../../routes.ts';
import { Button } from '../../ui/button.tsx';
import { DemoBoard } from './demo-board.tsx';
import { ScenarioList } from './scenario-list.tsx';
import './demo-page.css';

const SUB = 'Simulated sources on a virtual clock, same rules as the real control plane';

/** Learn routing and leases in minutes: a story that the real rules play, with chaos to try them. */
export const DemoPage = () => (useIsDemo(useWorkspaceId()) ? <RunningDemo /> : <ChooseDemo />);

/** No demo is on: the stories, each one click from playing. */
const ChooseDemo = () => {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [problem, setProblem] = useState<unknown>(null);
  const scenarios = useDemoScenarios();
  const begin = (name: string): void => {
    startDemo(client, name).then((ws) => navigate(routes.demo(ws)), setProblem);
  };
  return (
    <Page title="Demo" sub={SUB}>
      {problem === null ? null : <ProblemPanel error={problem} />}
      {scenarios.error === null ? null : (
        <ProblemPanel error={scenarios.error} onRetry={() => void scenarios.refetch()} />
      )}
      <div className="demo-choose">
        <p className="text-2">
          Choose a story. It runs on a control plane of its own, in memory. Demo data is never written to your ledger.
        </p>
        <ScenarioList scenarios={scenarios.data ?? []} chosen={null} onChoose={begin} />
      </div>
    </Page>
  );
};

const RunningDemo = () => {
  const ws = useWorkspaceId();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data, error, refetch } = useDemo();
  const own = useOwnSession().data?.workspaces[0]?.workspace_id;
  const leave = async (): Promise<void> => {
    if (own !== undefined) await navigate(routes.overview(own));
    await endDemo(client, ws);
  };
  return (
    <Page
      title="Demo"
      sub={SUB}
      isFlush
      actions={
        <Button icon={<X size={16} aria-hidden="true" />} onClick={() => void leave()}>
          Leave demo
        </Button>
      }
    >
      {data === undefined ? (
        error === null ? null : (
          <ProblemPanel error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <DemoBoard demo={data} />
      )}
    </Page>
  );
};
