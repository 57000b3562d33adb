// npm run screenshots: takes the pictures that README and the plugins show, on the way of the story that the browser tests tell.
// With GRAFANA_URL those of Grafana's pages are taken in that Grafana.
import { test } from './test.mjs';

process.env.PYROLENS_PICTURES = 'taken';
process.exitCode = await test(['--selectProjects', 'node', '--testPathPatterns', 'test/browser/story.test', '-w', '1']);
