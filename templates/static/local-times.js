// Adds "(… for you)" to moments whose clock time differs in the reader's zone. The page is complete without it.
(() => {
  'use strict';
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone });
  const day = new Intl.DateTimeFormat('en-GB', { weekday: 'long', timeZone: zone });
  const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: zone });
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
    const dated = shown.match(/\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)\b/);
    const hasWeekday = /\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b/.test(shown);
    const named = hasWeekday ? day.format(starts) : date.format(starts);
    const isOtherDay = hasWeekday ? !shown.includes(named) : dated && dated[0] !== named;
    const note = document.createElement('span');
    note.className = 'for-you';
    note.textContent = '(' + (isOtherDay ? named + (hasWeekday ? ' ' : ', ') : '') + here + until + ' for you)';
    element.append(' ', note);
  };
  document.querySelectorAll('time[data-local]').forEach(addLocalTime);
})();
