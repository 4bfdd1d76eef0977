import type { AgentTool } from '../../src-server/contract/agent.ts';
import type { ToolDescription } from '../gateway/main.ts';
import { CALL_BYTES_LIMIT } from './judge-call.ts';

const schema = (properties: Record<string, object>, required: string[]): ToolDescription['inputSchema'] => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const text = { type: 'string' };
const whole = { type: 'integer', minimum: 0 };

/** The tools as an agent is told of them. */
export const TOOL_DESCRIPTIONS: Readonly<Record<AgentTool, Omit<ToolDescription, 'name'>>> = {
  'fs.read': {
    description: `Read up to ${CALL_BYTES_LIMIT} bytes of a text file below the work directory, or list a folder.`,
    inputSchema: schema({ path: text, offset: whole, length: whole }, ['path']),
  },
  'fs.write': {
    description: 'Write or append text to a file below the work directory; folders on the way are made.',
    inputSchema: schema({ path: text, text, append: { type: 'boolean' } }, ['path', 'text']),
  },
  exec: {
    description: 'Run a program in the work directory, with no shell between, and read its output and exit code.',
    inputSchema: schema({ argv: { type: 'array', items: text, minItems: 1 }, timeout_ms: whole }, ['argv']),
  },
  'http.fetch': {
    description: 'Send one HTTP request to a host that the job was granted. Redirects are not followed.',
    inputSchema: schema(
      { url: text, method: text, headers: { type: 'object', additionalProperties: text }, body: text },
      ['url'],
    ),
  },
};
