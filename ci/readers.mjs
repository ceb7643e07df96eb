// Lets readers from outside read what the project writes, and a broken twin of it: node ci/readers.mjs DIR, where ci/formats has written
// reports. Needs @mitre/hdf-converters, @nuwcdivnpt/stig-manager-client-modules and html-validate in the folder that NODE_PATH names.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(join(process.env.NODE_PATH, "x"));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const dir = resolve(process.argv[2]);
const read = (name) => readFileSync(join(dir, name), "utf8");
const report = JSON.parse(read("estate.json"));

/** A check that must hold for the document and must not for its twin. */
async function judge(reader, name, text, twin, check) {
  if (text === twin) throw new Error(`the twin of ${name} is not broken`);
  const problem = await check(text).catch((e) => e.message);
  if (problem) throw new Error(`${reader}, ${name}: ${problem}`);
  if (!(await check(twin).catch((e) => e.message))) throw new Error(`${reader} passes a broken twin of ${name}`);
  console.log(`${reader.padEnd(42)} ${name}`);
}

/** How many rules have a failure, and how many findings there are. */
const failed = new Set(report.verdicts.filter((v) => v.outcome === "fail").map((v) => v.rule)).size;
const fingerprints = report.findings.map((f) => f.fingerprint);
const all = (text) => {
  const missing = fingerprints.filter((f) => !text.includes(f));
  return missing.length ? `${missing.length} findings are lost` : undefined;
};

const stigman = await load("@nuwcdivnpt/stig-manager-client-modules");
const settings = {
  fieldSettings: { detail: { enabled: "always", required: "optional" }, comment: { enabled: "always", required: "optional" } },
  allowAccept: true,
  importOptions: { autoStatus: { fail: "saved", notapplicable: "saved", pass: "saved" }, unreviewed: "always", unreviewedCommented: "informational",
    emptyDetail: "import", emptyComment: "import", allowCustom: true },
};
/** Items of the two guides of DISA for IIS 10.0, and how many of all checklists the file says are open. */
const items = 84;
const openInAll = read("estate.ckl").split("<STATUS>Open<").length - 1;
/** Open items, those of the guides too, and every finding in their details. */
const reviews = (parse, most) => async (text) => {
  const read = parse({ data: text, ...settings, sourceRef: "x" });
  const list = read.checklists[0].reviews;
  const open = list.filter((r) => r.result === "fail").length;
  if (open !== most) return `${open} items are open and not ${most}`;
  const guides = read.checklists.slice(1).flatMap((c) => c.reviews);
  const openOfGuides = guides.filter((r) => r.result === "fail").length;
  if (read.checklists.length !== 3 || guides.length !== items) return `${read.checklists.length} checklists, ${guides.length} items of the guides and not ${items}`;
  if (openOfGuides !== openInAll - most) return `${openOfGuides} items of the guides are open and not ${openInAll - most}`;
  return all(list.map((r) => r.detail).join("\n"));
};
await judge("STIG Manager", "estate.ckl", read("estate.ckl"), read("estate.ckl").replace("<STATUS>Open", "<STATUS>Opened"), reviews(stigman.reviewsFromCkl, failed));
await judge("STIG Manager", "estate.cklb", read("estate.cklb"), read("estate.cklb").replace('"status": "open"', '"status": "opened"'), reviews(stigman.reviewsFromCklb, failed));

const hdf = require("@mitre/hdf-converters");
const statuses = (controls) => controls.flatMap((c) => c.results ?? []).map((r) => r.status);
const lost = JSON.parse(read("estate.sarif"));
lost.runs[0].results.pop();
await judge("Heimdall (hdf-converters)", "estate.sarif", read("estate.sarif"), JSON.stringify(lost), async (text) => {
  const read = new hdf.SarifMapper(text).toHdf();
  const results = (read.profiles ?? [read]).flatMap((p) => p.profiles ?? [p]).flatMap((p) => p.controls).flatMap((c) => c.results);
  if (results.length !== report.findings.length) return `${results.length} results and not ${report.findings.length}`;
  return results.some((r) => !r.message && !r.code_desc) ? "a result without a text" : undefined;
});
await judge("Heimdall (hdf-converters)", "estate.ckl", read("estate.ckl"), read("estate.ckl").replace("</CHECKLIST>", ""), async (text) => {
  const read = new hdf.ChecklistResults(text).toHdf();
  const controls = (Array.isArray(read) ? read : [read]).flatMap((r) => r.profiles).flatMap((p) => p.controls);
  // Of several checklists it makes a profile each and one around them, which holds every control again.
  const once = [...new Map(controls.map((c) => [c.id, c])).values()];
  const found = statuses(once).filter((s) => s === "failed").length;
  return found === openInAll && found > failed ? undefined : `${found} controls failed and not ${openInAll}, ${failed} of them of kerbsync's rules`;
});
// Heimdall knows one result a file: of several it reads the rules alone.
await judge("Heimdall (hdf-converters), rules", "small.xccdf", read("small.xccdf"), read("small.xccdf").replaceAll("Group", "Grup"), async (text) => {
  const read = new hdf.XCCDFResultsMapper(text).toHdf();
  const controls = (Array.isArray(read) ? read : [read]).flatMap((r) => r.profiles).flatMap((p) => p.controls);
  const rules = text.split("<Rule ").length - 1;
  return controls.length === rules ? undefined : `${controls.length} controls of ${rules} rules`;
});

const { HtmlValidate } = require("html-validate");
const validator = new HtmlValidate({ extends: ["html-validate:standard", "html-validate:a11y"], rules: {
  // Matters of taste: tags written out in full, and lines as long as they are.
  "no-inline-style": "error", "no-trailing-whitespace": "off", "void-style": "off", "no-raw-characters": "off",
} });
for (const name of ["estate.html", "small.html", "nothing.html"]) {
  await judge("html-validate", name, read(name), read(name).replace("<main>", "<main><p><div>x</div></p>"), async (text) => {
    const report = await validator.validateString(text);
    return report.valid ? undefined : report.results[0].messages.slice(0, 8).map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`).join("\n");
  });
}
