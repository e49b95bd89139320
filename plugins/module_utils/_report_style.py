# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the page looks: calm, on a telephone as on a wall, by day and by night."""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --line: #e1e5ea; --text: #1c2430; --soft: #56616f;
  --code: #f0f2f5;
  --healthy: #177245; --degraded: #8a5a00; --failed: #b3261e; --unknown: #6b4fa0; --advice: #0b6477;
  --healthy-wash: #e4f4ea; --degraded-wash: #fdf1da; --failed-wash: #fce8e6;
  --unknown-wash: #efe9f8; --advice-wash: #e0f2f5;
  --healthy-plot: #56b483; --degraded-plot: #e3a53c; --failed-plot: #d9534a;
  --unknown-plot: #a48ccb; --verdict: #3b6fb6; --request: #c2762b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --card: #1a2028; --line: #2b333e; --text: #e4e8ee; --soft: #9aa6b5;
    --code: #222a34;
    --healthy: #6fcf97; --degraded: #e8b45a; --failed: #ff8f86; --unknown: #bda6e8;
    --advice: #6cc7d9;
    --healthy-wash: #16301f; --degraded-wash: #33270f; --failed-wash: #3a1a18;
    --unknown-wash: #292039; --advice-wash: #122f36;
    --healthy-plot: #3f9e6b; --degraded-plot: #c28a2d; --failed-plot: #d9534a;
    --unknown-plot: #7d63ab; --verdict: #76a9ec; --request: #e6a05b;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  -webkit-text-size-adjust: 100%;
}
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .25rem 1rem;
  align-items: baseline; margin-bottom: 1rem; }
h1 { font-size: 1.25rem; font-weight: 600; margin: 0; letter-spacing: -.01em; }
h2 { font-size: 1.1rem; font-weight: 600; margin: 0; overflow-wrap: anywhere; }
h3 { font-size: .75rem; font-weight: 600; margin: 1.25rem 0 .4rem; color: var(--soft);
  text-transform: uppercase; letter-spacing: .06em; }
p { margin: .25rem 0; overflow-wrap: anywhere; }
.soft { color: var(--soft); font-size: .87rem; }
.banner { border-radius: 10px; padding: 1rem 1.2rem; margin-bottom: 1.25rem;
  background: var(--wash); border-left: 5px solid var(--tone); }
.banner strong { font-size: 1.15rem; color: var(--tone); font-weight: 600; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 1.1rem 1.2rem; margin-bottom: 1.25rem; }
.head { display: flex; flex-wrap: wrap; gap: .3rem .8rem; align-items: center; }
.pill { color: var(--tone); background: var(--wash); border-radius: 99px; padding: .1rem .65rem;
  font-size: .82rem; font-weight: 600; white-space: nowrap; }
.push { margin-left: auto; }
.tone-healthy, .tone-ok { --tone: var(--healthy); --wash: var(--healthy-wash); }
.tone-degraded { --tone: var(--degraded); --wash: var(--degraded-wash); }
.tone-failed { --tone: var(--failed); --wash: var(--failed-wash); }
.tone-unknown { --tone: var(--unknown); --wash: var(--unknown-wash); }
.tone-advice { --tone: var(--advice); --wash: var(--advice-wash); }
.tone-not_configured { --tone: var(--soft); --wash: var(--code); }
.trouble { border-left: 3px solid var(--tone); padding: .1rem 0 .1rem .8rem; margin: .8rem 0; }
.trouble b { color: var(--tone); font-weight: 600; }
code { font: .87em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  background: var(--code); border-radius: 5px; padding: .3rem .55rem; display: block;
  overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; user-select: all;
  margin-top: .3rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(5.6rem, 1fr));
  gap: .5rem; margin-top: .9rem; }
.figures div { background: var(--page); border-radius: 8px; padding: .5rem .6rem; }
.figures span { line-height: 1.3; display: block; }
.figures b { display: block; font-size: 1.05rem; font-weight: 600; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
svg { display: block; width: 100%; }
svg.strip { height: 24px; border-radius: 5px; background: var(--code); }
svg.plot { height: 64px; border-bottom: 1px solid var(--line); }
.is-healthy { fill: var(--healthy-plot); } .is-degraded { fill: var(--degraded-plot); }
.is-failed { fill: var(--failed-plot); } .is-unknown { fill: var(--unknown-plot); }
.bar.full { fill: var(--healthy-plot); } .bar.part { fill: var(--degraded-plot); }
.line { fill: none; stroke-width: 1.6; vector-effect: non-scaling-stroke;
  stroke-linejoin: round; }
.line.verdict { stroke: var(--verdict); } .line.request { stroke: var(--request); }
.dot.verdict { fill: var(--verdict); } .dot.request { fill: var(--request); }
.ends { display: flex; justify-content: space-between; gap: 1rem; font-size: .78rem;
  color: var(--soft); margin-top: .2rem; }
.key::before { content: ""; display: inline-block; width: .9em; height: 3px; margin-right: .35em;
  vertical-align: middle; background: var(--mark); }
.key.verdict { --mark: var(--verdict); } .key.request { --mark: var(--request); }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 0 1.5rem; }
.checks { list-style: none; margin: 0; padding: 0; }
.checks li { display: grid; grid-template-columns: 1.4rem minmax(7rem, 11rem) 1fr auto;
  gap: 0 .5rem; padding: .28rem 0; border-top: 1px solid var(--line); align-items: baseline; }
.checks li:first-child { border-top: 0; }
.checks .sign { color: var(--tone); font-weight: 700; text-align: center; }
.checks span { overflow-wrap: anywhere; }
details { margin-top: 1rem; }
summary { cursor: pointer; color: var(--soft); font-size: .87rem; }
table { width: 100%; border-collapse: collapse; }
td { padding: .35rem .5rem .35rem 0; border-top: 1px solid var(--line); vertical-align: middle; }
tr:first-child td { border-top: 0; }
td:last-child { padding-right: 0; text-align: right; white-space: nowrap; }
td a { color: inherit; text-decoration-color: var(--line); text-underline-offset: 3px;
  overflow-wrap: anywhere; }
footer { color: var(--soft); font-size: .8rem; }
@media (max-width: 34rem) {
  main { padding: 1rem .75rem 2rem; }
  .card, .banner { padding: .9rem .9rem; }
  td.soft { display: none; }
  .checks li { grid-template-columns: 1.4rem 1fr auto; }
  .checks .seen { grid-column: 2 / -1; grid-row: 2; }
}
@media print { body { background: #fff; } .card { break-inside: avoid; } }
"""
