/**
 * A program for Node that runs inside the namespace of a confined job: what connects to its loopback listeners is joined
 * to the runner's proxy over the socket that is bound in. It decides nothing; whoever goes round it meets the same proxy.
 * Arguments: socket path, JSON `{proxy: {address, port}, doorways: [{address, host, port}]}`. Says `ready` and closes its
 * standard output once it listens.
 */
export const RELAY_PROGRAM = `
import { createServer, connect } from 'node:net';
import { closeSync, openSync, writeSync } from 'node:fs';
const [path, config] = process.argv.slice(-2);
const { proxy, doorways } = JSON.parse(config);
const drop = (near, far) => { near.destroy(); far.destroy(); };
const join = (near, far) => { near.pipe(far); far.pipe(near); };
const serve = (address, port, open) => new Promise((done, fail) => {
  createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ path, allowHalfOpen: true });
    near.on('error', () => drop(near, far));
    far.on('error', () => drop(near, far));
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    open(near, far);
  }).on('error', fail).listen(port, address, done);
});
const tunnel = (target) => (near, far) => {
  let head = Buffer.alloc(0);
  const read = (bytes) => {
    head = Buffer.concat([head, bytes]);
    const end = head.indexOf('\\r\\n\\r\\n');
    if (end < 0) return;
    far.off('data', read);
    far.pause();
    if (!head.subarray(0, 13).toString('latin1').endsWith(' 200 ')) return drop(near, far);
    const rest = head.subarray(end + 4);
    if (rest.length > 0) near.write(rest);
    join(near, far);
  };
  far.on('data', read);
  far.write('CONNECT ' + target + ' HTTP/1.1\\r\\nHost: ' + target + '\\r\\n\\r\\n');
};
await serve(proxy.address, proxy.port, join);
// A port below 1024 takes a right that no job has: such a host is reached through the proxy alone.
for (const { address, host, port } of doorways) await serve(address, port, tunnel(host + ':' + port)).catch(() => {});
writeSync(1, 'ready');
closeSync(1);
// No connection may get this number: the library under Node does not close it.
openSync('/dev/null', 'w');
`;
/** Where the proxy is found inside; no other program of the namespace can have the port before. */
export const RELAY_PROXY = { address: '127.0.0.1', port: 3128 } as const;
