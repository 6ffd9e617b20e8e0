// What Mermaid's own parser makes of sequence diagrams.
//
// Standard input is a JSON list of sources. Standard output is a list of what each is: its title and description, its
// participants, and its messages and notes in their order, with entities decoded as Mermaid decodes them for the picture;
// or `error`. Mermaid wants a document to be there; jsdom is one. ROWLOCK_NODE_MODULES says where both are installed.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const modules = process.env.ROWLOCK_NODE_MODULES;
const require = createRequire(join(modules, 'x.js'));
const { JSDOM } = require(join(modules, 'jsdom'));
const { window } = new JSDOM('');
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import(pathToFileURL(join(modules, 'mermaid/dist/mermaid.core.mjs')));
mermaid.initialize({ startOnLoad: false });

// `#59;` is kept as `ﬂ°°59¶ß` until the picture is made.
const decoded = (text) =>
  text === undefined ? '' : text.replace(/ﬂ°°(\d+)¶ß/g, (_, code) => String.fromCodePoint(Number(code)));

const read = async (source) => {
  try {
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(source);
    const types = Object.fromEntries(Object.entries(db.LINETYPE).map(([name, number]) => [number, name]));
    return {
      title: decoded(db.getAccTitle()),
      description: decoded(db.getAccDescription()),
      participants: [...db.getActors().values()].map((it) => [it.name, decoded(it.description)]),
      messages: db.getMessages().map((it) => [types[it.type], it.from ?? '', it.to ?? '', decoded(it.message)]),
    };
  } catch (error) {
    return { error: String(error) };
  }
};

const sources = JSON.parse(readFileSync(0, 'utf8'));
const answers = [];
for (const source of sources) answers.push(await read(source));
process.stdout.write(JSON.stringify(answers));
