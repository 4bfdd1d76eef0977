import type { Demo, DemoScenario, DemoSteer } from '../contract/demo.ts';
import { ProblemError } from '../contract/problems.ts';
import type { Clock, Timers } from '../plane/clock.ts';
import type { Demos } from '../plane/demos-port.ts';
import type { HostedWorkspace } from '../plane/host.ts';
import { Ids } from '../plane/ids.ts';
import type { Random } from '../plane/random.ts';
import { DemoRun } from './demo-run.ts';
import { DemoSession } from './demo-session.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import { StorySoFar } from './story-so-far.ts';

/** Demos at a time; one more ends the one that was not looked at for longest. */
const DEMOS_MAX = 4;

/** The demos of this process. Nothing of them is written anywhere, and nothing here knows of the host's workspaces. */
export class MemoryDemos implements Demos {
  private readonly sessions = new Map<string, DemoSession>();
  private readonly foretold = new Map<string, StorySoFar>();
  private readonly ids: Ids;

  constructor(private readonly parts: { clock: Clock; timers: Timers; random: Random }) {
    this.ids = new Ids(parts.clock, parts.random);
  }

  scenarios(): DemoScenario[] {
    return SCENARIOS.map(({ name, title, about, steps }) => ({
      name,
      title,
      about,
      duration_ms: steps.reduce((sum, step) => sum + (step.do === 'wait' ? step.ms : 0), 0),
    }));
  }

  async start(scenario: string): Promise<Demo> {
    const story = storyOf(scenario);
    const oldest = [...this.sessions.values()].sort((a, b) => a.seenMs - b.seenMs)[0];
    if (this.sessions.size >= DEMOS_MAX && oldest !== undefined) await this.end(oldest.workspaceId);
    const id = this.ids.make('workspace');
    const { clock, timers } = this.parts;
    const session = await DemoSession.start(id, story, { clock, timers, storyOf, foretell: (of) => this.foretell(of) });
    this.sessions.set(id, session);
    return session.view();
  }

  workspaceIds(): string[] {
    return [...this.sessions.keys()];
  }

  hostedOf(workspaceId: string): HostedWorkspace | undefined {
    return this.sessions.get(workspaceId)?.hosted;
  }

  async view(workspaceId: string): Promise<Demo> {
    return this.session(workspaceId).view();
  }

  async steer(workspaceId: string, wish: DemoSteer): Promise<Demo> {
    return this.session(workspaceId).steer(wish);
  }

  async end(workspaceId: string): Promise<void> {
    const session = this.session(workspaceId);
    this.sessions.delete(workspaceId);
    await session.close();
  }

  async close(): Promise<void> {
    for (const id of this.workspaceIds()) await this.end(id);
  }

  private session(workspaceId: string): DemoSession {
    const session = this.sessions.get(workspaceId);
    if (session === undefined)
      throw new ProblemError('not_found', 'This demo has ended. Begin another on the Demo screen.');
    return session;
  }

  private async foretell(story: Scenario): Promise<StorySoFar> {
    const known = this.foretold.get(story.name);
    if (known !== undefined) return known;
    const told = new StorySoFar(Date.parse(story.start));
    const run = await DemoRun.start(story, told.tell);
    await run.advanceTo(run.endsAtMs);
    await run.stage.plane.stop();
    this.foretold.set(story.name, told);
    return told;
  }
}

function storyOf(name: string): Scenario {
  const story = SCENARIOS.find((each) => each.name === name);
  if (story === undefined)
    throw new ProblemError('not_found', 'There is no such story. GET /api/v1/demo/scenarios names them.');
  return story;
}
