// Rowlock in a blog: one script, no dependency.
//
//   <script defer src="https://host/path/rowlock-embed.js"></script>
//
// Fenced code blocks of the language `rowlock`, and <rowlock-playground> elements, become live figures in frames that load
// when the reader comes near. Without this script both stay readable text. All options: docs/embedding.md.
//
// What is promised to the page around: nothing in it moves. In sight a frame takes the room that was there; a block too low for a
// figure stays text, with a button, until it is out of sight. A frame follows the height of its content only while nobody
// sees it, or while the reader is in it.
(() => {
  // Classes and attributes by which Markdown programs and highlighters name a block's language.
  const BLOCKS =
    '.language-rowlock,.lang-rowlock,.highlight-rowlock,.highlight-source-rowlock,' +
    '[data-lang=rowlock],[data-language=rowlock],pre[lang=rowlock]';
  const PLAYGROUND = 'rowlock-playground';
  const ROOM = 420; // pixels, as in the snippets of the page
  const LEAST = 240;

  const root = document.documentElement;
  // A module has no current script.
  const script = document.currentScript || document.querySelector('script[src*="rowlock-embed"]');
  const base = new URL('.', script?.src || root.dataset.rowlock || location);

  // The theme that the page has chosen by an attribute or class of html or body; without one the frame asks the system.
  const theme = () => {
    const words = [root, document.body].flatMap((it) =>
      [...(it?.attributes ?? [])].flatMap(({ value }) => value.split(/\s+/)));
    const is = (name) => words.some((word) => RegExp(`^((theme|mode)-)?${name}(-(theme|mode))?$`, 'i').test(word));
    return is('dark') ? 'dark' : is('light') ? 'light' : 'auto';
  };

  // The scenario's text, without the indentation that the page's source has.
  const textOf = (element) => {
    // Of two code elements the first has the numbers of lines.
    const code = [...element.querySelectorAll('pre,code')].pop() ?? element;
    const text = code.localName === PLAYGROUND ? code.textContent : code.innerText;
    const lines = text.replace(/\u00a0/g, ' ').split('\n');
    const indent = Math.min(...lines.map((line) => line.search(/\S/)).filter((at) => at >= 0));
    return lines.map((line) => line.slice(indent)).join('\n').trim() + '\n';
  };

  const addressOf = (option, text) => {
    const url = new URL(option('src') ?? '.', base);
    // `?embed` without a value, and commas that stay readable.
    const pair = (name) => name + '=' + encodeURIComponent(option(name)).replace(/%2C/g, ',');
    const given = (name) => option(name) != null;
    const query = ['embed', ...['show', 'strategies', 'controls', 'load'].filter(given).map(pair)];
    query.push(...['play', 'edit'].filter((name) => given(name) && option(name) !== 'false'));
    query.push('theme=' + (option('theme') ?? theme()));
    if (/^http/.test(location.origin)) query.push('parent=' + location.origin);
    url.search = query.join('&');
    const scenario = option('story') ? 'g=' + option('story') : 's=t1.' + encodeURIComponent(text);
    url.hash = [option('src') ? url.hash.slice(1) : scenario,
      ...['step', 'strategy', 'compare', 'seed'].filter(given).map(pair)].join('&');
    return url.href;
  };

  const isSeen = ({ top, bottom }) => top < innerHeight && bottom > 0;
  // What stands there may have another height. Above, what is in sight keeps its place only where the browser sees to it.
  const isFree = (box) => !isSeen(box) && (box.top > 0 || CSS.supports('overflow-anchor', 'auto'));

  // An option of a block, else of all (on the script), as `name` or `data-name`.
  const optionOf = (block, element) => (name) =>
    [element, block].map((it) => it.getAttribute(name) ?? it.dataset[name]).find((it) => it != null) ??
    script?.dataset[name];
  const titleOf = (option, text) =>
    option('title') ?? `${text.match(/^title:[ \t]*(.+)/m)?.[1] ?? 'Concurrent transactions'} (interactive)`;

  // The frame for a block; `element` is the one in it that is named after the language.
  const frameFor = (block, element, option, text) => {
    const box = block.getBoundingClientRect();
    const own = !isFree(box) && box.height >= LEAST;
    const height = own ? box.height : parseInt(option('height'), 10) || ROOM;
    const frame = document.createElement('iframe');
    frame.title = titleOf(option, text);
    frame.loading = 'lazy';
    frame.allow = 'fullscreen; clipboard-write';
    frame.sandbox = 'allow-scripts allow-popups allow-popups-to-escape-sandbox allow-downloads';
    frame.dataset.rowlock = option('theme') ? 'own theme' : '';
    frame.style.cssText = 'display:block;width:100%;border:0;' +
      (option('aspect') && !own ? 'aspect-ratio:' + option('aspect') : `height:${height}px`) +
      (block === element && block.localName === PLAYGROUND ? '' : ';margin:' + getComputedStyle(block).margin);
    frame.src = addressOf(option, text);
    return frame;
  };

  const done = new WeakSet();
  const isNew = (block) => !done.has(block) && done.add(block);

  // Blocks in sight that are too low for a figure, and what turns them into one.
  const low = new WeakMap();
  const turnSoon = (block, text, option, turn) => {
    const box = block.getBoundingClientRect();
    if (isFree(box) || box.height >= LEAST || !text.trim()) return turn();
    const button = document.createElement('button');
    button.textContent = '▶ Run';
    button.title = titleOf(option, text);
    // Inside the block, so that nothing around it has to give way.
    if (getComputedStyle(block).position === 'static') block.style.position = 'relative';
    button.style.cssText = `position:absolute;top:0;right:0;height:${Math.min(box.height, 32)}px;` +
      'margin:0;padding:0 12px;font:600 13px/1 system-ui;cursor:pointer;user-select:none';
    const once = () => {
      low.delete(block);
      sight.unobserve(block);
      button.remove();
      turn();
    };
    button.onclick = once;
    low.set(block, once);
    block.append(button);
    sight.observe(block);
  };
  const turn = () => {
    for (const block of document.querySelectorAll(PLAYGROUND)) {
      if (!isNew(block)) continue;
      block.style.display = 'block';
      const [option, text] = [optionOf(block, block), textOf(block)];
      turnSoon(block, text, option, () => block.replaceChildren(frameFor(block, block, option, text)));
    }
    for (let element of document.querySelectorAll(BLOCKS)) {
      // Several elements of one block may have the name; the outermost is the block, with the pre around it.
      for (let outer; (outer = element.parentElement.closest(BLOCKS)); ) element = outer;
      const block = element.closest('pre') ?? element;
      if (!isNew(block)) continue;
      const [option, text] = [optionOf(block, element), textOf(element)];
      turnSoon(block, text, option, () => {
        block.after(frameFor(block, element, option, text));
        // It stays where it is, for programs that read the page.
        block.style.setProperty('display', 'none', 'important');
      });
    }
  };

  const frames = () => [...document.querySelectorAll('iframe[data-rowlock]')];
  const wanted = new WeakMap();
  const fit = (frame) => {
    const height = wanted.get(frame);
    if (!height || !(isFree(frame.getBoundingClientRect()) || frame === document.activeElement)) return;
    frame.style.aspectRatio = 'auto';
    frame.style.height = height + 'px';
    wanted.delete(frame);
  };
  const sight = new IntersectionObserver((entries) => {
    for (const { target } of entries) {
      if (!low.has(target)) fit(target);
      else if (isFree(target.getBoundingClientRect())) low.get(target)();
    }
  });

  addEventListener('message', ({ data, source }) => {
    if (data?.ns !== 'rowlock' || data.v !== 1 || data.type !== 'resize') return;
    const frame = frames().find((it) => it.contentWindow === source);
    if (!frame || !(data.height > 0 && data.height < 10000)) return;
    wanted.set(frame, Math.ceil(data.height));
    sight.observe(frame);
    fit(frame);
  });

  let last = theme();
  const follow = () => {
    if (last === (last = theme())) return;
    for (const frame of frames()) {
      // The frame has an origin of its own, which nobody can name.
      if (!frame.dataset.rowlock) frame.contentWindow.postMessage({ ns: 'rowlock', v: 1, type: 'set', theme: last }, '*');
    }
  };

  const start = () => {
    turn();
    // Blocks may come without a load of the page: some blogs are programs.
    let waits = false;
    new MutationObserver(() => {
      if (waits) return;
      waits = true;
      requestAnimationFrame(() => {
        waits = false;
        turn();
      });
    }).observe(root, { childList: true, subtree: true });
    const looks = new MutationObserver(follow);
    for (const it of [root, document.body]) looks.observe(it, { attributes: true });
  };
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', start);
  else start();
})();
