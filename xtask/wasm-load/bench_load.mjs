// Times the traffic simulation in wasm, in the engine that Chromium has. Prints a line of the table: name, median, 95th percentile
// (the slow end), unit, separated by tabs. Processor time, as other work on the machine is none of its business.
import { readFileSync } from "node:fs";

const EVENTS = 10e6;
const ROUNDS = 9;

const module = new WebAssembly.Module(readFileSync(process.argv[2]));
const rates = [];
for (let round = -2; round < ROUNDS; round++) {
    const instance = new WebAssembly.Instance(module, {});
    const before = process.cpuUsage();
    instance.exports.main(0, 0);
    const spent = process.cpuUsage(before);
    // The first rounds are the compiler's.
    if (round >= 0) rates.push(EVENTS / (spent.user + spent.system));
}
rates.sort((a, b) => a - b);
const median = rates[ROUNDS >> 1].toFixed(1);
console.log(`load: optimistic and pessimistic, in wasm (Node)\t${median}\t${rates[0].toFixed(1)}\tM events/s`);
