// npm test: finds the programs that tests start, builds what the browser and program tests need, then runs Jest with the
// given arguments.
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { buildPlugins, buildServer, root } from './build.mjs';
import { provideAlertmanager, provideChromium, provideDockerCompose, providePrometheus } from './testTools.mjs';

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = await test(process.argv.slice(2));

/** The exit code. */
export async function test(args) {
  let chromium;
  try {
    chromium = provideChromium();
  } catch (error) {
    // The message is the line to run; a stack would hide it.
    console.error(`npm test: ${error.message}`);
    return 1;
  }
  const compose = provideDockerCompose();
  const prometheus = providePrometheus();
  const alertmanager = provideAlertmanager();
  await buildServer();
  await buildPlugins();
  const { status } = spawnSync(
    process.execPath,
    ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js', ...args],
    {
      cwd: root,
      stdio: 'inherit',
      env: {
        ...process.env,
        CHROME_BIN: chromium,
        ...(compose && { PYROLENS_DOCKER_COMPOSE: compose }),
        ...(prometheus && { PYROLENS_PROMETHEUS: prometheus }),
        ...(alertmanager && { PYROLENS_ALERTMANAGER: alertmanager }),
      },
    },
  );
  return status ?? 1;
}
