// Journeys in Chromium against a running demo, whose printed lines stand in the file that DEMO names.
// Every page is looked at by axe (WCAG 2.2 AA and best practice) wide, narrow and dark, and must not scroll sideways.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const demo = readFileSync(process.env.DEMO, 'utf8');
const printed = (name) => demo.match(new RegExp(`^\\s*${name}\\s+(\\S+)`, 'm'))?.[1] ?? fail(`the demo printed no ${name}`);
const origin = new URL(printed('site')).origin;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
let checks = 0;
const faults = [];

function fail(text) {
  throw new Error(text);
}

function expect(condition, text) {
  checks += 1;
  if (!condition) faults.push(text);
}

async function person({ script = true, dark = false, width = 1280 } = {}) {
  const context = await browser.newContext({
    javaScriptEnabled: script,
    colorScheme: dark ? 'dark' : 'light',
    viewport: { width, height: 900 },
    bypassCSP: true, // axe is injected; what the pages themselves break of the policy is watched separately
  });
  const page = await context.newPage();
  page.on('request', (request) => expect(request.url().startsWith(origin), `a request to somebody else: ${request.url()}`));
  page.on('pageerror', (error) => expect(false, `a script failed: ${error}`));
  return page;
}

// Presses something that leads to another page, and waits until that is there.
async function press(target) {
  const loaded = target.page().waitForEvent('load');
  await target.click();
  await loaded;
}

async function enter(page, who) {
  await page.goto(printed(who));
  await press(page.getByRole('button', { name: /sign in/i }));
}

async function look(page, path) {
  const response = await page.goto(origin + path);
  expect(response.status() < 400, `${path}: ${response.status()}`);
  await page.evaluate(axe);
  const result = await page.evaluate(() =>
    axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], iframes: false }));
  for (const violation of result.violations) {
    expect(false, `${path}: axe ${violation.id}: ${violation.help} at ${violation.nodes[0].target}`);
  }
  checks += 1;
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow <= 0, `${path}: scrolls sideways by ${overflow} px at ${page.viewportSize().width} px`);
  expect((await page.locator('h1').count()) === 1, `${path}: one h1`);
}

// Every page that links lead to, from these starting points, once for each shape of its address; meetings differ more, so twice.
async function crawl(page, starts, most) {
  const seen = new Set();
  const shapes = new Map();
  const todo = [...starts];
  const found = [];
  while (todo.length && found.length < most) {
    const path = todo.shift();
    const shape = path.replace(/\?.*/, '').replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ':id').replace(/^(\/(?:activities|meetings)\/)[^/.]+$/, '$1:slug').replace(/[a-z2-7]{26}/g, ':token').replace(/\/demo\/mail\/\d+/, '/demo/mail/:n');
    const enough = /^\/(?:coordinate\/)?meetings\//.test(shape) ? 2 : 1;
    if (seen.has(path) || (shapes.get(shape) ?? 0) >= enough) continue;
    seen.add(path);
    const response = await page.request.get(origin + path);
    expect(response.status() < 400, `${path}: a link that answers ${response.status()}`);
    if (!(response.headers()['content-type'] ?? '').startsWith('text/html')) continue;
    shapes.set(shape, (shapes.get(shape) ?? 0) + 1);
    if (/\/html$/.test(path)) continue;
    found.push(path);
    const body = await response.text();
    for (const [, href] of body.matchAll(/<a[^>]+href="([^"]+)"/g)) {
      const target = href.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
      const url = new URL(target, origin + path);
      if (url.origin === origin) todo.push(url.pathname + url.search);
    }
  }
  return found;
}

async function newestMail(page, words) {
  await page.goto(`${origin}/demo/mail`);
  const link = page.getByRole('link', { name: words }).first();
  await link.waitFor({ timeout: 15000 }).catch(() => fail(`no captured mail '${words}'`));
  await press(link);
  return page.locator('main').innerText();
}

// What clocks in London show in so many minutes, as a form field wants it.
const inLondon = (minutes) => new Date(Date.now() + minutes * 60000).toLocaleString('sv-SE', { timeZone: 'Europe/London' }).replace(' ', 'T').slice(0, 16);

const linkIn = (text, part) => text.match(new RegExp(`${origin}\\S*${part}\\S*`))?.[0] ?? fail(`no link with ${part} in:\n${text}`);

async function until(what, test) {
  for (let n = 0; n < 60; n += 1) {
    if (await test()) return;
    await new Promise((done) => setTimeout(done, 250));
  }
  fail(`waited in vain for ${what}`);
}

