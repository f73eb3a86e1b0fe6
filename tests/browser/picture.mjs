// The README's picture: the front page, an invitation and the coordinators' desk, taken from a running demo
// whose printed lines stand in the file that DEMO names. Writes picture.png beside this file.
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const demo = readFileSync(process.env.DEMO, 'utf8');
const printed = (name) => demo.match(new RegExp(`^\\s*${name}\\s+(\\S+)`, 'm'))[1];
const origin = new URL(printed('site')).origin;
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });

// What a window of this width shows of a page, as a data address.
async function shot(page, path, width, withoutBanner = true) {
  await page.setViewportSize({ width, height: Math.round(width * 1.32) });
  await page.goto(origin + path);
  if (withoutBanner) await page.evaluate(() => document.querySelector('.banner-demo')?.remove());
  return `data:image/png;base64,${(await page.screenshot()).toString('base64')}`;
}

const visitor = await (await browser.newContext({ bypassCSP: true })).newPage();
const front = await shot(visitor, '/', 1180);
await visitor.goto(`${origin}/demo/mail`);
const invitation = await visitor.getByRole('link', { name: 'Invitation: Gardens' }).first().getAttribute('href');
const mail = await shot(visitor, `${invitation}/html`, 640, false);
const coordinator = await (await browser.newContext({ bypassCSP: true })).newPage();
await coordinator.goto(printed('coordinator'));
await coordinator.getByRole('button', { name: /sign in/i }).click();
await coordinator.waitForURL((url) => !url.pathname.startsWith('/demo/enter'));
const desk = await shot(coordinator, '/coordinate', 1180);

const sheet = await (await browser.newContext({ viewport: { width: 1600, height: 760 } })).newPage();
const figure = (source, width, label) => `<figure><img src="${source}" style="width:${width}px" alt=""><figcaption>${label}</figcaption></figure>`;
await sheet.setContent(`<!doctype html><style>
body { margin: 0; padding: 36px 40px 28px; width: 1520px; background: #dfe5d6; display: flex; justify-content: space-between; font: 19px Cambria, Georgia, serif; color: #16241c; }
figure { margin: 0; } img { display: block; border-radius: 8px; box-shadow: 0 8px 24px -12px #16241c; } figcaption { margin-top: 14px; text-align: center; }
</style>${figure(front, 496, 'What everyone sees')}${figure(mail, 496, 'An invitation')}${figure(desk, 496, 'The coordinators’ desk')}`);
await sheet.locator('img').last().evaluate((image) => image.decode());
await sheet.screenshot({ path: new URL('picture.png', import.meta.url).pathname, fullPage: true });
await browser.close();
