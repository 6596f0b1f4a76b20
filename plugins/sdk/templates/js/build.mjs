// Builds the component: installs componentize-js under target/, once, and calls it.
// `kapok plugin build` runs this file.

import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const WORLD = '{{kind}}-plugin';
const COMPONENT = 'target/{{name}}.wasm';
const PACKAGES = 'target/npm';

/** Installs what package-lock.json says; anew when that changes. */
async function install() {
  const wanted = (await readFile('package-lock.json', 'utf8')) + process.version;
  const installed = `${PACKAGES}/installed.txt`;
  if ((await readFile(installed, 'utf8').catch(() => '')) === wanted) return;
  await mkdir(PACKAGES, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) await cp(file, `${PACKAGES}/${file}`);
  // No package's own scripts: what is needed comes ready in the packages.
  const npm = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } = spawnSync('npm', npm, { cwd: PACKAGES, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`npm ci failed: ${error?.message ?? `exit code ${status}`}`);
  await writeFile(installed, wanted);
}

/** Sources beside the schema of the settings as a module; a component can import no JSON. */
async function stage() {
  await rm('target/src', { recursive: true, force: true });
  await cp('src', 'target/src', { recursive: true });
  const schema = JSON.stringify(JSON.parse(await readFile('src/settings.schema.json', 'utf8')));
  await writeFile('target/src/settings.schema.js', `export default ${JSON.stringify(schema)};\n`);
}

await install();
await stage();
const tool = resolve(PACKAGES, 'node_modules/@bytecodealliance/componentize-js/src/componentize.js');
const { componentize } = await import(pathToFileURL(tool));
const { component } = await componentize({
  sourcePath: resolve('target/src/plugin.js'),
  witPath: resolve('wit'),
  worldName: WORLD,
  // A plugin has no use for the others. What it writes with `console`, an exception included, is shown to
  // its author.
  disableFeatures: ['random', 'clocks', 'http', 'fetch-event'],
});
await writeFile(`${COMPONENT}.new`, component);
await rename(`${COMPONENT}.new`, COMPONENT);