// 1. Somebody applies without any script, proves the address, is approved and signs in.
{
  const visitor = await person({ script: false, width: 360 });
  await visitor.goto(`${origin}/join`);
  await visitor.getByLabel(/^(your )?name/i).fill('Journey Sample');
  await visitor.getByLabel(/e-?mail/i).first().fill('journey@example.org');
  await visitor.getByLabel(/affiliation|organisation/i).first().fill('Sample Arts Trust');
  await visitor.locator('select[name=country]').selectOption('GB');
  await visitor.getByLabel(/why/i).fill('I would like to learn how others keep community groups going.');
  await visitor.locator('input[name=privacy]').check();
  await visitor.waitForTimeout(2200); // the form takes nothing from anybody who is done within two seconds
  await press(visitor.locator('main form button').last());
  expect(/mail/i.test(await visitor.locator('main').innerText()), 'the answer to an application speaks of mail');
  const reader = await person();
  await until('the confirmation mail', async () => {
    await reader.goto(`${origin}/demo/mail`);
    return (await reader.locator('main').innerText()).includes('journey@example.org');
  });
  await press(reader.locator('tr, li', { hasText: 'journey@example.org' }).first().getByRole('link').first());
  const confirmation = linkIn(await reader.locator('main').innerText(), '/join/confirm/');
  await visitor.goto(confirmation);
  await press(visitor.locator('main form button').last());

  const coordinator = await person({ script: false });
  await enter(coordinator, 'coordinator');
  await coordinator.goto(`${origin}/coordinate/requests`);
  await press(coordinator.getByRole('link', { name: 'Journey Sample' }).first());
  await press(coordinator.getByRole('link', { name: /approve/i }).or(coordinator.getByRole('button', { name: /approve/i })).first());
  await press(coordinator.getByRole('button', { name: /approve and send/i }));
  expect(/approved|member/i.test(await coordinator.locator('main').innerText()), 'the approval is shown');
  await until('the welcome', async () => {
    await reader.goto(`${origin}/demo/mail`);
    return /welcome/i.test(await reader.locator('tr, li', { hasText: 'journey@example.org' }).first().locator('xpath=..').innerText());
  });
  await coordinator.context().close();
  await visitor.context().close();
  await reader.context().close();
}

// 2. A coordinator makes, schedules, moves and cancels a meeting, and publishes an activity.
{
  const coordinator = await person({ script: false });
  await enter(coordinator, 'coordinator');
  await coordinator.goto(`${origin}/coordinate/meetings/new`);
  await coordinator.locator('[name=title]').fill('Journey meeting');
  await coordinator.locator('[name=summary]').fill('A meeting made by a journey.');
  await coordinator.locator('[name=starts]').fill('2030-06-12T15:00');
  await coordinator.locator('[name=ends]').fill('2030-06-12T16:30');
  await coordinator.locator('[name=joining_link]').fill('https://meet.example.org/journey');
  await press(coordinator.locator('main form button').last());
  const home = coordinator.url();
  expect(/\/coordinate\/meetings\/[0-9a-f-]{36}$/.test(home), `a draft has its page: ${home}`);
  await coordinator.goto(`${home}/schedule`);
  expect(/\d+/.test(await coordinator.locator('main').innerText()), 'the preflight says how many');
  await press(coordinator.locator('main form button').last());
  await coordinator.goto(`${home}/edit`);
  await coordinator.locator('[name=starts]').fill('2030-06-12T15:30');
  await coordinator.locator('[name=ends]').fill('2030-06-12T17:00');
  await press(coordinator.locator('main form button').last());
  expect(coordinator.url().endsWith('/changes'), `a change is shown before it goes: ${coordinator.url()}`);
  await press(coordinator.getByRole('button', { name: /tell|send/i }).first());
  await coordinator.goto(`${home}/cancellation`);
  await coordinator.locator('[name=why]').fill('A journey ends.');
  await press(coordinator.locator('main form button').last());
  expect(/cancelled/i.test(await coordinator.locator('main').innerText()), 'the meeting is cancelled');

  await coordinator.goto(`${origin}/coordinate/activities/new`);
  await coordinator.locator('[name=title]').fill('Journey activity');
  const scope = coordinator.locator('[name=scope]');
  if ((await scope.first().evaluate((e) => e.tagName)) === 'SELECT') await scope.selectOption('local');
  else await coordinator.locator('[name=scope][value=local]').check();
  await coordinator.locator('[name=kind]').first().fill('study').catch(() => coordinator.locator('[name=kind]').first().selectOption('study'));
  await coordinator.locator('[name=body]').fill('Something **worth** telling.');
  await press(coordinator.locator('main form button').last());
  await press(coordinator.getByRole('button', { name: /publish/i }).first());
  const visitor = await person();
  await visitor.goto(`${origin}/activities/journey-activity`);
  expect((await visitor.locator('h1').innerText()).includes('Journey activity'), 'the activity is public');
  await visitor.context().close();
  await coordinator.context().close();
}

