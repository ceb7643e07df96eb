// Looks at pages of the audit in headless Chromium, as people do: node ci/page.mjs SMALL.html LARGE.html [PICTURES]. Fails with what is wrong.
// Needs puppeteer-core and axe-core in the folder of node_modules that NODE_PATH names, and a Chromium (CHROMIUM, else /usr/bin/chromium).
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(join(process.env.NODE_PATH, "x"));
const puppeteer = require("puppeteer-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const [small, large, pictures] = process.argv.slice(2).map((path) => resolve(path));
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});

/** Opens a page and watches it. */
async function open(file, { width = 1280, dark = false, script = true } = {}) {
  const page = await browser.newPage();
  const wrong = [];
  page.on("console", (m) => ["error", "warn"].includes(m.type()) && wrong.push(`console: ${m.text()}`));
  page.on("pageerror", (e) => wrong.push(`error: ${e.message}`));
  page.on("request", (r) => r.url() !== pathToFileURL(file).href && wrong.push(`request: ${r.url()}`));
  await page.setJavaScriptEnabled(script);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  await page.setViewport({ width, height: 900 });
  const start = performance.now();
  await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
  // Laid out and painted, not merely read.
  if (script) await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  return { page, wrong, ms: performance.now() - start };
}

/** What axe finds, at its full set of rules of WCAG 2.2 AA and of good practice. */
async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.map((v) => `axe: ${v.id}: ${v.help} (${v.nodes.length}, such as ${v.nodes[0].target.join(" ")})`);
}

const failures = [];
const told = [];
const fail = (file, what) => failures.push(`${basename(file)}: ${what}`);

for (const width of [1280, 400]) {
  for (const dark of [false, true]) {
    const { page, wrong } = await open(small, { width, dark });
    [...wrong, ...(await violations(page))].forEach((what) => fail(small, `${width} pixels${dark ? ", dark" : ""}: ${what}`));
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (over > 0) fail(small, `${width} pixels: the page is ${over} pixels too wide`);
    await page.close();
  }
}
told.push("small page: no console message, no request, axe clean at 1280 and 400 pixels, light and dark");

{
  const times = [];
  for (let n = 0; n < 3; n += 1) {
    const { page, wrong, ms } = await open(large);
    wrong.forEach((what) => fail(large, what));
    times.push(ms);
    await page.close();
  }
  const [, median] = times.sort((a, b) => a - b);
  if (median > 2000) fail(large, `takes ${Math.round(median)} ms to load and paint`);
  told.push(`large page: loaded and painted in ${Math.round(median)} ms (the middle of three)`);
}

{
  const { page } = await open(large);
  const visible = () => page.evaluate(() => [
    [...document.querySelectorAll("#table tbody tr")].filter((r) => !r.hidden).length,
    [...document.querySelectorAll("article[data-n]")].filter((a) => !a.hidden).length,
  ]);
  const [all] = await visible();
  await page.type("#word", "KS201");
  const [some, articles] = await visible();
  if (!(some > 0 && some < all && some === articles)) fail(large, `the filter shows ${some} rows and ${articles} findings of ${all}`);
  await page.$eval("#word", (w) => { w.value = ""; w.dispatchEvent(new Event("input")); });
  if ((await visible())[0] !== all) fail(large, "an empty filter does not show everything");
  const who = () => page.$$eval("#table tbody td:nth-child(3)", (cells) => cells.map((c) => c.textContent.toLowerCase()));
  await page.click("#table th:nth-child(3) button");
  const up = await who();
  if (up.join() !== [...up].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).join()) fail(large, "a column is not sorted");
  if ((await page.$eval("#table th:nth-child(3)", (h) => h.getAttribute("aria-sort"))) !== "ascending") fail(large, "the order is not told");
  await page.keyboard.press("Enter");
  if ((await who()).join() === up.join()) fail(large, "the keyboard does not turn the order round");
  await page.close();
  const plain = await open(large, { script: false });
  const shown = await plain.page.$$eval("article[data-n]", (a) => a.length);
  const hidden = await plain.page.$eval("#filter", (f) => f.hidden);
  if (shown !== all || !hidden) fail(large, "without script something is missing, or there is a filter that does nothing");
  await plain.page.close();
  told.push(`large page: ${all} findings, sorted and filtered with script and by keyboard, all there without`);
}

// Broken twins: what must be noticed is noticed.
const twin = (name, change) => {
  const file = join(dirname(small), `${name}.html`);
  writeFileSync(file, change(readFileSync(small, "utf8")));
  return file;
};
for (const [name, change, sign] of [
  ["twin-script", (t) => t.replace('"use strict";', '"use strict"; '), "console"],
  ["twin-image", (t) => t.replace("<main>", '<main><img alt="" src="https://example.com/a.png">'), "console"],
  ["twin-language", (t) => t.replace(' lang="en"', ""), "axe"],
  ["twin-contrast", (t) => t.replace("<footer>", '<footer><p><font color="#ccc">pale</font></p>'), "axe"],
]) {
  const { page, wrong } = await open(twin(name, change));
  const found = [...wrong, ...(await violations(page))];
  if (!found.some((what) => what.startsWith(sign))) fail(small, `nobody notices the broken ${name}`);
  await page.close();
}
told.push("broken twins: another script, an image from outside, no language, too little contrast: all noticed");

if (pictures) {
  for (const [file, width, dark] of [[small, 1280, false], [small, 400, false], [small, 1280, true], [large, 1280, false]]) {
    const { page } = await open(file, { width, dark });
    await page.screenshot({ path: join(pictures, `${basename(file, ".html")}-${width}${dark ? "-dark" : ""}.png`) });
    await page.close();
  }
  const { page } = await open(small);
  await page.pdf({ path: join(pictures, "print.pdf"), format: "A4", printBackground: false });
  await page.close();
}
await browser.close();
told.forEach((line) => console.log(line));
failures.forEach((line) => console.error(`error: ${line}`));
process.exitCode = failures.length ? 1 : 0;
