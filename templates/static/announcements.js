// Two improvements of the announcements' pages, which are complete without them: the preview follows what is typed,
// and the progress moves while mails leave.
(() => {
  'use strict';
  const swap = (html, id) => {
    const fresh = new DOMParser().parseFromString(html, 'text/html').getElementById(id);
    const shown = document.getElementById(id);
    if (fresh && shown) shown.replaceWith(fresh);
    return fresh;
  };
  const form = document.querySelector('form[data-preview]');
  if (form) {
    let waiting = 0;
    let asked = 0;
    const preview = async () => {
      const mine = ++asked;
      const typed = new URLSearchParams(new FormData(form));
      typed.set('do', 'preview');
      const answer = await fetch(form.getAttribute('action'), { method: 'POST', body: typed }).catch(() => null);
      if (answer && answer.ok && mine === asked) swap(await answer.text(), 'preview');
    };
    form.addEventListener('input', () => {
      clearTimeout(waiting);
      waiting = setTimeout(preview, 500);
    });
  }
  const follow = async () => {
    if (!document.querySelector('#progress[data-live]')) return;
    const answer = await fetch(location.pathname + location.search).catch(() => null);
    if (answer && answer.ok) {
      const html = await answer.text();
      swap(html, 'recipients');
      const fresh = swap(html, 'progress');
      // What can be done about it is different now: the whole page says so.
      if (fresh && !('live' in fresh.dataset)) location.reload();
    }
    setTimeout(follow, 2000);
  };
  setTimeout(follow, 2000);
})();
