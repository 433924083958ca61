// Builds the dashboard into dist/: index.html and assets/. With --watch it stays and rebuilds on change.
import { context } from 'esbuild';
import { cp, mkdir, rm } from 'node:fs/promises';

const out = 'dist';
await rm(out, { recursive: true, force: true });
await mkdir(`${out}/assets`, { recursive: true });
await cp('icon.svg', `${out}/assets/icon.svg`);

const build = await context({
  entryPoints: { app: 'src/main.ts' },
  outdir: `${out}/assets`,
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022'],
  assetNames: '[name]',
  loader: { '.woff2': 'file' },
  logLevel: 'warning',
});
await build.rebuild();
await cp('index.html', `${out}/index.html`); // last: it marks a whole build
if (process.argv.includes('--watch')) {
  await build.watch();
} else {
  await build.dispose();
}
