// JSON at the edges of what parsers agree on.
import { forEach } from "../scenario.mjs";

function nested(depth) {
  return `42["echo",${"[".repeat(depth)}${"]".repeat(depth)}]`;
}

function nestedObjects(depth) {
  return `42["echo",${'{"a":'.repeat(depth)}1${"}".repeat(depth)}]`;
}

const PAYLOADS = {
  "10 levels": nested(10),
  "60 levels": nested(60),
  "100 levels": nested(100),
  "100 levels of objects": nestedObjects(100),
  "200 levels": nested(200),
  "1,000 levels": nested(1_000),
  "200 levels that are never closed": `42["never",${"[".repeat(200)}`,
  "20,000 levels that are never closed": `42["never",${"[".repeat(20_000)}`,
  "a key twice": '42["echo",{"a":1,"a":2}]',
  "a key twice, once with an escape": '42["echo",{"a":1,"\\u0061":2}]',
  "a key twice, deep inside": '42["echo",[{"b":{"a":1,"a":2}}]]',
  "the key __proto__": '42["echo",{"__proto__":{"a":1}}]',
  "the key constructor": '42["echo",{"constructor":{"prototype":{"a":1}}}]',
  "the key toJSON": '42["echo",{"toJSON":1}]',
  "an empty key": '42["echo",{"":1}]',
  "keys that are numbers": '42["echo",{"2":1,"1":2}]',
  "keys in no order": '42["echo",{"b":1,"a":2}]',
  "a number of 2^53 + 1": '42["echo",9007199254740993]',
  "a number of 2^64": '42["echo",18446744073709551616]',
  "a number of 30 digits": '42["echo",123456789012345678901234567890]',
  "a number over every double": '42["echo",1e400]',
  "a number under every double": '42["echo",1e-400]',
  "minus zero": '42["echo",-0]',
  "a number with an exponent": '42["echo",1.50e2]',
  "a number with leading zeros": '42["echo",007]',
  "a number with a plus": '42["echo",+1]',
  "a number with a point at the end": '42["echo",1.]',
  "a number with a point before": '42["echo",.5]',
  "0.1 with many digits": '42["echo",0.1000000000000000055511151231257827]',
  NaN: '42["echo",NaN]',
  Infinity: '42["echo",Infinity]',
  undefined: '42["echo",undefined]',
  "a lone high surrogate": '42["echo","\\ud800"]',
  "a lone low surrogate": '42["echo","\\udc00"]',
  "surrogates in the wrong order": '42["echo","\\udc00\\ud800"]',
  "a lone surrogate as key": '42["echo",{"\\ud800":1}]',
  "a pair of surrogates": '42["echo","\\ud83d\\ude00"]',
  "an emoji": '42["echo","😀"]',
  "NUL with an escape": '42["echo","\\u0000"]',
  "NUL as it is": '42["echo","\0"]',
  "NUL behind": '42["echo","x"]\0',
  "a line end in a text": '42["echo","a\nb"]',
  "a tab in a text": '42["echo","a\tb"]',
  "a line end between": '42["echo",\n"x"]',
  "U+2028": '42["echo","\u2028"]',
  "an unknown escape": '42["echo","\\x41"]',
  "half an escape": '42["echo","\\u00"]',
  "a slash with an escape": '42["echo","\\/"]',
  "a delete character": '42["echo","\x7f"]',
  "a no-break space between": '42["echo",\u00a0"x"]',
  "a byte order mark before": '42\ufeff["echo","x"]',
  "a long text": `42["echo","${"가".repeat(10_000)}"]`,
  "many keys": `42["echo",{${Array.from({ length: 2_000 }, (_none, number) => `"k${number}":${number}`).join(",")}}]`,
};

export default forEach(PAYLOADS, "JSON", async (it, packet) => {
  const client = await it.connected();
  client.text(packet);
  await client.settle();
});
