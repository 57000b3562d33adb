// npm run bench flamegraph: draws made-up call trees in Chromium, with our drawing and with @grafana/flamegraph on the same
// data in the same run, and reports what it took.
// Units: ms. Layout: columns to positions, median of 5. First paint: from data to the last call of the canvas that it causes, in a page that
// has drawn a small graph before.
// Redraw: the same after the host became a pixel narrower, p50 and p95 of 40; theirs of 8 above 10,000 nodes.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

const nodeCounts = [1_000, 10_000, 100_000, 1_000_000];
/** Beyond it a drawing has failed for this many nodes. */
const mostMillis = 120_000;
const html = '<!doctype html><meta charset="utf-8"><body style="margin:0"><div id="host"></div>';

export async function benchFlamegraph(root) {
  const dir = mkdtempSync(join(tmpdir(), 'pyrolens-bench-'));
  const server = createServer((request, response) => answer(dir, request.url ?? '/', response));
  let browser;
  try {
    for (const name of ['ours', 'theirs']) await bundle(root, dir, name);
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    browser = await chromium.launch({
      executablePath: process.env.CHROME_BIN ?? '/usr/bin/chromium',
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--js-flags=--max-old-space-size=4096'],
    });
    const { version } = JSON.parse(readFileSync(join(root, 'node_modules/@grafana/flamegraph/package.json'), 'utf8'));
    console.log(
      `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model}, ${cpus().length} cores, Chromium ${browser.version()}, 1,400 x 900`,
    );
    console.log('nodes      drawing                       layout  first paint  redraw p50  redraw p95');
    for (const count of nodeCounts) {
      for (const [name, title] of [
        ['ours', 'Pyrolens'],
        ['theirs', `@grafana/flamegraph ${version}`],
      ]) {
        const figures = await measure(browser, `http://127.0.0.1:${server.address().port}/${name}.html`, count);
        console.log(`${count.toLocaleString('en').padEnd(10)} ${title.padEnd(28)} ${figures}`);
      }
    }
  } finally {
    await browser?.close();
    server.close();
    rmSync(dir, { recursive: true });
  }
}

function answer(dir, url, response) {
  const name = /^\/(ours|theirs)\.(html|js)$/.exec(url);
  response.setHeader('content-type', name?.[2] === 'js' ? 'text/javascript' : 'text/html');
  if (name === null) response.writeHead(404).end();
  else if (name[2] === 'html') response.end(`${html}<script src="/${name[1]}.js"></script>`);
  else response.end(readFileSync(join(dir, `${name[1]}.js`)));
}

async function bundle(root, dir, name) {
  await build({
    absWorkingDir: root,
    stdin: { contents: name === 'ours' ? ours : theirs(root), resolveDir: root, loader: 'tsx' },
    outfile: join(dir, `${name}.js`),
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    loader: { '.svg': 'dataurl', '.woff': 'dataurl', '.woff2': 'dataurl', '.png': 'dataurl', '.ttf': 'dataurl' },
    logLevel: 'error',
  });
}

async function measure(browser, url, count) {
  const page = await browser.newPage({ viewport: { width: 1_400, height: 900 } });
  try {
    await page.goto(url);
    await page.evaluate(inPage);
    const measured = page.evaluate((nodes) => globalThis.measureDrawing(nodes), count);
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error('late')), mostMillis).unref());
    const { layout, firstPaint, redraws } = await Promise.race([measured, late]);
    const sorted = redraws.sort((a, b) => a - b);
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    const cells = [
      [layout, 7],
      [firstPaint, 12],
      [at(0.5), 11],
      [at(0.95), 11],
    ];
    return cells.map(([value, width]) => value.toFixed(1).padStart(width)).join(' ');
  } catch (error) {
    return error.message === 'late'
      ? `nothing within ${mostMillis / 1_000} s`
      : `failed: ${error.message.split('\n')[0]}`;
  } finally {
    // A page that is busy closes when it gets round to it.
    void page.close().catch(() => undefined);
  }
}

