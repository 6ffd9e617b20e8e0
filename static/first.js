// What has to be known before anything is painted: the visitor's colours, and whether what the page will show is what stands in
// it already, the first story. Everything else waits.
(() => {
  const root = document.documentElement;
  const query = new URLSearchParams(location.search);
  const embed = query.has('embed');
  const read = (storage, key) => {
    try {
      return self[storage].getItem(key);
    } catch {
      // Storage that is switched off.
      return null;
    }
  };
  const colours = (name) => name === 'light' || name === 'dark';
  const asked = query.get('theme');
  const theme = colours(asked) || embed ? asked : read('localStorage', 'rowlock.theme');
  if (colours(theme)) root.dataset.theme = theme;
  const { hash } = location;
  const other = hash.length > 1 ? hash !== '#g=two-cashiers' : !embed && read('sessionStorage', 'rowlock.draft');
  root.dataset.still = embed ? 'none' : other ? 'other' : 'first';
})();
