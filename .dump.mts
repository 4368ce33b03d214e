import { saidSentences, gap } from "./test/messages/said-sentences.ts";
const t=Date.now();
const said = saidSentences();
console.error(said.length, Date.now()-t);
for (const s of said.filter(s=>/\p{L}.* .*\p{L}/su.test(s.shape)&&/[a-z]{2}/.test(s.shape))) console.log(`${s.isWhole?"W":"p"} ${s.place}\t${s.shape.replaceAll(gap,"{}").replaceAll("\n","\\n")}`);
