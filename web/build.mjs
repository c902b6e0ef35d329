// The sources beside this file become bundles in the package, with the licence, version and hash of all that went into them.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const vendor = join(here, "../src/comity/site/static/vendor");
const tests = join(here, "../tests/browser/vendor");
const ENTRIES = ["query", "pictures", "map", "network", "timeline"].filter((name) => existsSync(join(here, "src", `${name}.js`)));
// what is served as it is: package, file of it, its place in the vendor folder
const FILES = [["world-atlas", "countries-50m.json", "world-atlas/countries-50m.json"]];

const read = (path) => readFileSync(path, "utf8");
const hash = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");
const sorted = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Return the names of the packages whose files went into a bundle. */
function packages(inputs) {
  const found = inputs.map((path) => path.match(/(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]);
  return [...new Set(found.filter(Boolean))].sort();
}

/** Copy the licence of a package beside the bundles, and return what the manifest says of the package. */
function describe(name, folder, root) {
  const home = join(here, "node_modules", name);
  const about = JSON.parse(read(join(home, "package.json")));
  const text = readdirSync(home).find((file) => /^licen[cs]e(\.md|\.txt)?$/i.test(file));
  if (!text) throw new Error(`${name} ${about.version} carries no licence text; leave it out or add its text by hand`);
  const target = `${folder}${name.replace("@", "").replace("/", "-")}.txt`;
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, target), `${read(join(home, text)).replaceAll("\r\n", "\n").trimEnd()}\n`);
  return { version: about.version, licence: about.license, from: "npm", sha256: { [target]: hash(join(root, target)) } };
}

for (const folder of ["islands", "licences", "world-atlas"]) rmSync(join(vendor, folder), { recursive: true, force: true });
const made = await build({
  absWorkingDir: here,
  entryPoints: ENTRIES.map((name) => `src/${name}.js`),
  outdir: relative(here, join(vendor, "islands")),
  bundle: true, minify: true, format: "esm", target: "es2022", charset: "utf8", legalComments: "none", metafile: true, logLevel: "warning",
});

const found = {};
const islands = { from: "web/", licence: "Apache-2.0", sources: {}, sha256: {} };
for (const [path, output] of Object.entries(made.metafile.outputs)) {
  const file = relative(vendor, join(here, path));
  islands.sha256[file] = hash(join(here, path));
  for (const name of packages(Object.keys(output.inputs))) {
    found[name] ??= { ...describe(name, "licences/", vendor), in: [] };
    found[name].in.push(file);
  }
}
for (const [name, file, target] of FILES) {
  if (!existsSync(join(here, "src", "pictures.js"))) continue;
  cpSync(join(here, "node_modules", name, file), join(vendor, target));
  found[name] = describe(name, "licences/", vendor);
  found[name].sha256[target] = hash(join(vendor, target));
}
const names = ["build.mjs", "package.json", "package-lock.json", ...readdirSync(join(here, "src"), { recursive: true }).filter((name) => name.endsWith(".js")).sort().map((name) => `src/${name}`)];
for (const name of names) islands.sources[name] = hash(join(here, name));

const manifest = join(vendor, "manifest.json");
const kept = Object.entries(JSON.parse(read(manifest))).filter(([name, entry]) => entry.change && name !== "islands");
islands.sha256 = sorted(islands.sha256);
writeFileSync(manifest, `${JSON.stringify({ ...Object.fromEntries(kept), islands, ...sorted(found) }, null, 2)}\n`);

const axe = describe("axe-core", "", tests);
cpSync(join(here, "node_modules/axe-core/axe.min.js"), join(tests, "axe.min.js"));
axe.sha256["axe.min.js"] = hash(join(tests, "axe.min.js"));
writeFileSync(join(tests, "manifest.json"), `${JSON.stringify({ "axe-core": axe }, null, 2)}\n`);
