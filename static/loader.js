// Starts the page. Trunk's own loader stands in the page, where its policy lets no script be; this one is a file.
//
// In a frame whose sandbox leaves the page no origin, a browser gets modules and wasm only from servers that allow it
// (Access-Control-Allow-Origin), which plain ones do not. Scripts of the old kind it gets from anywhere: there the page is
// started from one that has all in it, `rowlock-sandbox.js`, which `cargo xtask build` makes.
(() => {
  const { js, wasm, later } = document.currentScript.dataset;

  // The second part of the program: what a first visit does not run. It is fetched at the first sign of a visitor, and shares
  // all it has with the first part, by what that exports.
  let isHere = !later;
  let coming;
  const put = (module, exports) => {
    if (!isHere) new WebAssembly.Instance(module, { first: exports });
    isHere = true;
  };
  self.rowlockLater = {
    isAway: () => !isHere,
    come: (exports) => {
      coming ??= fetch(later)
        .then((response) => {
          if (!response.ok) throw new Error(`${later}: ${response.status}`);
          return response.arrayBuffer();
        })
        .then((bytes) => WebAssembly.compile(bytes))
        .then((module) => put(module, exports))
        .catch((error) => {
          coming = undefined;
          throw error;
        });
      return coming;
    },
    // Something in it is called that cannot wait: the one case in which the page stands still for what is fetched.
    now: (exports) => {
      const request = new XMLHttpRequest();
      request.open('GET', later, false);
      request.overrideMimeType('text/plain; charset=x-user-defined');
      try {
        request.send();
        if (request.status !== 200) throw new Error(`${later}: ${request.status}`);
      } catch (error) {
        const note = document.createElement('p');
        note.setAttribute('role', 'alert');
        note.className = 'broken-off';
        note.textContent = 'A part of Rowlock could not be fetched, and it cannot go on without. What you drew is in the address or kept in this browser: load the page again when there is a connection.';
        document.body.prepend(note);
        throw error;
      }
      const bytes = Uint8Array.from(request.responseText, (letter) => letter.charCodeAt(0));
      put(new WebAssembly.Module(bytes), exports);
    },
  };
  const signs = ['pointermove', 'pointerdown', 'touchstart', 'keydown', 'wheel', 'focusin'];
  const awaitSigns = (exports) => {
    const seen = () => {
      for (const sign of signs) removeEventListener(sign, seen, true);
      self.rowlockLater.come(exports).catch(() => {});
    };
    for (const sign of signs) addEventListener(sign, seen, { capture: true, passive: true });
  };

  const modules = async () => {
    const response = fetch(wasm);
    const program = await import(js);
    const exports = await program.default({ module_or_path: response });
    if (later) awaitSigns(exports);
  };
  if (self.origin !== 'null') return void modules();
  const script = document.createElement('script');
  script.src = new URL('rowlock-sandbox.js', document.currentScript.src);
  script.onerror = modules;
  document.head.append(script);
})();
