// Starts the page. Trunk's own loader stands in the page, where its policy lets no script be; this one is a file.
//
// In a frame whose sandbox leaves the page no origin, a browser gets modules and wasm only from servers that allow it
// (Access-Control-Allow-Origin), which plain ones do not. Scripts of the old kind it gets from anywhere: there the page is
// started from one that has all in it, `rowlock-sandbox.js`, which `cargo xtask build` makes.
//
// Where it cannot start, or breaks down, it says so above what stands in the page.
(() => {
  const { js, wasm, later, offline } = document.currentScript.dataset;
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
  // The second part of the program: what a first visit does not run. It is fetched at the first sign of a visitor, and shares
  // all it has with the first part, by what that exports.
  let isHere = !later;
  let compiling;
  let module;
  let first;
  const put = (exports) => {
    if (!isHere) new WebAssembly.Instance(module, { first: exports });
    isHere = true;
  };
  // Compiled while it comes, where the server says that it is wasm.
  const compiled = async (address) => {
    try {
      return await WebAssembly.compileStreaming(fetch(address));
    } catch {
      return WebAssembly.compile(await (await fetch(address)).arrayBuffer());
    }
  };
  const compile = () => {
    compiling ??= compiled(later)
      .then((all) => {
        module = all;
      })
      .catch((error) => {
        compiling = undefined;
        throw error;
      });
    return compiling;
  };
  self.rowlockLater = {
    // What a worker is given: the glue's address, and both parts as the page has compiled them.
    program: async () => {
      if (later) await compile();
      return [new URL(js, document.baseURI).href, await first, module];
    },
    isAway: () => !isHere,
    come: async (exports) => {
      if (!isHere) await compile();
      put(exports);
    },
    // Something in it is called that cannot wait: the one case in which the page may stand still for what is fetched.
    now: (exports) => {
      if (module) return put(exports);
      const request = new XMLHttpRequest();
      request.open('GET', later, false);
      request.overrideMimeType('text/plain; charset=x-user-defined');
      try {
        request.send();
        if (request.status !== 200) throw new Error(`${later}: ${request.status}`);
      } catch (error) {
        say('A part of Rowlock could not be loaded, and it cannot go on without. What you drew is kept: reload the page when the browser is online.');
        throw error;
      }
      module = new WebAssembly.Module(Uint8Array.from(request.responseText, (letter) => letter.charCodeAt(0)));
      put(exports);
    },
  };
  const isFigure = new URLSearchParams(location.search).has('embed');
  // Who comes by a link to the whole page, or comes again, wants more than a first visit runs. (A request that does not wait
  // passes by what keeps the page without a network.)
  const isFirstVisit = () => {
    try {
      if (navigator.serviceWorker?.controller) return false;
      if (isFigure) return true;
      return location.hash.length < 2 && !sessionStorage['rowlock.draft'] && !localStorage['rowlock.last'];
    } catch {
      return true;
    }
  };
  // A page of its own on a network that costs nothing may load what nobody has asked for yet, when it has come to rest.
  const mayPrepare = self === top && !isFigure && !navigator.connection?.saveData;
  const atRest = (what, after) => setTimeout(() => (self.requestIdleCallback || setTimeout)(what), after);
  const signs = ['pointermove', 'pointerdown', 'touchstart', 'keydown', 'wheel', 'focusin'];
  const listen = (what, to = signs) => {
    for (const sign of to) addEventListener(sign, what, { capture: true, passive: true });
    return () => to.forEach((sign) => removeEventListener(sign, what, true));
  };
  // The visitor has done nothing for a while: what is done meanwhile disturbs nobody.
  const whenQuiet = (what) => {
    let timer;
    const wait = () => {
      clearTimeout(timer);
      timer = atRest(() => (ignore(), what()), 1500);
    };
    const ignore = listen(wait, [...signs, 'input']);
    wait();
  };
  const awaitSigns = (exports) => {
    const ignore = listen(() => {
      ignore();
      const prepare = () => mayPrepare && whenQuiet(() => exports.prepare_worker());
      self.rowlockLater.come(exports).then(prepare, () => {});
    });
  };

  const failed = (error) => {
    say(
      error instanceof WebAssembly.CompileError
        ? 'This browser is too old for Rowlock: a newer one can run it. What stands here is a picture of the first story.'
        : 'Rowlock could not be loaded. Is the browser online? Then reload the page.',
    );
  };
  // The picture of the first view is shown before the program puts itself in its place. A tab in the background shows nothing.
  const painted = new Promise((done) => {
    new PerformanceObserver((list) => list.getEntries().length && done()).observe({ type: 'paint', buffered: true });
    setTimeout(done, 400);
  });
  // A click that comes before the program goes to what stands there when it works: nothing has moved. One by a key has no place.
  let early;
  const note = (event) => {
    if (document.documentElement.dataset.still === 'first') early = event;
  };
  addEventListener('click', note, true);
  const works = new Promise((done) => {
    new MutationObserver(done).observe(document.getElementById('app'), { attributeFilter: ['data-still'] });
  });
  const catchUp = async (exports) => {
    await works;
    removeEventListener('click', note, true);
    if (!early) return;
    await self.rowlockLater.come(exports).catch(() => {});
    const { detail, target, pageX, pageY } = early;
    const there = detail ? document.elementFromPoint(pageX - scrollX, pageY - scrollY) : document.getElementById(target.id);
    there?.closest('button, summary')?.click();
  };
  const modules = async () => {
    try {
      first = compiled(wasm);
      const all = later && !isFirstVisit() && compile().catch(() => {});
      const program = await import(js);
      await all;
      await painted;
      const exports = await program.default({ module_or_path: await first });
      awaitSigns(exports);
      catchUp(exports);
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
    if (offline && mayPrepare && 'serviceWorker' in navigator) addEventListener('load', () => atRest(() => import(offline), 3000));
    return;
  }
  // That one has the second part in it.
  isHere = true;
  const script = document.createElement('script');
  script.src = new URL('rowlock-sandbox.js', document.currentScript.src);
  script.onerror = () => {
    isHere = !later;
    modules();
  };
  document.head.append(script);
})();
