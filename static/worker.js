// The worker's beginning. The page sends it the program, compiled, first of all (`rowlockLater.program` in `loader.js`); what does
// not come back as bytes is a sentence about why it could not start.
onmessage = async ({ data: [glue, first, later] }) => {
  onmessage = null;
  try {
    // What a worker runs is in the second part, which is put behind its gates at the first that is met (`xtask/split`).
    self.rowlockLater = { now: (exports) => new WebAssembly.Instance(later, { first: exports }) };
    const { default: start } = await import(glue);
    await start({ module_or_path: first });
    if (!onmessage) throw new Error('The program does not listen.');
  } catch (error) {
    postMessage(String(error));
  }
};
