// npm run bench NAME: reports figures; nothing fails because of them.
import { benchFlamegraph } from '../test/bench/flamegraph.mjs';
import { benchIngest } from '../test/bench/ingest.mjs';
import { benchQuery } from '../test/bench/query.mjs';
import { benchRecording } from '../test/bench/recording.mjs';
import { benchRules } from '../test/bench/rules.mjs';
import { benchWire } from '../test/bench/wire.mjs';
import { buildServer, root } from './build.mjs';

const benches = {
  flamegraph: benchFlamegraph,
  ingest: benchIngest,
  query: benchQuery,
  recording: benchRecording,
  rules: benchRules,
  wire: benchWire,
};
const bench = benches[process.argv[2] ?? ''];
if (bench === undefined) {
  console.error(`npm run bench NAME, with NAME one of: ${Object.keys(benches).join(', ')}`);
  process.exitCode = 2;
} else {
  await buildServer();
  await bench(root);
}
