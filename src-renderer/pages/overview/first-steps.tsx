import { Check, Plug, Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Overview } from '../../../src-server/contract/workspace.ts';
import { useMachine } from '../../api/machine.ts';
import { useLackOf } from '../../api/session.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { keysOf } from '../../keyboard/bindings.ts';
import { routes } from '../../routes.ts';
import { buttonClass } from '../../ui/button.tsx';
import { KeyCaps } from '../../ui/key-caps.tsx';
import './first-steps.css';

const Step = ({
  number,
  isDone,
  title,
  children,
}: {
  number: number;
  isDone: boolean;
  title: string;
  children: ReactNode;
}) => (
  <li className="first-step" data-done={isDone || undefined}>
    <span className="first-number" aria-hidden="true">
      {isDone ? <Check size={14} /> : number}
    </span>
    <div className="stack">
      <h3>
        {title}
        {isDone ? <span className="visually-hidden">, done</span> : null}
      </h3>
      {children}
    </div>
  </li>
);

/** A fresh workspace: what it is for, and the two steps to the first decision. */
export const FirstSteps = ({ data }: { data: Overview }) => {
  const ws = useWorkspaceId();
  const lack = useLackOf('operate');
  // In one step, where the console runs beside the machine that it could use.
  const { data: machine } = useMachine();
  const isMachineOffered = machine !== undefined && machine.enrollment === null && machine.lack === null;
  const hasSource = data.source_counts.total > 0;
  return (
    <section className="first-steps" aria-labelledby="first-title">
      <h2 id="first-title">{data.workspace.name} is ready</h2>
      <p className="text-2">
        Jobs run on compute that you operate. Each one says where it went and why, and every decision is kept as
        evidence.
      </p>
      <ol>
        <Step number={1} isDone={hasSource} title="Add a runner">
          <p className="text-2">
            This machine, a CI runner, a Docker host or a Kubernetes worker. Three commands, Node 20 or newer, nothing
            to install and nothing that listens.
          </p>
          <span className="row">
            <Link className={buttonClass(hasSource ? 'default' : 'primary')} to={routes.addRunner(ws)}>
              <Plug aria-hidden="true" />
              Add runner
              <KeyCaps keys={keysOf('runner.add')} />
            </Link>
            {isMachineOffered ? (
              <Link className={buttonClass()} to={`${routes.settings(ws)}#this-machine`}>
                Use this machine
              </Link>
            ) : null}
          </span>
        </Step>
        <Step number={2} isDone={false} title="Submit a job">
          <p className="text-2">
            A command with its class and limits. Before you submit, the form shows where it would run now; a job without
            a source waits and says what it waits for.
          </p>
          <Link className={buttonClass(hasSource ? 'primary' : 'default')} to={routes.submitJob(ws)}>
            <Plus aria-hidden="true" />
            Submit job
            <KeyCaps keys={keysOf('job.submit')} />
          </Link>
        </Step>
      </ol>
      <p className="text-2 text-xs">
        <Link className="text-link" to={routes.demo(ws)}>
          Watch a demo
        </Link>{' '}
        on simulated sources, without touching anything here. Policy v{data.policy.version} {data.policy.mode}: your own
        sources first, managed only when you say so.
        {lack === undefined ? null : ` ${lack}`}
      </p>
    </section>
  );
};
