// Programs that tests start and npm does not bring: Chromium, and docker-compose to check a file. As root on Debian they are
// installed when absent.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const chromiumNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const chromiumElsewhere = [
  '/snap/bin/chromium',
  '/opt/google/chrome/chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The path of Chromium; throws with the line to run where it cannot be had. */
export function provideChromium() {
  const given = process.env.CHROME_BIN;
  if (given) {
    if (isExecutable(given)) return given;
    throw new Error(`CHROME_BIN is ${given}, and no program is there`);
  }
  const findChromium = () => onPath(chromiumNames) ?? chromiumElsewhere.find(isExecutable);
  const found = findChromium() ?? (install('chromium') ? findChromium() : undefined);
  if (found !== undefined) return found;
  throw new Error(
    'tests need Chromium and found none. Install it (Debian, Ubuntu: sudo apt-get install chromium; macOS: brew install --cask chromium), or run: CHROME_BIN=/path/to/chrome npm test',
  );
}

/** The path of docker-compose, or undefined: one test then says that it did not run. */
export function provideDockerCompose() {
  const findCompose = () => onPath(['docker-compose']);
  return findCompose() ?? (install('docker-compose') ? findCompose() : undefined);
}

const isExecutable = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // The question was whether it is.
  }
};

const onPath = (names) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isExecutable);

/** false: this is not Debian, we are not root, or apt failed and its complaint was printed. */
function install(packageName) {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version') || onPath(['apt-get']) === undefined) return false;
  console.error(`tests need ${packageName}: installing it with apt-get`);
  const lock = ['-o', 'DPkg::Lock::Timeout=300'];
  return (
    // A machine that never asked for lists knows no package; one whose lists are old asks for files that are gone.
    run('apt-get', [...lock, 'update', '-qq']) &&
    run('apt-get', [...lock, 'install', '-y', '-qq', '--no-install-recommends', packageName])
  );
}

function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status === 0) return true;
  console.error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`);
  return false;
}
