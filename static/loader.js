// Starts the page. Trunk's own loader stands in the page, where its policy lets no script be; this one is a file.
//
// In a frame whose sandbox leaves the page no origin, a browser gets modules and wasm only from servers that allow it
// (Access-Control-Allow-Origin), which plain ones do not. Scripts of the old kind it gets from anywhere: there the page is
// started from one that has all in it, `rowlock-sandbox.js`, which `cargo xtask build` makes.
//
// Where it cannot start, or breaks down, it says so above what stands in the page.
(() => {
  const { js, wasm, offline } = document.currentScript.dataset;
  const say = (sentence) => {
    if (document.getElementById('trouble')) return;
    delete document.documentElement.dataset.still;
    const line = document.createElement('p');
    line.id = 'trouble';
    line.className = 'notice bad';
    line.setAttribute('role', 'alert');
    document.body.prepend(line);
    line.textContent = sentence;
  };
  if (!self.WebAssembly) {
    say(
      'Rowlock needs WebAssembly, which this browser does not have or has switched off (by a high security level, perhaps). ' +
        'What stands here is a picture of the first story; in another browser it can be played with.',
    );
    return;
  }
  const failed = (error) => {
    say(
      error instanceof WebAssembly.CompileError
        ? 'This browser is too old for Rowlock: a newer one can run it. What stands here is a picture of the first story.'
        : 'Rowlock could not be loaded. Is the browser online? Then reload the page.',
    );
  };
  const modules = async () => {
    try {
      const response = fetch(wasm);
      const program = await import(js);
      await program.default({ module_or_path: response });
    } catch (error) {
      failed(error);
    }
  };
  const broken = (error) => {
    if (error instanceof WebAssembly.RuntimeError) {
      say('Rowlock broke down. What you had a moment ago is kept: reload the page to go on with it.');
    }
  };
  addEventListener('error', (event) => broken(event.error));
  addEventListener('unhandledrejection', (event) => broken(event.reason));
  if (self.origin !== 'null') {
    modules();
    // Never in a frame or for a figure; and only once the visit has come to rest.
    const keeps = offline && self === top && 'serviceWorker' in navigator && !new URLSearchParams(location.search).has('embed');
    const rest = () => setTimeout(() => (self.requestIdleCallback || setTimeout)(() => import(offline)), 3000);
    if (keeps && !navigator.connection?.saveData) addEventListener('load', rest);
    return;
  }
  const script = document.createElement('script');
  script.src = new URL('rowlock-sandbox.js', document.currentScript.src);
  script.onerror = modules;
  document.head.append(script);
})();
