// Has the page kept for when there is no network (`sw.js`), and says when a new version is there. It is loaded when the visit
// has come to rest, never in a frame.
(async () => {
  let reloads = false;
  const say = (waiting) => {
    if (document.getElementById('update')) return;
    const line = document.createElement('p');
    line.id = 'update';
    line.setAttribute('role', 'status');
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Reload to update';
    button.onclick = () => {
      reloads = true;
      waiting().postMessage('skip');
    };
    document.body.append(line);
    // After it stands there, so that screen readers say it.
    line.append('A new version of Rowlock is here. Your work is kept. ', button);
  };
  const workers = navigator.serviceWorker;
  // Another tab may have asked for the new version: this one goes on with its own until it is asked as well.
  workers.addEventListener('controllerchange', () => {
    if (reloads) location.reload();
  });
  try {
    const registration = await workers.register('sw.js');
    const look = () => {
      if (registration.waiting && workers.controller) say(() => registration.waiting ?? { postMessage: () => location.reload() });
    };
    registration.addEventListener('updatefound', () => {
      const { installing } = registration;
      installing?.addEventListener('statechange', look);
    });
    look();
    let last = Date.now();
    document.addEventListener('visibilitychange', () => {
      // A tab that stays open for days.
      if (document.hidden || Date.now() - last < 3_600_000) return;
      last = Date.now();
      registration.update().catch(() => {});
    });
  } catch {
    // Without it the page works as long as there is a network.
  }
})();
