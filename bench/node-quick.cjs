// Runs one WASI preview1 command module on V8 with the quickest start found: CommonJS, synchronous,
// and the process ends inside proc_exit, without tearing V8 down.
// Usage: node node-quick.cjs MODULE [ARGS...]
'use strict';
const fs = require('node:fs');
const { WASI } = require('node:wasi');

const [file, ...args] = process.argv.slice(2);
const wasi = new WASI({ version: 'preview1', args: [file, ...args], env: {}, returnOnExit: false });
const compiled = new WebAssembly.Module(fs.readFileSync(file));
wasi.start(new WebAssembly.Instance(compiled, wasi.getImportObject()));
