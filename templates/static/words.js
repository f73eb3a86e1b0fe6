// An improvement of the words' form, which is complete without it: the frame of the preview shows once there is a mail in it.
(() => {
  'use strict';
  const form = document.getElementById('words');
  const frame = document.querySelector('iframe[name="mail-preview"]');
  if (!form || !frame) return;
  frame.hidden = true;
  form.addEventListener('submit', (event) => {
    if (event.submitter && event.submitter.formTarget === frame.name) frame.hidden = false;
  });
})();
