// Starts the page. Trunk's own loader stands in the page, where its policy lets no script be; this one is a file.
//
// In a frame whose sandbox leaves the page no origin, a browser gets modules and wasm only from servers that allow it
// (Access-Control-Allow-Origin), which plain ones do not. Scripts of the old kind it gets from anywhere: there the page is
// started from one that has all in it, `rowlock-sandbox.js`, which `cargo xtask build` makes.
(() => {
  const { js, wasm } = document.currentScript.dataset;
  const modules = async () => {
    const response = fetch(wasm);
    const program = await import(js);
    await program.default({ module_or_path: response });
  };
  if (self.origin !== 'null') return void modules();
  const script = document.createElement('script');
  script.src = new URL('rowlock-sandbox.js', document.currentScript.src);
  script.onerror = modules;
  document.head.append(script);
})();
