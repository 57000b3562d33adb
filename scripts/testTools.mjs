// Programs that tests start and npm does not bring: Chromium, docker-compose to check a file, Prometheus and Alertmanager to be
// held against. As root on Debian they are installed when absent.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root } from './build.mjs';

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

/**
 * The path of prometheus, or undefined: the test of PromQL then says that it did not run. Where it is absent Debian's package is
 * unpacked and not installed, as installing would start it as a service.
 */
export const providePrometheus = () => provideUnpacked('prometheus', 'prometheus');

/** As Prometheus; without it the test of alerts does not run. */
export function provideAlertmanager() {
  const name = 'prometheus-alertmanager';
  const program = provideUnpacked(name, name);
  // Debian's looks for its templates here alone, and does not start without.
  const templates = '/usr/share/prometheus/alertmanager';
  if (program === unpackedProgram(name, name) && !existsSync(join(templates, 'default.tmpl'))) {
    if (!canInstall()) return undefined;
    cpSync(join(unpackFolder(name), templates), templates, { recursive: true });
  }
  return program;
}

const unpackFolder = (packageName) => join(root, 'node_modules/.cache/pyrolens', packageName);
const unpackedProgram = (packageName, program) => join(unpackFolder(packageName), 'usr/bin', program);

function provideUnpacked(packageName, program) {
  const find = () => onPath([program]) ?? [unpackedProgram(packageName, program)].find(isExecutable);
  return find() ?? (unpack(packageName, unpackFolder(packageName)) ? find() : undefined);
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

const canInstall = () =>
  process.getuid?.() === 0 && existsSync('/etc/debian_version') && onPath(['apt-get']) !== undefined;
const lock = ['-o', 'DPkg::Lock::Timeout=300'];

/** false: this is not Debian, we are not root, or apt failed and its complaint was printed. */
function install(packageName) {
  if (!canInstall()) return false;
  console.error(`tests need ${packageName}: installing it with apt-get`);
  return (
    // A machine that never asked for lists knows no package; one whose lists are old asks for files that are gone.
    run('apt-get', [...lock, 'update', '-qq']) &&
    run('apt-get', [...lock, 'install', '-y', '-qq', '--no-install-recommends', packageName])
  );
}

/** false: as install() has it. */
function unpack(packageName, folder) {
  if (!canInstall()) return false;
  console.error(`tests need ${packageName}: unpacking it with apt-get and dpkg`);
  const downloads = mkdtempSync(join(tmpdir(), 'pyrolens-deb-'));
  try {
    mkdirSync(folder, { recursive: true });
    return (
      run('apt-get', [...lock, 'update', '-qq']) &&
      run('apt-get', ['download', '-qq', packageName], downloads) &&
      readdirSync(downloads).every((file) => run('dpkg', ['-x', join(downloads, file), folder]))
    );
  } finally {
    rmSync(downloads, { recursive: true });
  }
}

function run(command, args, cwd) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status === 0) return true;
  console.error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`);
  return false;
}
