import type { Demo, DemoScenario, DemoSteer } from '../contract/demo.ts';
import type { HostedWorkspace } from './host.ts';

/** Demos of this process: planes in memory on virtual clocks, apart from everything that the host keeps. */
export interface Demos {
  scenarios(): DemoScenario[];
  /** @throws ProblemError `not_found` when there is no such story. */
  start(scenario: string): Promise<Demo>;
  /** Ids of the workspaces of all demos. */
  workspaceIds(): string[];
  /** The workspace of a demo, to be read like any other; undefined where it is none. */
  hostedOf(workspaceId: string): HostedWorkspace | undefined;
  /** @throws ProblemError `not_found` when it has ended. */
  view(workspaceId: string): Promise<Demo>;
  /** @throws ProblemError `not_found`, also for a story or a runner that there is not. */
  steer(workspaceId: string, wish: DemoSteer): Promise<Demo>;
  end(workspaceId: string): Promise<void>;
  close(): Promise<void>;
}
