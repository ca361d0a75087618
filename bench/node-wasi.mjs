// Runs one WASI preview1 command module on V8 as Node's manual shows it: an ES module, asynchronous
// compilation, default options. Usage: node node-wasi.mjs [--dir HOST::GUEST] MODULE [ARGS...]
import { readFile } from 'node:fs/promises';
import { WASI } from 'node:wasi';

const words = process.argv.slice(2);
const preopens = {};
if (words[0] === '--dir') {
  const [host, guest] = words[1].split('::');
  preopens[guest] = host;
  words.splice(0, 2);
}
const [file, ...args] = words;
const wasi = new WASI({ version: 'preview1', args: [file, ...args], env: {}, preopens });
const compiled = await WebAssembly.compile(await readFile(file));
const instance = await WebAssembly.instantiate(compiled, wasi.getImportObject());
process.exitCode = wasi.start(instance);
