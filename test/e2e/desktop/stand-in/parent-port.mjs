// What a utility process has in Electron, over the channel of a Node child.
Object.assign(process, {
  parentPort: {
    postMessage: (/** @type {unknown} */ message) => void process.send?.(message),
    on: (/** @type {string} */ _event, /** @type {(event: { data: unknown }) => void} */ hear) =>
      void process.on('message', (data) => hear({ data })),
  },
});
