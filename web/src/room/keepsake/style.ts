// How the keepsake looks: by itself, in light and dark, on paper too.

export const STYLE = `
:root{color-scheme:light dark;--page:light-dark(#f7f9f7,#141a18);--ink:light-dark(#1f2925,#e7eeea);--soft:light-dark(#52605a,#aebab4);--line:light-dark(#cbd5d0,#3a4540);--bubble:light-dark(#fff,#222b28);--own:light-dark(#d3ebe1,#25433a);--private:light-dark(#f3ecd2,#413a22)}
*{box-sizing:border-box}
body{max-width:44rem;margin:0 auto;padding:1rem;background:var(--page);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Apple SD Gothic Neo","Noto Sans KR","Malgun Gothic",sans-serif;overflow-wrap:anywhere;word-break:keep-all}
header{padding-bottom:1rem;border-bottom:1px solid var(--line)}
h1{margin:0 0 .5rem;font-size:1.5rem}
p{margin:0}
header p,.note,time,.system,.day h2{color:var(--soft);font-size:.875rem}
ol,ul{margin:0;padding:0;list-style:none}
.day h2{margin:1.5rem 0 .5rem;font-weight:400;text-align:center}
.system{margin:.5rem 0;text-align:center}
.message{margin:.75rem 0;padding:.5rem .875rem;border-radius:1rem;background:var(--bubble);box-shadow:0 0 0 1px var(--line)}
.own{background:var(--own)}
.whisper{border:2px dashed var(--soft);background:var(--private);box-shadow:none}
.whisper .note{color:var(--ink);font-weight:600}
.text{overflow:clip;white-space:pre-wrap}
blockquote{margin:.25rem 0;padding-left:.625rem;border-left:3px solid var(--line);color:var(--soft)}
.reactions{display:flex;flex-wrap:wrap;gap:.25rem .75rem;margin-top:.25rem}
img{max-width:100%;height:auto;vertical-align:top}
@media print{:root{color-scheme:light}.message{break-inside:avoid}}
`.trim();
