import{B as e,R as t,j as n,m as r}from"./shared-Bud86BAG.js";var i=[`timelapse`,`vibration_cali`,`layer_inspect`,`use_ams`],a=[`bed_leveling`,`flow_cali`,`nozzle_offset_cali`];function o(t,n,r){let o=(i,a)=>e`<div class="field">
<label for=${i}>${t.t(`option.${i}`)}</label>
<select
id=${i}
@change=${e=>{let t=a[e.target.selectedIndex-1],o={...n};t?o[i]=t[1]:delete o[i],r(o)}}
>
<option ?selected=${n[i]===void 0}>${t.t(`option.as_sliced`)}</option>
${a.map(([t,r])=>e`<option ?selected=${n[i]===r}>${t}</option>`)}
</select>
</div>`,s=t.t(`option.off`),c=t.t(`option.on`);return e`<div class="options">
${i.map(e=>o(e,[[s,!1],[c,!0]]))}
${a.map(e=>o(e,[[s,`off`],[c,`on`],[t.t(`option.auto`),`auto`]]))}
</div>`}var s=[`printer`,`match_color`,`any_color`,`exact_preset`];function c(t,n,r,i){return e`<div class="field">
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
</div>`}function l(e){if(!e)return``;let t=new Date(e),n=e=>String(e).padStart(2,`0`);return`${[t.getFullYear(),n(t.getMonth()+1),n(t.getDate())].join(`-`)}T${n(t.getHours())}:${n(t.getMinutes())}`}function u(e){return e?new Date(e).toISOString():null}function d(e,t=``){return e!==``&&e!==t&&new Date(e).getTime()<Date.now()}function f(n,r){let{id:i,label:a,value:o}=r,s=d(o,r.before);return e`<div class="field">
<label for=${i}>${a}</label>
<input
id=${i}
type="datetime-local"
aria-invalid=${s}
aria-describedby=${s?`${i}-over`:t}
.value=${o}
@input=${e=>r.set(e.target.value)}
/>
${s?e`<span id="${i}-over" class="problem">${n.t(`timing.over`)}</span>`:t}
</div>`}var p=50;function m(e){let t=e?.quiet_hours,n=e?.sun;return{onlyWhile:e?.only_while??``,unknown:e?.only_while_unknown??`hold`,cheapestBefore:l(e?.cheapest_before??null),quiet:{from:t?.from??``,until:t?.until??``,schedule:t?.schedule??``,scope:t?.scope??`begin`,unknown:t?.unknown??`hold`},sun:{sensor:n?.sensor??``,limit:n?String(n.limit):``,hysteresis:String(n?.hysteresis??p),unknown:n?.unknown??`hold`}}}function h({quiet:e}){let t=e.schedule.trim();return!e.from&&!e.until&&!t?null:{from:e.from||null,until:e.until||null,schedule:t||null,scope:e.scope,unknown:e.unknown}}function g({sun:e}){let t=e.sensor.trim();return t?{sensor:t,limit:Number(e.limit)||0,hysteresis:Number(e.hysteresis)||0,unknown:e.unknown}:null}function _(e,t){return JSON.stringify(e)===JSON.stringify(t)}function v(e,t){return{...t.onlyWhile.trim()===e.onlyWhile?{}:{only_while:t.onlyWhile.trim()},...t.unknown===e.unknown?{}:{only_while_unknown:t.unknown},...t.cheapestBefore===e.cheapestBefore?{}:{cheapest_before:u(t.cheapestBefore)},..._(h(e),h(t))?{}:{quiet_hours:h(t)},..._(g(e),g(t))?{}:{sun:g(t)}}}function y(e,t){return d(t.cheapestBefore,e.cheapestBefore)}function b({id:n,label:r,value:i,set:a},o,s=``){return e`<div class="field">
<label for=${n}>${r}</label>
<input
id=${n}
type=${o}
placeholder=${s||t}
min=${o===`number`?0:t}
autocapitalize="off"
spellcheck="false"
.value=${i}
@input=${e=>a(e.target.value)}
/>
</div>`}function x({id:t,label:n,value:r,set:i},a){return e`<div class="field">
<label for=${t}>${n}</label>
<select
id=${t}
@change=${e=>i(e.target.value)}
>
${a.map(([t,n])=>e`<option value=${t} ?selected=${t===r}>${n}</option>`)}
</select>
</div>`}function S(e){return[[`hold`,e.t(`timing.unknown_hold`)],[`let_go`,e.t(`timing.unknown_let_go`)]]}function C(n,r,i,a=m(null)){return e`${f(n,{id:`cheapest-before`,label:n.t(`timing.cheapest_before`),value:r.cheapestBefore,before:a.cheapestBefore,set:e=>i({...r,cheapestBefore:e})})}${b({id:`only-while`,label:n.t(`timing.only_while`),value:r.onlyWhile,set:e=>i({...r,onlyWhile:e})},`text`,`binary_sensor.…`)}${r.onlyWhile.trim()?x({id:`only-while-unknown`,label:n.t(`timing.unknown`),value:r.unknown,set:e=>i({...r,unknown:e})},S(n)):t}${w(n,r,i)}${T(n,r,i)}`}function w(n,r,i){let{quiet:a}=r,o=e=>i({...r,quiet:{...a,...e}}),s=e=>({id:`quiet-${e}`,label:n.t(`timing.quiet_${e}`),value:a[e],set:t=>o({[e]:t})});return e`<fieldset class="rule">
<legend>${n.t(`timing.quiet`)}</legend>
${b(s(`from`),`time`)}${b(s(`until`),`time`)}
${b(s(`schedule`),`text`,`schedule.…`)}
${h(r)?x({id:`quiet-scope`,label:n.t(`timing.quiet_scope`),value:a.scope,set:e=>o({scope:e})},[[`begin`,n.t(`timing.quiet_begin`)],[`run`,n.t(`timing.quiet_run`)]]):t}
${a.schedule.trim()?x({id:`quiet-unknown`,label:n.t(`timing.quiet_unknown`),value:a.unknown,set:e=>o({unknown:e})},S(n)):t}
</fieldset>`}function T(t,n,r){let{sun:i}=n,a=e=>r({...n,sun:{...i,...e}}),o=b({id:`sun-sensor`,label:t.t(`timing.sun`),value:i.sensor,set:e=>a({sensor:e})},`text`,`sensor.…`);if(!i.sensor.trim())return o;let s=e=>({id:`sun-${e}`,label:t.t(`timing.sun_${e}`),value:i[e],set:t=>a({[e]:t})});return e`${o}${b(s(`limit`),`number`)}${b(s(`hysteresis`),`number`)}
${x({id:`sun-unknown`,label:t.t(`timing.sun_unknown`),value:i.unknown,set:e=>a({unknown:e})},S(t))}`}function E(t,n){let{only_while:i,cheapest_before:a,quiet_hours:o,sun:s}=n,c=(e,t,n)=>r(e,t,n?`${t}: ${n}`:null),l=o?.from&&o.until?`${o.from}–${o.until}`:null;return e`${c(`mdi:toggle-switch-outline`,t.t(`queue.only_while`),i)}
${c(`mdi:cash-clock`,t.t(`timing.cheapest_before`),a&&t.format.moment(a))}
${c(`mdi:sleep`,t.t(`timing.quiet`),o?[l,o.schedule,t.t(`timing.quiet_${o.scope}`)].filter(Boolean).join(`, `):null)}
${c(`mdi:solar-power`,t.t(`queue.sun`),s?`${s.sensor}, ${t.format.number(s.limit)} W`:null)}`}function D(i,a){let o=i.t(`fact.intent_print`);return e`${r(`mdi:account-outline`,i.t(`fact.sender`),a.sender)}
${r(`mdi:home-import-outline`,i.t(`fact.instance`),a.instance??``)}
${a.intent===`print`?e`<span class="fact" title=${o}
>${n(`mdi:play-circle-outline`)}<span class="visually-hidden">${o}</span></span
>`:t}`}function O(e){return e.sender||e.source_ip}export{v as a,m as c,u as d,f,y as i,l,o as m,O as n,E as o,c as p,_ as r,C as s,D as t,d as u};