// npm test: builds what the browser and program tests start, then runs Jest with the given arguments.
import { spawnSync } from 'node:child_process';
import { buildPlugins, buildServer, root } from './build.mjs';

await buildServer();
buildPlugins();
const { status } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
