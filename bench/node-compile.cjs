// Times V8 on one module, in process: node [V8 flags] node-compile.cjs validate|compile MODULE
// Reports `kernel_ns N` on stderr, as the benchmark programs do.
'use strict';
const fs = require('node:fs');

const [mode, file] = process.argv.slice(2);
const bytes = fs.readFileSync(file);
const begin = process.hrtime.bigint();
if (mode === 'validate') {
  if (!WebAssembly.validate(bytes)) throw new Error(`${file} does not validate`);
} else {
  new WebAssembly.Module(bytes);
}
process.stderr.write(`kernel_ns ${process.hrtime.bigint() - begin}\n`);
