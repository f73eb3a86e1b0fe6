// Adds "(… for you)" to moments whose clock time differs in the reader's zone. The page is complete without it.
(() => {
  'use strict';
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone });
  const day = new Intl.DateTimeFormat('en-GB', { weekday: 'long', timeZone: zone });
  const addLocalTime = (element) => {
    const starts = new Date(element.dateTime);
    if (Number.isNaN(starts.getTime()) || !element.dateTime.includes('T')) return;
    const shown = element.textContent;
    const written = shown.match(/\b\d{1,2}:\d{2}\b/);
    if (!written) return;
    const here = clock.format(starts);
    if (here === written[0].padStart(5, '0')) return;
    const ends = element.dataset.ends ? new Date(element.dataset.ends) : null;
    const until = ends && !Number.isNaN(ends.getTime()) ? '–' + clock.format(ends) : '';
    const weekday = day.format(starts);
    const otherDay = /\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b/.test(shown) && !shown.includes(weekday);
    const note = document.createElement('span');
    note.className = 'for-you';
    note.textContent = '(' + (otherDay ? weekday + ' ' : '') + here + until + ' for you)';
    element.append(' ', note);
  };
  document.querySelectorAll('time[data-local]').forEach(addLocalTime);
})();
