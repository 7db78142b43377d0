// node look.mjs < VISITS: opens pages in Chromium as the visits say, and prints what was seen of each as JSON.
//   {"url", "width", "dark", "scripts", "type": text for the search, "shot": file}
//   -> {"violations": [{"id", "impact", "nodes"}], "errors": [...], "asked": [addresses other than the page's],
//       "rows": shown rows of the table of cases, "said": what the search says, "overflows", "background"}
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const visits = JSON.parse(readFileSync(0, "utf8"));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});

async function look(visit) {
  const context = await browser.newContext({
    viewport: { width: visit.width, height: 900 },
    colorScheme: visit.dark ? "dark" : "light",
    javaScriptEnabled: visit.scripts !== false,
  });
  const page = await context.newPage();
  const errors = [];
  const asked = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("request", (request) => request.url() !== visit.url && asked.push(request.url()));
  await page.goto(visit.url);
  if (visit.type) await page.fill("#words", visit.type);
  if (visit.shot) await page.screenshot({ path: visit.shot, fullPage: true });
  const seen = { errors, asked, violations: [] };
  seen.rows = await page.locator("#cases tbody tr:visible").count();
  seen.search = await page.locator("#search").isVisible();
  if (visit.scripts !== false) {
    seen.said = await page.locator("#search output").textContent();
    seen.overflows = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    seen.background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    // By the debugger: the page's own policy lets no other script in.
    const session = await context.newCDPSession(page);
    await session.send("Page.setBypassCSP", { enabled: true });
    await session.send("Runtime.evaluate", { expression: axe });
    const found = await page.evaluate(() => window.axe.run());
    seen.violations = found.violations.map((one) => ({
      id: one.id, impact: one.impact, nodes: one.nodes.map((node) => node.html).slice(0, 3),
    }));
  }
  await context.close();
  return seen;
}

const seen = [];
for (const visit of visits) seen.push(await look(visit));
await browser.close();
console.log(JSON.stringify(seen));
