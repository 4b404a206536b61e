import{V as e,j as t,m as n,o as r,z as i}from"./shared-D5oqGH8r.js";function a(e,t){return[t.grams===null?``:e.t(`spools.grams`,{grams:e.format.number(t.grams,1)}),t.meters===null?``:e.t(`spools.meters`,{meters:e.format.number(t.meters,2)})].filter(Boolean).join(`, `)}function o(e,t){let n=e.t(`spools.at`,{printer:t.printer,place:t.place});if(t.left_g===null)return n;let r=e.format.number(t.left_g,0);return e.t(t.is_enough?`spools.left`:`spools.too_little`,{spool:n,left:r})}function s(t,s,c){return s.length?e`<ul class="filaments" aria-label=${t.t(`spools.needed`)}>
${s.map(s=>e`<li>
<span class="swatches"
>${r(s.color)}<span
>${[s.name??s.type,a(t,s),s.nozzle?t.t(`spools.nozzle_${s.nozzle}`):``].filter(Boolean).join(` · `)}</span
></span
>
${c?n(s.fits.some(e=>e.is_enough)?`mdi:check`:`mdi:printer-3d-nozzle-alert`,t.t(`spools.fitting`),s.fits.map(e=>o(t,e)).join(`, `)||t.t(`spools.none`)):i}
</li>`)}
</ul>`:i}var c=[`timelapse`,`vibration_cali`,`layer_inspect`,`use_ams`],l=[`bed_leveling`,`flow_cali`,`nozzle_offset_cali`];function u(t,n,r){let i=(i,a)=>e`<div class="field">
<label for=${i}>${t.t(`option.${i}`)}</label>
<select
id=${i}
@change=${e=>{let t=a[e.target.selectedIndex-1],o={...n};t?o[i]=t[1]:delete o[i],r(o)}}
>
<option ?selected=${n[i]===void 0}>${t.t(`option.as_sliced`)}</option>
${a.map(([t,r])=>e`<option ?selected=${n[i]===r}>${t}</option>`)}
</select>
</div>`,a=t.t(`option.off`),o=t.t(`option.on`);return e`<div class="options">
${c.map(e=>i(e,[[a,!1],[o,!0]]))}
${l.map(e=>i(e,[[a,`off`],[o,`on`],[t.t(`option.auto`),`auto`]]))}
</div>`}var d=[`printer`,`match_color`,`any_color`,`exact_preset`];function f(t,n,r,i){return e`<div class="field">
<label for="filament-rule">${t.t(`spools.rule`)}</label>
<select
id="filament-rule"
@change=${e=>i(e.target.value,r)}
>
${d.map(r=>e`<option value=${r} ?selected=${r===n}>
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
</div>`}function p(e){if(!e)return``;let t=new Date(e),n=e=>String(e).padStart(2,`0`);return`${[t.getFullYear(),n(t.getMonth()+1),n(t.getDate())].join(`-`)}T${n(t.getHours())}:${n(t.getMinutes())}`}function m(e){return e?new Date(e).toISOString():null}function h(e,t=``){return e!==``&&e!==t&&new Date(e).getTime()<Date.now()}function g(t,n){let{id:r,label:a,value:o}=n,s=h(o,n.before);return e`<div class="field">
<label for=${r}>${a}</label>
<input
id=${r}
type="datetime-local"
aria-invalid=${s}
aria-describedby=${s?`${r}-over`:i}
.value=${o}
@input=${e=>n.set(e.target.value)}
/>
${s?e`<span id="${r}-over" class="problem">${t.t(`timing.over`)}</span>`:i}
</div>`}var _=50;function v(e){let t=e?.quiet_hours,n=e?.sun;return{onlyWhile:e?.only_while??``,unknown:e?.only_while_unknown??`hold`,cheapestBefore:p(e?.cheapest_before??null),quiet:{from:t?.from??``,until:t?.until??``,schedule:t?.schedule??``,scope:t?.scope??`begin`,unknown:t?.unknown??`hold`},sun:{sensor:n?.sensor??``,limit:n?String(n.limit):``,hysteresis:String(n?.hysteresis??_),unknown:n?.unknown??`hold`}}}function y({quiet:e}){let t=e.schedule.trim();return!e.from&&!e.until&&!t?null:{from:e.from||null,until:e.until||null,schedule:t||null,scope:e.scope,unknown:e.unknown}}function b({sun:e}){let t=e.sensor.trim();return t?{sensor:t,limit:Number(e.limit)||0,hysteresis:Number(e.hysteresis)||0,unknown:e.unknown}:null}function x(e,t){return JSON.stringify(e)===JSON.stringify(t)}function S(e,t){return{...t.onlyWhile.trim()===e.onlyWhile?{}:{only_while:t.onlyWhile.trim()},...t.unknown===e.unknown?{}:{only_while_unknown:t.unknown},...t.cheapestBefore===e.cheapestBefore?{}:{cheapest_before:m(t.cheapestBefore)},...x(y(e),y(t))?{}:{quiet_hours:y(t)},...x(b(e),b(t))?{}:{sun:b(t)}}}function C(e,t){return h(t.cheapestBefore,e.cheapestBefore)}function w({id:t,label:n,value:r,set:a},o,s=``){return e`<div class="field">
<label for=${t}>${n}</label>
<input
id=${t}
type=${o}
placeholder=${s||i}
min=${o===`number`?0:i}
autocapitalize="off"
spellcheck="false"
.value=${r}
@input=${e=>a(e.target.value)}
/>
</div>`}function T({id:t,label:n,value:r,set:i},a){return e`<div class="field">
<label for=${t}>${n}</label>
<select
id=${t}
@change=${e=>i(e.target.value)}
>
${a.map(([t,n])=>e`<option value=${t} ?selected=${t===r}>${n}</option>`)}
</select>
</div>`}function E(e){return[[`hold`,e.t(`timing.unknown_hold`)],[`let_go`,e.t(`timing.unknown_let_go`)]]}function D(t,n,r,a=v(null)){return e`${g(t,{id:`cheapest-before`,label:t.t(`timing.cheapest_before`),value:n.cheapestBefore,before:a.cheapestBefore,set:e=>r({...n,cheapestBefore:e})})}${w({id:`only-while`,label:t.t(`timing.only_while`),value:n.onlyWhile,set:e=>r({...n,onlyWhile:e})},`text`,`binary_sensor.…`)}${n.onlyWhile.trim()?T({id:`only-while-unknown`,label:t.t(`timing.unknown`),value:n.unknown,set:e=>r({...n,unknown:e})},E(t)):i}${O(t,n,r)}${k(t,n,r)}`}function O(t,n,r){let{quiet:a}=n,o=e=>r({...n,quiet:{...a,...e}}),s=e=>({id:`quiet-${e}`,label:t.t(`timing.quiet_${e}`),value:a[e],set:t=>o({[e]:t})});return e`<fieldset class="rule">
<legend>${t.t(`timing.quiet`)}</legend>
${w(s(`from`),`time`)}${w(s(`until`),`time`)}
${w(s(`schedule`),`text`,`schedule.…`)}
${y(n)?T({id:`quiet-scope`,label:t.t(`timing.quiet_scope`),value:a.scope,set:e=>o({scope:e})},[[`begin`,t.t(`timing.quiet_begin`)],[`run`,t.t(`timing.quiet_run`)]]):i}
${a.schedule.trim()?T({id:`quiet-unknown`,label:t.t(`timing.quiet_unknown`),value:a.unknown,set:e=>o({unknown:e})},E(t)):i}
</fieldset>`}function k(t,n,r){let{sun:i}=n,a=e=>r({...n,sun:{...i,...e}}),o=w({id:`sun-sensor`,label:t.t(`timing.sun`),value:i.sensor,set:e=>a({sensor:e})},`text`,`sensor.…`);if(!i.sensor.trim())return o;let s=e=>({id:`sun-${e}`,label:t.t(`timing.sun_${e}`),value:i[e],set:t=>a({[e]:t})});return e`${o}${w(s(`limit`),`number`)}${w(s(`hysteresis`),`number`)}
${T({id:`sun-unknown`,label:t.t(`timing.sun_unknown`),value:i.unknown,set:e=>a({unknown:e})},E(t))}`}function A(t,r){let{only_while:i,cheapest_before:a,quiet_hours:o,sun:s}=r,c=(e,t,r)=>n(e,t,r?`${t}: ${r}`:null),l=o?.from&&o.until?`${o.from}–${o.until}`:null;return e`${c(`mdi:toggle-switch-outline`,t.t(`queue.only_while`),i)}
${c(`mdi:cash-clock`,t.t(`timing.cheapest_before`),a&&t.format.moment(a))}
${c(`mdi:sleep`,t.t(`timing.quiet`),o?[l,o.schedule,t.t(`timing.quiet_${o.scope}`)].filter(Boolean).join(`, `):null)}
${c(`mdi:solar-power`,t.t(`queue.sun`),s?`${s.sensor}, ${t.format.number(s.limit)} W`:null)}`}function j(r,a){let o=r.t(`fact.intent_print`);return e`${n(`mdi:account-outline`,r.t(`fact.sender`),a.sender)}
${n(`mdi:home-import-outline`,r.t(`fact.instance`),a.instance??``)}
${a.intent===`print`?e`<span class="fact" title=${o}
>${t(`mdi:play-circle-outline`)}<span class="visually-hidden">${o}</span></span
>`:i}`}function M(e){return e.sender||e.source_ip}export{S as a,v as c,m as d,g as f,s as h,C as i,p as l,u as m,M as n,A as o,f as p,x as r,D as s,j as t,h as u};