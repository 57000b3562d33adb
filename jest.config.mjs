// Two projects: `node` for the backend and everything in test/, `jsdom` for the code that runs in a browser.
const swc = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', tsx: true },
    transform: { react: { runtime: 'automatic' } },
  },
  module: { type: 'es6' },
};
const common = {
  transform: { '^.+\\.tsx?$': ['@swc/jest', swc] },
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/dist-backend/', '/build/'],
  modulePathIgnorePatterns: ['/dist/', '/dist-backend/', '/build/'],
};
export default {
  reporters: ['default', '<rootDir>/test/totalsReporter.mjs'],
  // Browsers, the embedded engine and builds take their time on a small machine.
  testTimeout: 30_000,
  projects: [
    {
      ...common,
      displayName: 'node',
      testEnvironment: 'node',
      testMatch: ['<rootDir>/backend/**/*.test.ts', '<rootDir>/test/**/*.test.ts'],
    },
    {
      ...common,
      displayName: 'jsdom',
      testEnvironment: 'jsdom',
      testMatch: ['<rootDir>/src/**/*.test.ts', '<rootDir>/src/**/*.test.tsx'],
    },
  ],
};
