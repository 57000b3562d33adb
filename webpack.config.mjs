// Builds the app and its nested plugins as Grafana loads them: one AMD module beside every plugin.json. It does what
// create-plugin's generated configuration does, in one file that runs on Node 20: that one needs ts-node or Node 22.
// There are no lazy chunks, so the public path never matters and the loaders that patch it are not needed.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import CopyWebpackPlugin from 'copy-webpack-plugin';
import webpack from 'webpack';

const ROOT = path.dirname(fileURLToPath(import.meta.url));
const SOURCE = path.join(ROOT, 'src');
const APP_ID = 'pyrolens-profiles-app';
const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));

/** What Grafana gives every plugin at run time; bundling a second copy of React or of these breaks hooks and contexts. */
const externals = [
  'lodash',
  'jquery',
  'moment',
  'slate',
  'emotion',
  '@emotion/react',
  '@emotion/css',
  'prismjs',
  'slate-plain-serializer',
  '@grafana/slate-react',
  'react',
  'react/jsx-runtime',
  'react/jsx-dev-runtime',
  'react-dom',
  'react-redux',
  'redux',
  'rxjs',
  'i18next',
  'react-router',
  'd3',
  'angular',
  /^@grafana\/ui/i,
  /^@grafana\/runtime/i,
  /^@grafana\/data/i,
];

function fillIn(content) {
  const built = process.env.SOURCE_DATE_EPOCH ? new Date(Number(process.env.SOURCE_DATE_EPOCH) * 1000) : new Date();
  return content
    .toString()
    .replaceAll('%VERSION%', version)
    .replaceAll('%TODAY%', built.toISOString().slice(0, 10))
    .replaceAll('%PLUGIN_ID%', APP_ID);
}

function pluginJson(mode) {
  return (content) => `${JSON.stringify({ ...JSON.parse(fillIn(content)), buildMode: mode }, null, 2)}\n`;
}

export default (env = {}) => {
  const mode = env.development ? 'development' : 'production';
  return {
    mode,
    context: SOURCE,
    devtool: 'source-map',
    entry: {
      module: './module.tsx',
      'datasource/module': './datasource/module.ts',
      'panel/module': './panel/module.ts',
    },
    externals,
    stats: 'errors-warnings',
    performance: { hints: false },
    cache: { type: 'filesystem', cacheDirectory: path.join(ROOT, 'build', 'webpack') },
    module: {
      rules: [
        {
          test: /\.tsx?$/,
          exclude: /node_modules/,
          use: {
            loader: 'swc-loader',
            options: {
              jsc: {
                target: 'es2022',
                parser: { syntax: 'typescript', tsx: true },
                transform: { react: { runtime: 'automatic' } },
              },
            },
          },
        },
        { test: /\.svg$/, type: 'asset/inline' },
      ],
    },
    resolve: { extensions: ['.ts', '.tsx', '.mjs', '.js'] },
    output: {
      path: path.join(ROOT, 'dist'),
      filename: '[name].js',
      library: { type: 'amd' },
      publicPath: `public/plugins/${APP_ID}/`,
      uniqueName: APP_ID,
      clean: true,
    },
    plugins: [
      new webpack.BannerPlugin({ banner: `${APP_ID}@${version}`, entryOnly: true }),
      new CopyWebpackPlugin({
        patterns: [
          { from: '**/plugin.json', to: '.', transform: pluginJson(mode) },
          { from: '**/img/**', to: '.' },
          { from: 'README.md', to: '.', transform: fillIn },
          { from: path.join(ROOT, 'CHANGELOG.md'), to: '.' },
          { from: path.join(ROOT, 'LICENSE'), to: '.' },
          {
            from: path.join(ROOT, 'provisioning/dashboards/*.json'),
            to: 'dashboards/[name][ext]',
            noErrorOnMissing: true,
          },
        ],
      }),
    ],
  };
};
