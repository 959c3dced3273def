// node schema.mjs FILE...: holds manifests against Kubernetes' own schema, as TypeScript types have it: unknown fields, wrong
// types and missing fields are errors. For ../check.sh, which installs what it imports.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import * as yaml from 'js-yaml';

const manifests = process.argv.slice(2).flatMap(file => yaml.loadAll(readFileSync(file, 'utf8')).filter(Boolean));
writeFileSync('manifests.ts', manifests.map((manifest, n) =>
    `import type { I${manifest.kind} as T${n} } from 'kubernetes-models/${manifest.apiVersion}';\n` +
    `export const m${n}: T${n} = ${JSON.stringify(manifest, null, 1)};\n`).join(''));
execFileSync('npx', ['tsc', '--noEmit', '--strict', '--skipLibCheck', '--module', 'esnext', '--moduleResolution', 'bundler',
    'manifests.ts'], { stdio: 'inherit' });
