/** What Grafana's plugin validator asks of a plugin and a test can hold cheaply, and that the README tells of what there is. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { queryTypeLabels } from '../src/datasource/data/describeQuery.ts';
import { projectRoot } from './golden.ts';

interface PluginJson {
  readonly type: string;
  readonly id: string;
  readonly name: string;
  readonly info: {
    readonly description: string;
    readonly author: { readonly name: string };
    readonly keywords: readonly string[];
    readonly logos: { readonly small: string; readonly large: string };
    readonly screenshots: readonly { readonly name: string; readonly path: string }[];
  };
  readonly includes?: readonly { readonly type: string; readonly name: string; readonly path: string }[];
}

const source = join(projectRoot, 'src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' });
const plugins = files
  .filter((path) => path.endsWith('plugin.json'))
  .map((path) => ({ path, plugin: JSON.parse(readFileSync(join(source, path), 'utf8')) as PluginJson }));
const readme = readFileSync(join(source, 'README.md'), 'utf8');
const app = plugins.find(({ plugin }) => plugin.type === 'app')?.plugin;

test('there are an app, a data source and a panel', () => {
  expect(plugins.map(({ plugin }) => plugin.type).sort()).toEqual(['app', 'datasource', 'panel']);
});

for (const { path, plugin } of plugins) {
  test(`${path} has an id of its type, a description, keywords, logos and screenshots that are there`, () => {
    expect(plugin.id).toMatch(new RegExp(`^pyrolens-[a-z-]+-${plugin.type}$`));
    const { description, keywords, logos, screenshots, author } = plugin.info;
    expect(description.length).toBeGreaterThan(40);
    expect(keywords.length).toBeGreaterThan(2);
    expect(author.name).not.toBe('');
    expect(screenshots.length).toBeGreaterThan(0);
    for (const name of screenshots.map((each) => each.name)) expect(name).not.toBe('');
    for (const image of [logos.small, logos.large, ...screenshots.map((each) => each.path)]) {
      const file = join(source, dirname(path), image);
      expect([image, existsSync(file)]).toEqual([image, true]);
      expect(statSync(file).size).toBeLessThan(300_000);
    }
  });
}

test('no code of the plugins logs to the console', () => {
  const code = files.filter((path) => /\.tsx?$/.test(path) && !path.includes('.test.'));
  expect(code.length).toBeGreaterThan(100);
  for (const path of code) {
    expect([path, /\bconsole\s*\./.test(readFileSync(join(source, path), 'utf8'))]).toEqual([path, false]);
  }
});

test('the README has no links or pictures that lead nowhere once it stands in the catalogue', () => {
  expect(readme).not.toMatch(/\]\((?!https?:\/\/|#)/);
  expect(readme).not.toMatch(/<img/);
});

test('the README tells of every query type, page, link and dashboard', () => {
  for (const type of Object.keys(queryTypeLabels)) expect(readme).toContain(`| \`${type}\``);
  for (const { type, name } of app?.includes ?? []) {
    if (type === 'page') expect(readme).toContain(`| ${name} `);
    if (type === 'dashboard') expect(readme).toContain(`"${name}"`);
  }
  for (const title of ['Profiles of these pods', 'Compare profiles with before']) expect(readme).toContain(title);
});
