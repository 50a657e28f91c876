/** The one style sheet, inside each page: a page stands alone. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1d2329; --soft: #616b76; --line: #dfe3e8; --paper: #fff;
  --card: #f6f7f9; --link: #0b57b8; --warn: #8a4b00; --warn-paper: #fff4e0; --good: #17663a; --good-paper: #e7f5ec }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7eb; --soft: #98a2ad; --line: #343b43; --paper: #15181c;
  --card: #1d2126; --link: #84b8ff; --warn: #ffc46b; --warn-paper: #3a2a10; --good: #7fd6a2; --good-paper: #12301f } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 50rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem }
h2 { font-size: 1.3rem; margin: 3rem 0 .75rem; padding-top: 1rem; border-top: 2px solid var(--ink) }
h3 { font-size: 1.05rem; margin: 2rem 0 .5rem }
h4 { font-size: .95rem; margin: 1.5rem 0 .5rem; color: var(--soft) }
a { color: var(--link) } p { margin: .5rem 0 } .soft, small, i { color: var(--soft) } i { font-style: normal }
h2 small, h3 small, h4 small { font-weight: 400; font-size: .85em }
dl { display: grid; grid-template-columns: minmax(7rem, 13rem) minmax(0, 1fr); margin: .5rem 0; gap: 0 1rem }
dt, dd { padding: .3rem 0; border-top: 1px solid var(--line); margin: 0 } dt { color: var(--soft) }
dd > dl { margin: 0 } dd > dl > :nth-child(-n+2) { border-top: 0; padding-top: 0 }
dd dd > dl { display: block; padding-left: .75rem; border-left: 2px solid var(--line) } dd dd > dl > dd { border: 0; padding-top: 0 }
ul { margin: 0; padding-left: 1.1rem } dd > ul { list-style: none; padding: 0 }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .35rem .75rem .35rem 0;
  border-bottom: 1px solid var(--line); vertical-align: top } th { color: var(--soft); font-weight: 500 }
td:last-child:not(:first-child), th:last-child { padding-right: 0 } .number { text-align: right; white-space: nowrap }
code { font: .85em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace } time { white-space: nowrap; font-variant-numeric: tabular-nums }
article { background: var(--card); border-radius: .5rem; padding: .6rem .9rem; margin: .5rem 0; break-inside: avoid }
article header, article time { font-size: .85rem; color: var(--soft) } article dl { font-size: .9rem }
article.row > * { margin-right: .6rem } .text { white-space: pre-wrap; margin: .15rem 0 }
details { font-size: .85rem } summary { color: var(--soft); cursor: pointer }
.badge { border: 1px solid currentcolor; border-radius: 1rem; padding: 0 .5rem; font-size: .8rem }
.state { padding: .6rem .9rem; border-radius: .5rem; background: var(--warn-paper); color: var(--warn) }
.state.complete { background: var(--good-paper); color: var(--good) }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: 1rem 0 }
@media (max-width: 34rem) { body { padding: 1.25rem .9rem 3rem } dl { display: block } dd { border: 0; padding-top: 0 }
  dd dl { padding-left: .75rem; border-left: 2px solid var(--line) } }
@media print { body { max-width: none; padding: 0; font-size: 10pt } a { color: inherit } nav, summary { display: none }
  article { background: none; border: 1px solid var(--line) } h3, h4 { break-after: avoid } }
`;
