#!/usr/bin/env node
// npm start: builds what is missing or stale, then runs the server in this process.
import { pathToFileURL } from 'node:url';
import { buildServer } from './build.mjs';

const { main } = await import(pathToFileURL(await buildServer()).href);
await main(process.argv.slice(2), process.env);
