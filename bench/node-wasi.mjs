// Runs one WASI preview1 command module on V8 as Node's manual shows it: an ES module, asynchronous
// compilation, default options. Usage: node node-wasi.mjs MODULE [ARGS...]
import { readFile } from 'node:fs/promises';
import { WASI } from 'node:wasi';

const [file, ...args] = process.argv.slice(2);
const wasi = new WASI({ version: 'preview1', args: [file, ...args], env: {} });
const compiled = await WebAssembly.compile(await readFile(file));
const instance = await WebAssembly.instantiate(compiled, wasi.getImportObject());
process.exitCode = wasi.start(instance);