/** Runs in the page: makes the tree, and times what the drawing that is in the page does with it. */
function inPage() {
  let lastCall = 0;
  for (const name of ['fillRect', 'fillText', 'putImageData', 'clearRect', 'stroke', 'fill', 'strokeRect']) {
    const call = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...args) {
      const result = call.apply(this, args);
      lastCall = performance.now();
      return result;
    };
  }
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  /** From the beginning of a frame to the last call of the canvas before it is quiet for 200 ms. */
  const untilPainted = async (change) => {
    await frame();
    lastCall = 0;
    const start = performance.now();
    change();
    const [quietMillis, pauseMillis] = [200, 20];
    while (lastCall === 0 || performance.now() - lastCall < quietMillis) {
      await new Promise((resolve) => setTimeout(resolve, pauseMillis));
    }
    return lastCall - start;
  };
  globalThis.measureDrawing = async (count) => {
    const tree = makeTree(count);
    const host = document.querySelector('#host');
    Object.assign(host.style, { width: '1400px', height: '880px' });
    const drawing = globalThis.makeDrawing(host);
    const layouts = [];
    for (let i = 0; i < 5; i++) layouts.push(drawing.layout(tree));
    // What a page loads and compiles once is not a graph's.
    await untilPainted(() => drawing.show(makeTree(100)));
    const firstPaint = await untilPainted(() => drawing.show(tree));
    const redraws = [];
    const times = drawing.isSlow && count > 10_000 ? 8 : 40;
    for (let i = 0; i < times; i++) {
      redraws.push(await untilPainted(() => (host.style.width = `${1_399 - i}px`)));
    }
    return { layout: layouts.sort((a, b) => a - b)[2], firstPaint, redraws };
  };

  /** Columns of a nested set of `count` bars up to 60 levels deep; the same for the same count. */
  function makeTree(count) {
    let seed = 42;
    const random = () => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff) / 0x7fffffff;
    const [level, name, self] = [new Int32Array(count), new Uint32Array(count), new Float64Array(count)];
    const names = Array.from({ length: Math.min(20_000, Math.max(50, count / 20)) }, (_, i) => {
      return `github.com/example/service${i % 40}.(*Type${i % 200}).Method${i}`;
    });
    for (let bar = 1; bar < count; bar++) {
      const before = level[bar - 1];
      const goesDeeper = before < 60 && random() < 0.62;
      level[bar] = goesDeeper ? before + 1 : Math.max(1, before - Math.floor(random() * 4));
      name[bar] = Math.floor(random() * random() * names.length);
      self[bar] = 1 + Math.floor(random() * 100);
    }
    const total = self.slice();
    const below = new Float64Array(64);
    for (let bar = count - 1; bar >= 0; bar--) {
      total[bar] += below[level[bar] + 1];
      below[level[bar] + 1] = 0;
      below[level[bar]] += total[bar];
    }
    return { count, level, name, names, total, self, unit: 'nanoseconds' };
  }
}

const ours = `
import { mountFlameGraph } from './src/flamegraph/mountFlameGraph.ts';
import { layoutTree } from './src/flamegraph/treeLayout.ts';
import { darkTheme } from './src/flamegraph/themesForTests.ts';
globalThis.makeDrawing = (host) => {
  const state = { view: 'icicle', search: '', focus: [] };
  const handle = mountFlameGraph(host, { theme: darkTheme, state, onStateChange: () => undefined });
  return {
    isSlow: false,
    layout: (tree) => { const start = performance.now(); layoutTree(tree); return performance.now() - start; },
    show: (tree) => handle.setData(tree),
  };
};`;

const theirs = (root) => `
import { createDataFrame, createTheme, FieldType, ThemeContext } from '@grafana/data';
import { FlameGraph } from '@grafana/flamegraph';
import { FlameGraphDataContainer } from ${JSON.stringify(join(root, 'node_modules/@grafana/flamegraph/dist/esm/FlameGraph/dataTransform.mjs'))};
import { createRoot } from 'react-dom/client';
const theme = createTheme({ colors: { mode: 'dark' } });
const frames = new Map();
const frameOf = (tree) => {
  const known = frames.get(tree);
  if (known !== undefined) return known;
  const number = (name, values) => ({ name, type: FieldType.number, values: Array.from(values), config: { unit: 'ns' } });
  const text = { type: { enum: { text: tree.names } } };
  const fields = [
    number('level', tree.level), number('value', tree.total), number('self', tree.self),
    { name: 'label', type: FieldType.enum, values: Array.from(tree.name), config: text },
  ];
  const frame = createDataFrame({ fields });
  frames.set(tree, frame);
  return frame;
};
globalThis.makeDrawing = (host) => {
  const root = createRoot(host);
  return {
    isSlow: true,
    layout: (tree) => {
      const frame = frameOf(tree);
      const start = performance.now();
      new FlameGraphDataContainer(frame, { collapsing: false }, theme).getLevels();
      return performance.now() - start;
    },
    show: (tree) => root.render(
      <ThemeContext.Provider value={theme}>
        <FlameGraph data={frameOf(tree)} getTheme={() => theme} showFlameGraphOnly disableCollapsing />
      </ThemeContext.Provider>,
    ),
  };
};`;
