// Keeps the page for when there is no network. `cargo xtask build` writes the version and the files into it.
//
// - A version is kept whole: the page itself always comes from the version that this is, so that its parts fit together.
// - A new version waits until somebody asks for it (`skip`); nothing is ever reloaded from here.
// - A figure in another page (`?embed`, a frame) gets what the network has; only where there is none, what is kept.
// - The version before stays too, for tabs that still run it and load a part of it late.
const VERSION = '%VERSION%';
const FILES = ['%FILES%'];
const scope = registration.scope;
const ours = `rowlock ${scope} `;
const name = ours + VERSION;
// Names with a hash always stand for the same bytes.
const hashed = (address) => /-[0-9a-f]{12,16}[._]/.test(address);

addEventListener('install', (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(name);
    await Promise.all(FILES.map(async (file) => {
      const address = new URL(file, scope).href;
      const kept = hashed(file) && (await caches.match(address));
      const answer = kept || (await fetch(address, { cache: hashed(file) ? 'default' : 'no-cache' }));
      if (!answer.ok) throw new Error(`${answer.status} ${file}`);
      await cache.put(address, answer);
    }));
  })());
});

addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    const kept = (await caches.keys()).filter((key) => key.startsWith(ours) && key !== name);
    await Promise.all(kept.slice(0, -1).map((key) => caches.delete(key)));
    // The page that has had this installed is of the same version, and may go offline before it is loaded again.
    await clients.claim();
  })());
});

addEventListener('message', (event) => {
  if (event.data === 'skip') skipWaiting();
});

// What is kept under an address, of this version or else of the one before.
async function kept(address) {
  return (await (await caches.open(name)).match(address)) || (hashed(address) ? caches.match(address) : undefined);
}

async function networkFirst(request, address) {
  try {
    return await fetch(request);
  } catch (error) {
    const answer = await kept(address);
    if (answer) return answer;
    throw error;
  }
}

async function file(request, address, clientId) {
  if (!hashed(address)) {
    const client = await clients.get(clientId);
    if (client && (client.frameType !== 'top-level' || new URL(client.url).searchParams.has('embed'))) {
      return networkFirst(request, address);
    }
  }
  return (await kept(address)) || fetch(request);
}

addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || !url.href.startsWith(scope)) return;
  const embed = url.searchParams.has('embed');
  url.search = url.hash = '';
  if (request.mode === 'navigate') {
    if (url.href === scope + 'guide/') return event.respondWith(networkFirst(request, scope + 'guide/index.html'));
    // The stories' pages are not kept.
    if (url.href !== scope && url.href !== scope + 'index.html') return;
    const alone = request.destination === 'document' && !embed;
    event.respondWith(alone ? kept(scope).then((answer) => answer || fetch(request)) : networkFirst(request, scope));
  } else if (FILES.includes(url.href.slice(scope.length)) || hashed(url.href)) {
    event.respondWith(file(request, url.href, event.clientId));
  }
});