// 3. A member answers on the page, by keyboard alone.
{
  const member = await person({ width: 360 });
  await enter(member, 'member');
  await member.goto(`${origin}/meetings`);
  await press(member.locator('main a[href^="/meetings/"]:not([href$=".ics"])').first());
  const yes = member.locator('button[name=answer][value=yes]').first();
  for (let n = 0; n < 80; n += 1) {
    await member.keyboard.press('Tab');
    if (await yes.evaluate((e) => e === document.activeElement)) break;
  }
  expect(await yes.evaluate((e) => e === document.activeElement), 'the answer is reached by Tab');
  const loaded = member.waitForEvent('load');
  await member.keyboard.press('Enter');
  await loaded;
  expect((await member.locator('button[name=answer][value=yes]').first().getAttribute('aria-pressed')) === 'true', 'the answer is kept');
  await member.context().close();
}

// 4. Members say by link which hour suits; the hour becomes a meeting, and each leads to the other.
{
  const coordinator = await person({ script: false });
  await enter(coordinator, 'coordinator');
  await coordinator.goto(`${origin}/coordinate/meetings/polls/new`);
  await coordinator.locator('[name=title]').fill('Journey poll');
  await coordinator.locator('[name=minutes]').fill('60');
  await coordinator.locator('[name=time1]').fill('2030-05-13T15:00');
  await coordinator.locator('[name=time2]').fill('2030-05-14T15:00');
  await coordinator.locator('[name=closes]').fill(inLondon(7 * 24 * 60));
  await press(coordinator.getByRole('button', { name: /save as a draft/i }));
  await press(coordinator.getByRole('link', { name: /whom it reaches/i }));
  await press(coordinator.locator('main form button').last());
  const poll = coordinator.url();

  const reader = await person({ width: 360 });
  const link = new URL(linkIn(await newestMail(reader, /Journey poll/), '/poll/')).pathname;
  await look(reader, link);
  for (const [n, word] of ['Yes', 'No'].entries()) {
    await reader.getByRole('group').nth(n).getByRole('radio', { name: word, exact: true }).check();
  }
  await press(reader.getByRole('button', { name: /send my answers/i }));
  expect(/you have answered/i.test(await reader.locator('main').innerText()), 'the answers to the poll are kept');
  await look(reader, link);

  await coordinator.goto(poll);
  expect(/1 of \d+ have answered|1 of \d+ has answered/.test(await coordinator.locator('main').innerText()), 'the poll counts its answer');
  await press(coordinator.getByRole('button', { name: /make a draft/i }));
  expect(/\/coordinate\/meetings\/[0-9a-f-]{36}/.test(coordinator.url()), `the poll is a draft now: ${coordinator.url()}`);
  if (/\/edit$/.test(coordinator.url())) await coordinator.goto(coordinator.url().replace(/\/edit$/, ''));
  await press(coordinator.getByRole('link', { name: /the poll it came from/i }));
  expect(coordinator.url() === poll, 'a meeting leads to the poll that it was made of');
  await look(reader, link);
  expect(/closed/i.test(await reader.locator('main').innerText()), 'a poll that is decided takes no more answers');
  await reader.context().close();
  await coordinator.context().close();
}

