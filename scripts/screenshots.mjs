// npm run screenshots: takes the pictures that README and the plugins show, on the way of the story that the browser tests tell.
// Those of Grafana's pages need one: GRAFANA_URL and PYROLENS_URL, as test/browser/story.test.ts has it. Without it they stay.
import { test } from './test.mjs';

process.env.PYROLENS_PICTURES = 'taken';
process.exitCode = await test(['--selectProjects', 'node', '--testPathPatterns', 'test/browser/story.test', '-w', '1']);
