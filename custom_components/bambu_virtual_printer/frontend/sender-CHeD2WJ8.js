import{f as e,r as t,u as n}from"./ha-Bk7M2UNj.js";import{s as r}from"./swatches-BHMzOL8x.js";function i(e,t){return!e||!t.sliced_for||e===t.sliced_for}function a(e,t,n,r=null){if(n===`none`||n===``)return e.t(`target.later`);let i=t.find(e=>e.id===n);return i?.kind===`printer`?i.name:i?e.t(`target.any`,{model:o(i.sliced_for)}):r?e.say(r):n}function o(e){return e.replace(/^Bambu Lab /,``)}var s=[`printer`,`match_color`,`any_color`,`exact_preset`];function c(t,n,r,i){return e`<div class="field">
<label for="filament-rule">${t.t(`spools.rule`)}</label>
<select
id="filament-rule"
@change=${e=>i(e.target.value,r)}
>
${s.map(r=>e`<option value=${r} ?selected=${r===n}>
${t.t(`spools.rule_${r}`)}
</option>`)}
</select>
</div>
<div class="field">
<label class="choice">
<input
type="checkbox"
.checked=${r}
@change=${e=>i(n,e.target.checked)}
/>
<span>${t.t(`spools.anyway`)}</span>
</label>
</div>`}function l(e){if(!e)return``;let t=new Date(e),n=e=>String(e).padStart(2,`0`);return`${[t.getFullYear(),n(t.getMonth()+1),n(t.getDate())].join(`-`)}T${n(t.getHours())}:${n(t.getMinutes())}`}function u(e){return e?new Date(e).toISOString():null}function d(e){return{onlyWhile:e?.only_while??``,unknown:e?.only_while_unknown??`hold`,cheapestBefore:l(e?.cheapest_before??null)}}function f(e,t){return{...t.onlyWhile.trim()===e.onlyWhile?{}:{only_while:t.onlyWhile.trim()},...t.unknown===e.unknown?{}:{only_while_unknown:t.unknown},...t.cheapestBefore===e.cheapestBefore?{}:{cheapest_before:u(t.cheapestBefore)}}}function p(t,r,i){return e`<div class="field">
<label for="cheapest-before">${t.t(`timing.cheapest_before`)}</label>
<input
id="cheapest-before"
type="datetime-local"
.value=${r.cheapestBefore}
@input=${e=>i({...r,cheapestBefore:e.target.value})}
/>
</div>
<div class="field">
<label for="only-while">${t.t(`timing.only_while`)}</label>
<input
id="only-while"
placeholder="binary_sensor.…"
autocapitalize="off"
spellcheck="false"
.value=${r.onlyWhile}
@input=${e=>i({...r,onlyWhile:e.target.value})}
/>
</div>
${r.onlyWhile.trim()?e`<div class="field">
<label for="only-while-unknown">${t.t(`timing.unknown`)}</label>
<select
id="only-while-unknown"
@change=${e=>i({...r,unknown:e.target.value})}
>
${[`hold`,`let_go`].map(n=>e`<option value=${n} ?selected=${n===r.unknown}>
${t.t(`timing.unknown_${n}`)}
</option>`)}
</select>
</div>`:n}`}function m(i,a){let o=i.t(`fact.intent_print`);return e`${r(`mdi:account-outline`,i.t(`fact.sender`),a.sender)}
${a.intent===`print`?e`<span class="fact" title=${o}
>${t(`mdi:play-circle-outline`)}<span class="visually-hidden">${o}</span></span
>`:n}`}function h(e){return e.sender||e.source_ip}export{d as a,c,a as d,p as i,i as l,h as n,l as o,f as r,u as s,m as t,o as u};