/** What `npm run bench wire` measures, and what writes its input, in one bundle. */
export { readBpftrace } from '../../backend/wire/bpftrace/readBpftrace.ts';
export { readFolded } from '../../backend/wire/folded/readFolded.ts';
export { textProfileType } from '../../backend/wire/ingest/textProfileType.ts';
export { readJfr } from '../../backend/wire/jfr/readJfr.ts';
export { writeTestChunk } from '../../backend/wire/jfr/testRecording.ts';
export { readOtlp } from '../../backend/wire/otlp/readOtlp.ts';
export { readOtlpJson } from '../../backend/wire/otlp/readOtlpJson.ts';
export { encodeRequest } from '../../backend/wire/otlp/testRequest.ts';
export { readArrowV2 } from '../../backend/wire/parca/readArrowV2.ts';
export { readPerfScript } from '../../backend/wire/perf/readPerfScript.ts';
export { readPprof } from '../../backend/wire/pprof/readPprof.ts';
export { readSpeedscope } from '../../backend/wire/speedscope/readSpeedscope.ts';
