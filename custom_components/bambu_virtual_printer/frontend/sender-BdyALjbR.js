import{A as e,I as t,R as n,m as r}from"./shared-CeHzzviU.js";var i=[`timelapse`,`vibration_cali`,`layer_inspect`,`use_ams`],a=[`bed_leveling`,`flow_cali`,`nozzle_offset_cali`];function o(e,t,r){let o=(i,a)=>n`<div class="field">
<label for=${i}>${e.t(`option.${i}`)}</label>
<select
id=${i}
@change=${e=>{let n=a[e.target.selectedIndex-1],o={...t};n?o[i]=n[1]:delete o[i],r(o)}}
>
<option ?selected=${t[i]===void 0}>${e.t(`option.as_sliced`)}</option>
${a.map(([e,r])=>n`<option ?selected=${t[i]===r}>${e}</option>`)}
</select>
</div>`,s=e.t(`option.off`),c=e.t(`option.on`);return n`<div class="options">
${i.map(e=>o(e,[[s,!1],[c,!0]]))}
${a.map(t=>o(t,[[s,`off`],[c,`on`],[e.t(`option.auto`),`auto`]]))}
</div>`}var s=[`printer`,`match_color`,`any_color`,`exact_preset`];function c(e,t,r,i){return n`<div class="field">
<label for="filament-rule">${e.t(`spools.rule`)}</label>
<select
id="filament-rule"
@change=${e=>i(e.target.value,r)}
>
${s.map(r=>n`<option value=${r} ?selected=${r===t}>
${e.t(`spools.rule_${r}`)}
</option>`)}
</select>
</div>
<div class="field">
<label class="choice">
<input
type="checkbox"
.checked=${r}
@change=${e=>i(t,e.target.checked)}
/>
<span>${e.t(`spools.anyway`)}</span>
</label>
</div>`}function l(e){if(!e)return``;let t=new Date(e),n=e=>String(e).padStart(2,`0`);return`${[t.getFullYear(),n(t.getMonth()+1),n(t.getDate())].join(`-`)}T${n(t.getHours())}:${n(t.getMinutes())}`}function u(e){return e?new Date(e).toISOString():null}function d(e,t=``){return e!==``&&e!==t&&new Date(e).getTime()<Date.now()}function f(e,r){let{id:i,label:a,value:o}=r,s=d(o,r.before);return n`<div class="field">
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
</div>`}var p=50;function m(e){let t=e?.quiet_hours,n=e?.sun;return{onlyWhile:e?.only_while??``,unknown:e?.only_while_unknown??`hold`,cheapestBefore:l(e?.cheapest_before??null),quiet:{from:t?.from??``,until:t?.until??``,schedule:t?.schedule??``,scope:t?.scope??`begin`,unknown:t?.unknown??`hold`},sun:{sensor:n?.sensor??``,limit:n?String(n.limit):``,hysteresis:String(n?.hysteresis??p),unknown:n?.unknown??`hold`}}}function h({quiet:e}){let t=e.schedule.trim();return!e.from&&!e.until&&!t?null:{from:e.from||null,until:e.until||null,schedule:t||null,scope:e.scope,unknown:e.unknown}}function g({sun:e}){let t=e.sensor.trim();return t?{sensor:t,limit:Number(e.limit)||0,hysteresis:Number(e.hysteresis)||0,unknown:e.unknown}:null}function _(e,t){return JSON.stringify(e)===JSON.stringify(t)}function v(e,t){return{...t.onlyWhile.trim()===e.onlyWhile?{}:{only_while:t.onlyWhile.trim()},...t.unknown===e.unknown?{}:{only_while_unknown:t.unknown},...t.cheapestBefore===e.cheapestBefore?{}:{cheapest_before:u(t.cheapestBefore)},..._(h(e),h(t))?{}:{quiet_hours:h(t)},..._(g(e),g(t))?{}:{sun:g(t)}}}function y(e,t){return d(t.cheapestBefore,e.cheapestBefore)}function b({id:e,label:r,value:i,set:a},o,s=``){return n`<div class="field">
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
</div>`}function x({id:e,label:t,value:r,set:i},a){return n`<div class="field">
<label for=${e}>${t}</label>
<select
id=${e}
@change=${e=>i(e.target.value)}
>
${a.map(([e,t])=>n`<option value=${e} ?selected=${e===r}>${t}</option>`)}
</select>
</div>`}function S(e){return[[`hold`,e.t(`timing.unknown_hold`)],[`let_go`,e.t(`timing.unknown_let_go`)]]}function C(e,r,i,a=m(null)){return n`${f(e,{id:`cheapest-before`,label:e.t(`timing.cheapest_before`),value:r.cheapestBefore,before:a.cheapestBefore,set:e=>i({...r,cheapestBefore:e})})}${b({id:`only-while`,label:e.t(`timing.only_while`),value:r.onlyWhile,set:e=>i({...r,onlyWhile:e})},`text`,`binary_sensor.…`)}${r.onlyWhile.trim()?x({id:`only-while-unknown`,label:e.t(`timing.unknown`),value:r.unknown,set:e=>i({...r,unknown:e})},S(e)):t}${w(e,r,i)}${T(e,r,i)}`}function w(e,r,i){let{quiet:a}=r,o=e=>i({...r,quiet:{...a,...e}}),s=t=>({id:`quiet-${t}`,label:e.t(`timing.quiet_${t}`),value:a[t],set:e=>o({[t]:e})});return n`<fieldset class="rule">
<legend>${e.t(`timing.quiet`)}</legend>
${b(s(`from`),`time`)}${b(s(`until`),`time`)}
${b(s(`schedule`),`text`,`schedule.…`)}
${h(r)?x({id:`quiet-scope`,label:e.t(`timing.quiet_scope`),value:a.scope,set:e=>o({scope:e})},[[`begin`,e.t(`timing.quiet_begin`)],[`run`,e.t(`timing.quiet_run`)]]):t}
${a.schedule.trim()?x({id:`quiet-unknown`,label:e.t(`timing.quiet_unknown`),value:a.unknown,set:e=>o({unknown:e})},S(e)):t}
</fieldset>`}function T(e,t,r){let{sun:i}=t,a=e=>r({...t,sun:{...i,...e}}),o=b({id:`sun-sensor`,label:e.t(`timing.sun`),value:i.sensor,set:e=>a({sensor:e})},`text`,`sensor.…`);if(!i.sensor.trim())return o;let s=t=>({id:`sun-${t}`,label:e.t(`timing.sun_${t}`),value:i[t],set:e=>a({[t]:e})});return n`${o}${b(s(`limit`),`number`)}${b(s(`hysteresis`),`number`)}
${x({id:`sun-unknown`,label:e.t(`timing.sun_unknown`),value:i.unknown,set:e=>a({unknown:e})},S(e))}`}function E(e,t){let{only_while:i,cheapest_before:a,quiet_hours:o,sun:s}=t,c=(e,t,n)=>r(e,t,n?`${t}: ${n}`:null),l=o?.from&&o.until?`${o.from}–${o.until}`:null;return n`${c(`mdi:toggle-switch-outline`,e.t(`queue.only_while`),i)}
${c(`mdi:cash-clock`,e.t(`timing.cheapest_before`),a&&e.format.moment(a))}
${c(`mdi:sleep`,e.t(`timing.quiet`),o?[l,o.schedule,e.t(`timing.quiet_${o.scope}`)].filter(Boolean).join(`, `):null)}
${c(`mdi:solar-power`,e.t(`queue.sun`),s?`${s.sensor}, ${e.format.number(s.limit)} W`:null)}`}function D(i,a){let o=i.t(`fact.intent_print`);return n`${r(`mdi:account-outline`,i.t(`fact.sender`),a.sender)}
${r(`mdi:home-import-outline`,i.t(`fact.instance`),a.instance??``)}
${a.intent===`print`?n`<span class="fact" title=${o}
>${e(`mdi:play-circle-outline`)}<span class="visually-hidden">${o}</span></span
>`:t}`}function O(e){return e.sender||e.source_ip}export{v as a,m as c,u as d,f,y as i,l,o as m,O as n,E as o,c as p,_ as r,C as s,D as t,d as u};