/**
 * The two sides of `contextBridge` in a page of the stand-in: the preload runs in an isolated world with `require` and a
 * port to main, the page gets a copy of what it exposes, over DOM events that carry JSON only.
 */
const SHARED = `
  const post = (name, value) => document.dispatchEvent(new CustomEvent(name, { detail: JSON.stringify(value) }));
  const hear = (name, take) => document.addEventListener(name, (event) => take(JSON.parse(event.detail)));
`;

/** In the page's own world, before anything of the page. */
export const PAGE_SIDE = `(() => {${SHARED}
  let last = 0;
  const waiting = new Map();
  const callbacks = new Map();
  let returned;
  const asArgument = (value) => {
    if (typeof value !== 'function') return { value };
    callbacks.set(++last, value);
    return { callback: last };
  };
  const call = (target, args) => {
    const id = ++last;
    let settle;
    const promise = new Promise((resolve, reject) => { settle = { resolve, reject }; });
    waiting.set(id, settle);
    post('bridge-call', { id, target, args: args.map(asArgument) });
    const { kind, value } = returned;
    if (kind === 'promise') return promise;
    if (kind === 'function') return () => call({ returned: value }, []);
    if (kind === 'error') throw new Error(value);
    return value;
  };
  hear('bridge-return', (value) => { returned = value; });
  hear('bridge-settle', ({ id, value, error }) => {
    if (error === undefined) waiting.get(id).resolve(value);
    else waiting.get(id).reject(new Error(error));
    waiting.delete(id);
  });
  hear('bridge-callback', ({ id, args }) => callbacks.get(id)?.(...args));
  hear('bridge-expose', ({ name, members }) => {
    const api = {};
    for (const [key, member] of Object.entries(members))
      api[key] = member.isFunction ? (...args) => call({ name, key }, args) : member.value;
    Object.defineProperty(window, name, { value: Object.freeze(api) });
  });
})();`;

/** In the isolated world: what the preload sees of Electron, then the preload itself. */
export const preloadSide = (preload: string): string => `(() => {${SHARED}
  const exposed = new Map();
  const kept = new Map();
  let last = 0;
  hear('bridge-call', ({ id, target, args }) => {
    const real = args.map((each) => each.callback === undefined ? each.value
      : (...given) => post('bridge-callback', { id: each.callback, args: given }));
    try {
      const run = target.returned === undefined ? exposed.get(target.name)[target.key] : kept.get(target.returned);
      const value = run(...real);
      if (value instanceof Promise) {
        post('bridge-return', { kind: 'promise' });
        value.then((found) => post('bridge-settle', { id, value: found }), (error) => post('bridge-settle', { id, error: error.message }));
      } else if (typeof value === 'function') {
        kept.set(++last, value);
        post('bridge-return', { kind: 'function', value: last });
      } else post('bridge-return', { kind: 'value', value });
    } catch (error) {
      post('bridge-return', { kind: 'error', value: error.message });
    }
  });
  const contextBridge = {
    exposeInMainWorld(name, api) {
      exposed.set(name, api);
      const members = Object.fromEntries(Object.entries(api).map(([key, value]) =>
        [key, typeof value === 'function' ? { isFunction: true } : { value }]));
      post('bridge-expose', { name, members });
    },
  };
  const answers = new Map();
  const listeners = new Map();
  const ipcRenderer = {
    invoke(channel, ...args) {
      const id = ++last;
      const answered = new Promise((resolve) => answers.set(id, resolve));
      standInPort(JSON.stringify({ id, channel, args, frame: location.href, isMain: window === window.top }));
      return answered;
    },
    on(channel, listener) { listeners.set(channel, [...(listeners.get(channel) ?? []), listener]); },
    removeListener(channel, listener) { listeners.set(channel, (listeners.get(channel) ?? []).filter((each) => each !== listener)); },
  };
  globalThis.standInAnswer = (id, answer) => { answers.get(id)?.(answer); answers.delete(id); };
  globalThis.standInHear = (channel, args) => { for (const listener of listeners.get(channel) ?? []) listener({}, ...args); };
  const require = (name) => { if (name !== 'electron') throw new Error(name + ' is not there'); return { contextBridge, ipcRenderer }; };
  const process = { platform: 'linux' };
  const module = { exports: {} };
  const exports = module.exports;
  ${preload}
})();`;
