import { rolldown } from 'rolldown';

/**
 * An agent as a program of one file: the protocol's own client, which starts the bridge that `/tmp/mcp.json` names, and does
 * what `script.json` of its work directory says, call by call. It prints each answer as a line of JSON; a call whose name is
 * `wait` keeps it busy until it is ended.
 */
const AGENT = `
import { readFileSync } from 'node:fs';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
const { mcpServers } = JSON.parse(readFileSync(process.env.CC_MCP_CONFIG, 'utf8'));
const client = new Client({ name: 'scripted-agent', version: '1.0.0' });
await client.connect(new StdioClientTransport(mcpServers['connected-compute']));
const say = (line) => process.stdout.write(JSON.stringify(line) + '\\n');
say({ tools: (await client.listTools()).tools.map((tool) => tool.name) });
for (const [name, args] of JSON.parse(readFileSync('script.json', 'utf8'))) {
  if (name === 'wait') await new Promise((resolve) => setTimeout(resolve, 600_000));
  const { content, isError } = await client.callTool({ name, arguments: args }, undefined, { timeout: 120_000 });
  say({ name, isError: isError === true, text: content[0].text });
}
await client.close();
`;

/** The program's text, small enough to be an input of a job. */
export async function agentProgram(): Promise<string> {
  const bundle = await rolldown({
    input: 'agent',
    cwd: import.meta.dirname,
    platform: 'node',
    plugins: [
      {
        name: 'agent',
        resolveId: (id) => (id === 'agent' ? `${import.meta.dirname}/agent-in-memory.mjs` : null),
        load: (id) => (id.endsWith('agent-in-memory.mjs') ? AGENT : null),
      },
    ],
    onLog: () => undefined,
  });
  const { output } = await bundle.generate({ format: 'esm', minify: true, codeSplitting: false });
  await bundle.close();
  return output[0].code;
}
