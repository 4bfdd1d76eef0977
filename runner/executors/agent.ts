import type { ActionRecorder } from '../agent/action-recorder.ts';
import { AgentDoor } from '../agent/agent-door.ts';
import type { GatewayModule } from '../agent/gateway-module.ts';
import { Governor, type GovernorDependencies } from '../agent/governor.ts';
import { ProcessGroup } from '../agent/process-group.ts';
import { doCall } from '../agent/tools.ts';
import type { ConnectionRecord } from '../confinement/connection-log.ts';
import { EgressProxy } from '../confinement/egress-proxy.ts';
import { egressRulesOf } from '../confinement/egress-rules.ts';
import { INSIDE } from '../confinement/sandbox-files.ts';
import { groupFor, NO_CEILINGS } from '../limits/ceilings.ts';
import { ConfinedCommand, type ConfinedCommandOptions } from './confined-command.ts';
import type { Execution, ExecutionEnd, ExecutionInput, Executor } from './executor.ts';

/** What the attempt gives its agent's executor. */
export interface AgentRim extends Pick<GovernorDependencies, 'ask' | 'redact' | 'tell'> {
  /** The module that speaks with agents. */
  gateway: () => Promise<GatewayModule>;
  recorder: ActionRecorder;
}

/** What stands around the calls of one agent. */
interface Surroundings {
  processes: ProcessGroup;
  proxy: EgressProxy | null;
  connections: ConnectionRecord[];
}

/** Programs that an agent runs get this long between SIGTERM and SIGKILL once the agent is gone. */
const TOOLS_GRACE_MS = 2_000;

/**
 * Agent jobs: the agent runs confined, sees the work directory and cannot change it, and reaches its tools over a private
 * socket. What it runs by `exec` runs confined as well, each in namespaces of its own. Linux.
 */
export class AgentJob implements Executor {
  constructor(
    private readonly options: Omit<ConfinedCommandOptions, 'isWorkReadOnly' | 'sharedGroup'>,
    private readonly rim: AgentRim,
  ) {}

  async start(input: ExecutionInput): Promise<Execution> {
    const { payload, dir } = input;
    const module = await this.rim.gateway();
    // One for the agent and all that it runs: the ceilings are the attempt's.
    const sharedGroup = groupFor(this.options.ceilings ?? NO_CEILINGS, payload);
    const options = { ...this.options, sharedGroup };
    const processes = new ProcessGroup();
    const connections: ConnectionRecord[] = [];
    const proxy = this.options.network === 'allow_list' ? new EgressProxy(egressRulesOf(payload)) : null;
    const governor = this.#governor(input, options, { processes, proxy, connections });
    const door = new AgentDoor(dir.tmp, module, payload.job.mcp?.tools ?? {}, governor);
    const close = async (): Promise<void> => {
      // Both at once: a call that waits for its program ends with it.
      await Promise.all([governor.close(), processes.end(TOOLS_GRACE_MS), door.close()]);
      await proxy?.close();
      processes.leftovers.push(...((await sharedGroup?.end(options.clock)) ?? []));
    };
    try {
      await proxy?.open();
      const extra = { ...input.extra, ...(await door.open(this.options.nodePath)), HOME: INSIDE.tmp };
      const agent = await new ConfinedCommand({ ...options, isWorkReadOnly: true }).start({ ...input, extra });
      processes.add(agent.processes);
      const ended = agent.ended
        .finally(close)
        .then((end) => this.#ended(end, processes, [...connections, ...(proxy?.log.records ?? [])]));
      return { ...agent, processes, ended };
    } catch (error) {
      await close();
      throw error;
    }
  }

  #governor(
    input: ExecutionInput,
    options: ConfinedCommandOptions,
    { processes, proxy, connections }: Surroundings,
  ): Governor {
    const { payload, dir } = input;
    const exec = async (argv: readonly string[]): Promise<Execution> => {
      const command = { argv: [...argv], env: {}, shell: false };
      const own = { ...input, extra: {}, payload: { ...payload, job: { ...payload.job, command } } };
      const execution = await new ConfinedCommand(options).start(own);
      processes.add(execution.processes);
      const ended = execution.ended.then((end) => {
        processes.remove(execution.processes, end);
        connections.push(...(end.enforced.connections ?? []));
        return end;
      });
      return { ...execution, ended };
    };
    const { clock } = options;
    const tools = { workDir: dir.work, clock, exec, proxySocket: proxy?.socketPath ?? null };
    const { recorder, ask, redact, tell } = this.rim;
    return new Governor({
      payload,
      recorder,
      clock,
      perform: (call, signal) => doCall(call, tools, signal),
      ask,
      redact,
      tell,
      ending: input.signal,
    });
  }

  #ended(end: ExecutionEnd, tools: ProcessGroup, connections: ConnectionRecord[]): ExecutionEnd {
    const { tally } = this.rim.recorder;
    const all = [...(end.enforced.connections ?? []), ...connections];
    return {
      ...end,
      cpuMs: end.cpuMs === null ? null : end.cpuMs + tools.cpuMs,
      leftovers: [...new Set([...end.leftovers, ...tools.leftovers])],
      enforced: { ...end.enforced, ...(all.length === 0 ? {} : connectionsOf(end.enforced, all)) },
      actions: tally.count === 0 ? null : { ...tally },
    };
  }
}

const RECORDS_LIMIT = 200;

/** As many as a receipt takes; the rest is counted. */
function connectionsOf(enforced: ExecutionEnd['enforced'], all: ConnectionRecord[]) {
  const omitted = (enforced.connections_omitted ?? 0) + Math.max(0, all.length - RECORDS_LIMIT);
  return { connections: all.slice(0, RECORDS_LIMIT), ...(omitted === 0 ? {} : { connections_omitted: omitted }) };
}