// 5. A meeting begins soon: behind everybody's own link is a door, and whoever presses its button is noted as having come.
{
  const coordinator = await person({ script: false });
  await enter(coordinator, 'coordinator');
  await coordinator.goto(`${origin}/coordinate/meetings/new`);
  await coordinator.locator('[name=title]').fill('Journey door');
  await coordinator.locator('[name=time_zone]').selectOption('Europe/London');
  await coordinator.locator('[name=starts]').fill(inLondon(15));
  await coordinator.locator('[name=ends]').fill(inLondon(75));
  await coordinator.locator('[name=joining_link]').fill(`${origin}/activities?behind=the-door`);
  await press(coordinator.locator('main form button').last());
  const home = coordinator.url();
  await press(coordinator.getByRole('button', { name: /joining link of their own/i }));
  await coordinator.goto(`${home}/schedule`);
  await press(coordinator.locator('main form button').last());

  const reader = await person({ width: 360 });
  const link = new URL(linkIn(await newestMail(reader, /Invitation: Journey door/), '/join/')).pathname;
  await look(reader, link);
  await coordinator.goto(`${home}/attendance`);
  expect(/nobody is noted/i.test(await coordinator.locator('main').innerText()), 'looking at the door notes nobody');
  await reader.goto(origin + link);
  await press(reader.getByRole('button', { name: /join the meeting/i }));
  expect(reader.url().includes('behind=the-door'), `the button leads to the meeting: ${reader.url()}`);
  await look(reader, link);
  expect(/done already/i.test(await reader.locator('main').innerText()), 'the door says who is noted');
  await coordinator.goto(`${home}/attendance`);
  expect(/1 person came/i.test(await coordinator.locator('main').innerText()), 'whoever pressed is noted as having come');
  await reader.context().close();
  await coordinator.context().close();
}

// One link of each kind that mails hold: what members are asked without signing in.
async function mailedLinks(page) {
  const kinds = [/\/rsvp\/(?!undo)/, /\/rsvp\/undo\//, /\/poll\//, /\/feedback\//, /\/places\//, /\/unsubscribe\//, /\/log\//, /\/meetings\/[^/]+\/join\//];
  const found = new Map();
  const list = await (await page.request.get(`${origin}/demo/mail`)).text();
  const mails = [...list.matchAll(/href="(\/demo\/mail\/\d+)"/g)].map((match) => match[1]);
  for (const mail of mails) {
    if (found.size === kinds.length) break;
    const text = (await (await page.request.get(origin + mail)).text()).replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');
    for (const [url] of text.matchAll(new RegExp(`${origin}/[^\\s"<]*[a-z2-7]{26}`, 'g'))) {
      const kind = kinds.find((one) => one.test(url));
      if (kind && !found.has(kind)) found.set(kind, new URL(url).pathname);
    }
  }
  for (const kind of kinds) expect(found.has(kind), `no mail of the demo has a link like ${kind}`);
  return [...found.values()];
}

// The desk's pages of the meetings that have most to show: one that was, one that is full, a draft.
async function desksOf(page, titles) {
  await page.goto(`${origin}/coordinate/meetings`);
  const paths = [];
  for (const title of titles) paths.push(await page.getByRole('link', { name: title }).first().getAttribute('href'));
  return paths;
}

// 6. axe on every page, wide, narrow and dark, for a visitor, a member and a coordinator.
const looked = {};
const starting = {
  visitor: ['/', '/demo', '/subscribe', '/sign-in'],
  member: ['/meetings/what-link-workers-need-to-stay', '/me', '/members', '/meetings', '/subscribe', '/me/calendar', '/me/privacy'],
  coordinator: ['/coordinate', '/coordinate/requests', '/coordinate/meetings', '/coordinate/meetings/new', '/coordinate/meetings/plan', '/coordinate/meetings/plan/copies', '/coordinate/meetings/hours', '/coordinate/meetings/polls', '/coordinate/meetings/polls/new', '/coordinate/activities', '/coordinate/activities/new', '/coordinate/outbox', '/coordinate/members'],
};
for (const [who, pages] of Object.entries(starting)) {
  const first = await person();
  if (who !== 'visitor') await enter(first, who);
  const state = await first.context().storageState();
  const before = { visitor: mailedLinks, member: () => [], coordinator: (page) => desksOf(page, ['What link workers need to stay', 'A workshop on asking well']) }[who];
  const starts = [...(await before(first)), ...pages];
  const paths = (await crawl(first, starts, who === 'coordinator' ? 100 : 70)).filter((path) => path !== '/sign-out' || who === 'member');
  await first.context().close();
  looked[who] = paths.length;
  await Promise.all([{ width: 1280 }, { width: 360 }, { width: 320, dark: true }].map(async (shape) => {
    const page = await person(shape);
    await page.context().addCookies(state.cookies);
    for (const path of paths) await look(page, path);
    await page.context().close();
  }));
}

await browser.close();
console.log(`pages looked at: ${JSON.stringify(looked)}, each wide, narrow and dark; ${checks} checks, ${faults.length} faults`);
for (const fault of [...new Set(faults)]) console.error(`FAULT ${fault}`);
process.exit(faults.length ? 1 : 0);
