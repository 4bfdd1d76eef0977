import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentTool } from '../../src-server/contract/agent.ts';
import { INSIDE } from '../confinement/sandbox-files.ts';
import { RUNNER_VERSION } from '../version.ts';
import type { GatewayModule } from './gateway-module.ts';
import type { Governor } from './governor.ts';
import { TOOL_DESCRIPTIONS } from './tool-descriptions.ts';
import { AGENT_TOOL_NAMES } from './tool-names.ts';

/** An agent has one connection or a few; more wait. */
const CONNECTION_LIMIT = 16;
/** What is seen inside under its own name. */
const VISIBLE = /^\/(usr|bin|sbin|lib|lib64)\//;

/** Joins standard input and output to the socket: for agents that start their tools as a program. */
const BRIDGE = `import { connect } from 'node:net';
const socket = connect(process.argv[2]);
process.stdin.pipe(socket);
socket.pipe(process.stdout);
socket.on('error', () => process.exit(1));
socket.on('close', () => process.exit(0));
`;

/** Where an agent finds its tools: a socket in its temporary folder, and files that tell common programs of it. */
export class AgentDoor {
  readonly #folder = mkdtempSync(join(tmpdir(), 'cc-agent-'));
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(
    private readonly tmp: string,
    module: GatewayModule,
    tools: Partial<Record<AgentTool, unknown>>,
    governor: Governor,
  ) {
    const offered = AGENT_TOOL_NAMES.filter((name) => tools[name] !== undefined);
    const descriptions = offered.map((name) => ({ name, ...TOOL_DESCRIPTIONS[name] }));
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      const call = governor.call.bind(governor);
      module.serveTools(socket, descriptions, call, RUNNER_VERSION).catch(() => socket.destroy());
    });
    this.#server.maxConnections = CONNECTION_LIMIT;
  }

  /** Returns the environment by which the agent finds it. Rejects when the socket cannot be made. */
  async open(nodePath: string | null): Promise<Record<string, string>> {
    // The name of a socket is short, that of an attempt's folder need not be: this link makes it so.
    const near = join(this.#folder, 't');
    symlinkSync(this.tmp, near);
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(join(near, 'gateway.sock'), () => resolve());
    });
    const environment = { CC_GATEWAY_SOCKET: join(this.tmp, 'gateway.sock') };
    if (nodePath === null || !VISIBLE.test(nodePath)) return environment;
    writeFileSync(join(this.tmp, 'mcp-bridge.mjs'), BRIDGE, { mode: 0o644 });
    const args = [`${INSIDE.tmp}/mcp-bridge.mjs`, `${INSIDE.tmp}/gateway.sock`];
    const config = { mcpServers: { 'connected-compute': { command: nodePath, args } } };
    writeFileSync(join(this.tmp, 'mcp.json'), JSON.stringify(config), { mode: 0o644 });
    return { ...environment, CC_MCP_CONFIG: join(this.tmp, 'mcp.json') };
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
