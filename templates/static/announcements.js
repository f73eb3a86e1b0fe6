// Improvements of the announcements' pages, which are complete without them: the preview follows what is typed, going
// back to a new form finds what was saved of it, and the progress moves while mails leave.
(() => {
  'use strict';
  const parse = (html) => new DOMParser().parseFromString(html, 'text/html');
  // Puts the fresh element in place of the one shown; not while the focus is in it. Returns whether all is fresh.
  const swap = (page, id) => {
    const fresh = page.getElementById(id);
    const shown = document.getElementById(id);
    if (!fresh || !shown || fresh.isEqualNode(shown)) return true;
    if (shown.contains(document.activeElement)) return false;
    shown.replaceWith(fresh);
    return true;
  };
  const form = document.querySelector('form[data-preview]');
  if (form) {
    if (location.pathname.endsWith('/new')) history.replaceState(null, '', '?once=' + form.elements.once.value);
    const problems = document.getElementById('preview-problems');
    // A region that is read out is told only what is new.
    const tell = (fresh) => {
      if (fresh.textContent !== problems.textContent) problems.replaceChildren(...fresh.childNodes);
    };
    const ended = () => {
      const notice = document.createElement('div');
      const words = document.createElement('p');
      notice.className = 'notice notice-bad';
      words.textContent = problems.dataset.ended;
      notice.append(words);
      const said = document.createElement('div');
      said.append(notice);
      return said;
    };
    const send = () => {
      const typed = new URLSearchParams(new FormData(form));
      typed.set('do', 'preview');
      return fetch(form.getAttribute('action'), { method: 'POST', body: typed }).catch(() => null);
    };
    // Whoever signed in again in another tab has a new session, and its forms another proof.
    const prove = async () => {
      const page = await fetch('/coordinate/announcements/new').catch(() => null);
      const proof = page && page.ok && parse(await page.text()).querySelector('form[data-preview] [name="csrf"]');
      if (proof) form.elements.csrf.value = proof.value;
    };
    let waiting = 0;
    let asked = 0;
    const preview = async () => {
      const mine = ++asked;
      let answer = await send();
      if (answer && answer.status === 403) {
        await prove();
        answer = await send();
      }
      if (!answer || mine !== asked) return;
      if (answer.status === 401) tell(ended());
      if (!answer.ok) return;
      const page = parse(await answer.text());
      const fresh = page.getElementById('preview-shown');
      // What was shown last stays until there is something better.
      if (fresh && 'whole' in fresh.dataset) swap(page, 'preview-shown');
      const said = page.getElementById('preview-problems');
      if (said) tell(said);
    };
    form.addEventListener('input', () => {
      clearTimeout(waiting);
      waiting = setTimeout(preview, 500);
    });
  }
  const isLive = () => document.querySelector('#progress[data-live]');
  const follow = async () => {
    const answer = await fetch(location.pathname + location.search).catch(() => null);
    let isWhole = false;
    if (answer && answer.ok) {
      const page = parse(await answer.text());
      isWhole = ['state', 'progress', 'recipients', 'steps'].map((id) => swap(page, id)).every(Boolean);
    }
    if (!isWhole || isLive()) setTimeout(follow, 2000);
  };
  if (isLive()) setTimeout(follow, 2000);
})();
