import{A as e,I as t,R as n,m as r}from"./shared-CeHzzviU.js";var i=[`printer`,`match_color`,`any_color`,`exact_preset`];function a(e,t,r,a){return n`<div class="field">
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
</div>`}function o(e){if(!e)return``;let t=new Date(e),n=e=>String(e).padStart(2,`0`);return`${[t.getFullYear(),n(t.getMonth()+1),n(t.getDate())].join(`-`)}T${n(t.getHours())}:${n(t.getMinutes())}`}function s(e){return e?new Date(e).toISOString():null}function c(e,t=``){return e!==``&&e!==t&&new Date(e).getTime()<Date.now()}function l(e,r){let{id:i,label:a,value:o}=r,s=c(o,r.before);return n`<div class="field">
<label for=${i}>${a}</label>
<input
id=${i}
type="datetime-local"
aria-invalid=${s}
aria-describedby=${s?`${i}-over`:t}
.value=${o}
@input=${e=>r.set(e.target.value)}
/>
${s?n`<span id="${i}-over" class="problem">${e.t(`timing.over`)}</span>`:t}
</div>`}var u=50;function d(e){let t=e?.quiet_hours,n=e?.sun;return{onlyWhile:e?.only_while??``,unknown:e?.only_while_unknown??`hold`,cheapestBefore:o(e?.cheapest_before??null),quiet:{from:t?.from??``,until:t?.until??``,schedule:t?.schedule??``,scope:t?.scope??`begin`,unknown:t?.unknown??`hold`},sun:{sensor:n?.sensor??``,limit:n?String(n.limit):``,hysteresis:String(n?.hysteresis??u),unknown:n?.unknown??`hold`}}}function f({quiet:e}){let t=e.schedule.trim();return!e.from&&!e.until&&!t?null:{from:e.from||null,until:e.until||null,schedule:t||null,scope:e.scope,unknown:e.unknown}}function p({sun:e}){let t=e.sensor.trim();return t?{sensor:t,limit:Number(e.limit)||0,hysteresis:Number(e.hysteresis)||0,unknown:e.unknown}:null}function m(e,t){return JSON.stringify(e)===JSON.stringify(t)}function h(e,t){return{...t.onlyWhile.trim()===e.onlyWhile?{}:{only_while:t.onlyWhile.trim()},...t.unknown===e.unknown?{}:{only_while_unknown:t.unknown},...t.cheapestBefore===e.cheapestBefore?{}:{cheapest_before:s(t.cheapestBefore)},...m(f(e),f(t))?{}:{quiet_hours:f(t)},...m(p(e),p(t))?{}:{sun:p(t)}}}function g(e,t){return c(t.cheapestBefore,e.cheapestBefore)}function _({id:e,label:r,value:i,set:a},o,s=``){return n`<div class="field">
<label for=${e}>${r}</label>
<input
id=${e}
type=${o}
placeholder=${s||t}
min=${o===`number`?0:t}
autocapitalize="off"
spellcheck="false"
.value=${i}
@input=${e=>a(e.target.value)}
/>
</div>`}function v({id:e,label:t,value:r,set:i},a){return n`<div class="field">
<label for=${e}>${t}</label>
<select
id=${e}
@change=${e=>i(e.target.value)}
>
${a.map(([e,t])=>n`<option value=${e} ?selected=${e===r}>${t}</option>`)}
</select>
</div>`}function y(e){return[[`hold`,e.t(`timing.unknown_hold`)],[`let_go`,e.t(`timing.unknown_let_go`)]]}function b(e,r,i,a=d(null)){return n`${l(e,{id:`cheapest-before`,label:e.t(`timing.cheapest_before`),value:r.cheapestBefore,before:a.cheapestBefore,set:e=>i({...r,cheapestBefore:e})})}${_({id:`only-while`,label:e.t(`timing.only_while`),value:r.onlyWhile,set:e=>i({...r,onlyWhile:e})},`text`,`binary_sensor.…`)}${r.onlyWhile.trim()?v({id:`only-while-unknown`,label:e.t(`timing.unknown`),value:r.unknown,set:e=>i({...r,unknown:e})},y(e)):t}${x(e,r,i)}${S(e,r,i)}`}function x(e,r,i){let{quiet:a}=r,o=e=>i({...r,quiet:{...a,...e}}),s=t=>({id:`quiet-${t}`,label:e.t(`timing.quiet_${t}`),value:a[t],set:e=>o({[t]:e})});return n`<fieldset class="rule">
<legend>${e.t(`timing.quiet`)}</legend>
${_(s(`from`),`time`)}${_(s(`until`),`time`)}
${_(s(`schedule`),`text`,`schedule.…`)}
${f(r)?v({id:`quiet-scope`,label:e.t(`timing.quiet_scope`),value:a.scope,set:e=>o({scope:e})},[[`begin`,e.t(`timing.quiet_begin`)],[`run`,e.t(`timing.quiet_run`)]]):t}
${a.schedule.trim()?v({id:`quiet-unknown`,label:e.t(`timing.quiet_unknown`),value:a.unknown,set:e=>o({unknown:e})},y(e)):t}
</fieldset>`}function S(e,t,r){let{sun:i}=t,a=e=>r({...t,sun:{...i,...e}}),o=_({id:`sun-sensor`,label:e.t(`timing.sun`),value:i.sensor,set:e=>a({sensor:e})},`text`,`sensor.…`);if(!i.sensor.trim())return o;let s=t=>({id:`sun-${t}`,label:e.t(`timing.sun_${t}`),value:i[t],set:e=>a({[t]:e})});return n`${o}${_(s(`limit`),`number`)}${_(s(`hysteresis`),`number`)}
${v({id:`sun-unknown`,label:e.t(`timing.sun_unknown`),value:i.unknown,set:e=>a({unknown:e})},y(e))}`}function C(e,t){let{only_while:i,cheapest_before:a,quiet_hours:o,sun:s}=t,c=(e,t,n)=>r(e,t,n?`${t}: ${n}`:null),l=o?.from&&o.until?`${o.from}–${o.until}`:null;return n`${c(`mdi:toggle-switch-outline`,e.t(`queue.only_while`),i)}
${c(`mdi:cash-clock`,e.t(`timing.cheapest_before`),a&&e.format.moment(a))}
${c(`mdi:sleep`,e.t(`timing.quiet`),o?[l,o.schedule,e.t(`timing.quiet_${o.scope}`)].filter(Boolean).join(`, `):null)}
${c(`mdi:solar-power`,e.t(`queue.sun`),s?`${s.sensor}, ${e.format.number(s.limit)} W`:null)}`}function w(i,a){let o=i.t(`fact.intent_print`);return n`${r(`mdi:account-outline`,i.t(`fact.sender`),a.sender)}
${a.intent===`print`?n`<span class="fact" title=${o}
>${e(`mdi:play-circle-outline`)}<span class="visually-hidden">${o}</span></span
>`:t}`}function T(e){return e.sender||e.source_ip}export{h as a,d as c,s as d,l as f,g as i,o as l,T as n,C as o,a as p,m as r,b as s,w as t,c as u};