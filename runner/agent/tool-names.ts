import type { AgentTool } from '../../src-server/contract/agent.ts';

/** The contract's list, which this program knows as a type alone. */
export const AGENT_TOOL_NAMES: readonly AgentTool[] = ['fs.read', 'fs.write', 'exec', 'http.fetch'];
