/** The one style sheet, inside each page, whose policy names its hash. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1d2329; --soft: #5a646f; --line: #dfe3e8; --paper: #f6f7f9; --card: #fff;
  --link: #0b57b8; --warn: #8a4b00; --warn-paper: #fff1d9; --good: #17663a; --good-paper: #e3f4ea;
  --bad: #a3211b; --bad-paper: #fdeae8; --on-bad: #fff }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7eb; --soft: #9aa4af; --line: #343b43; --paper: #15181c;
  --card: #1d2126; --link: #84b8ff; --warn: #ffc46b; --warn-paper: #3a2a10; --good: #7fd6a2; --good-paper: #12301f;
  --bad: #ff9d94; --bad-paper: #431b18; --on-bad: #15181c } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: anywhere;
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif }
body > * { padding: 0 max(1.25rem, calc((100% - 60rem) / 2)) }
.skip { position: absolute; left: -100rem; padding: .5rem 1.25rem; background: var(--card) } .skip:focus { left: 0 }
header { background: var(--card); border-bottom: 1px solid var(--line); display: flex; flex-wrap: wrap;
  align-items: center; gap: .5rem 1.5rem; padding-block: .75rem }
header nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; flex: 1 } header form { display: flex; gap: .5rem }
main { padding-block: 2rem 4rem }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem } h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem }
h3 { font-size: 1rem; margin: 0 } p { margin: .5rem 0 } a { color: var(--link) } .soft { color: var(--soft) }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
article, .panel { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem 1.25rem; margin: .75rem 0 }
h1 + .panel { margin-top: 1rem } article { border-left: 4px solid var(--warn) }
.line { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem .75rem } .apart { justify-content: space-between }
.actions { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0 0 } .actions form { margin: 0 }
.button, button { font: inherit; font-weight: 600; line-height: 1.4; padding: .45rem 1rem; border-radius: .4rem; cursor: pointer;
  border: 1px solid var(--soft); background: var(--card); color: var(--ink); text-decoration: none; display: inline-block }
.button:hover, button:hover { border-color: var(--ink) }
button.grave { background: var(--bad); border-color: var(--bad); color: var(--on-bad) }
input { font: inherit; width: 15rem; max-width: 100%; padding: .4rem .7rem; border: 1px solid var(--soft); border-radius: .4rem;
  background: var(--paper); color: var(--ink) } label { align-self: center; color: var(--soft) }
.badge { border-radius: 1rem; padding: .1rem .65rem; font-size: .85rem; white-space: nowrap; background: var(--paper);
  border: 1px solid var(--line); color: var(--soft) }
.warn { background: var(--warn-paper); color: var(--warn); border-color: transparent }
.good { background: var(--good-paper); color: var(--good); border-color: transparent }
.bad { background: var(--bad-paper); color: var(--bad); border-color: transparent }
.alert { border-radius: .6rem; padding: .75rem 1.25rem; margin: 0 0 1.5rem }
.panel > :first-child { margin-top: 0 } .panel > :last-child { margin-bottom: 0 } ul { padding-left: 1.1rem; margin: .5rem 0 }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .75rem 1.5rem; margin: .75rem 0 }
dt { color: var(--soft); font-size: .85rem } dd { margin: 0 } .scroll { overflow-x: auto; padding-block: .25rem }
dd .soft, td .soft { display: block; font-size: .9rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .5rem 1rem .5rem 0; overflow-wrap: normal; border-bottom: 1px solid var(--line); vertical-align: baseline }
tbody tr:last-child > * { border-bottom: 0 } th { font-weight: 500 } thead th { color: var(--soft); font-size: .85rem }
tbody th { overflow-wrap: anywhere; min-width: 9rem }
time { white-space: nowrap; font-variant-numeric: tabular-nums } code { font: .9em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace }
ol.timeline { list-style: none; margin: 0; padding: 0 } .timeline li { padding: 0 0 .9rem 1.25rem; margin-left: .35rem;
  border-left: 2px solid var(--line); position: relative }
.timeline li::before { content: ""; position: absolute; left: -.4rem; top: .45rem; width: .65rem; height: .65rem; border-radius: 50%;
  background: var(--soft) } .timeline li:last-child { border-color: transparent; padding-bottom: 0 }
.timeline li:last-child::before { background: var(--link) } .timeline time { color: var(--soft); margin-right: .75rem }
summary { cursor: pointer; color: var(--soft) } details ul { columns: 16rem }
@media (max-width: 40rem) { header nav { flex: 1 0 100% } header form { width: 100% } input { flex: 1; width: 4rem }
  main { padding-block: 1.25rem 3rem } .timeline time { display: block } thead { display: none }
  tr { display: flex; flex-wrap: wrap; gap: .25rem .75rem; padding: .75rem 0; border-bottom: 1px solid var(--line) }
  tr:last-child { border: 0 } tbody tr > * { border: 0; padding: 0 } tbody th { flex: 1 0 100% } td .soft { display: inline } }
`;
