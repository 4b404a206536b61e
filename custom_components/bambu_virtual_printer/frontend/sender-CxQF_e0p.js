import{A as e,I as t,R as n,m as r}from"./shared-YPf0KGIY.js";var i=[`printer`,`match_color`,`any_color`,`exact_preset`];function a(e,t,r,a){return n`<div class="field">
<label for="filament-rule">${e.t(`spools.rule`)}</label>
<select
id="filament-rule"
@change=${e=>a(e.target.value,r)}
>
${i.map(r=>n`<option value=${r} ?selected=${r===t}>
${e.t(`spools.rule_${r}`)}
</option>`)}
</select>
</div>
<div class="field">
<label class="choice">
<input
type="checkbox"
.checked=${r}
@change=${e=>a(t,e.target.checked)}
/>
<span>${e.t(`spools.anyway`)}</span>
</label>
</div>`}function o(e){if(!e)return``;let t=new Date(e),n=e=>String(e).padStart(2,`0`);return`${[t.getFullYear(),n(t.getMonth()+1),n(t.getDate())].join(`-`)}T${n(t.getHours())}:${n(t.getMinutes())}`}function s(e){return e?new Date(e).toISOString():null}function c(e){return{onlyWhile:e?.only_while??``,unknown:e?.only_while_unknown??`hold`,cheapestBefore:o(e?.cheapest_before??null)}}function l(e,t){return{...t.onlyWhile.trim()===e.onlyWhile?{}:{only_while:t.onlyWhile.trim()},...t.unknown===e.unknown?{}:{only_while_unknown:t.unknown},...t.cheapestBefore===e.cheapestBefore?{}:{cheapest_before:s(t.cheapestBefore)}}}function u(e,r,i){return n`<div class="field">
<label for="cheapest-before">${e.t(`timing.cheapest_before`)}</label>
<input
id="cheapest-before"
type="datetime-local"
.value=${r.cheapestBefore}
@input=${e=>i({...r,cheapestBefore:e.target.value})}
/>
</div>
<div class="field">
<label for="only-while">${e.t(`timing.only_while`)}</label>
<input
id="only-while"
placeholder="binary_sensor.…"
autocapitalize="off"
spellcheck="false"
.value=${r.onlyWhile}
@input=${e=>i({...r,onlyWhile:e.target.value})}
/>
</div>
${r.onlyWhile.trim()?n`<div class="field">
<label for="only-while-unknown">${e.t(`timing.unknown`)}</label>
<select
id="only-while-unknown"
@change=${e=>i({...r,unknown:e.target.value})}
>
${[`hold`,`let_go`].map(t=>n`<option value=${t} ?selected=${t===r.unknown}>
${e.t(`timing.unknown_${t}`)}
</option>`)}
</select>
</div>`:t}`}function d(i,a){let o=i.t(`fact.intent_print`);return n`${r(`mdi:account-outline`,i.t(`fact.sender`),a.sender)}
${a.intent===`print`?n`<span class="fact" title=${o}
>${e(`mdi:play-circle-outline`)}<span class="visually-hidden">${o}</span></span
>`:t}`}function f(e){return e.sender||e.source_ip}export{c as a,a as c,u as i,f as n,o,l as r,s,d as t};