import{c as e,ct as t,g as n,ot as r}from"./shared-BtzMd3S0.js";function i(e,t){return[t.grams===null?``:e.t(`spools.grams`,{grams:e.format.number(t.grams,1)}),t.meters===null?``:e.t(`spools.meters`,{meters:e.format.number(t.meters,2)})].filter(Boolean).join(`, `)}function a(e,t){let n=e.t(`spools.at`,{printer:t.printer,place:t.place});if(t.left_g===null)return n;let r=e.format.number(t.left_g,0);return e.t(t.is_enough?`spools.left`:`spools.too_little`,{spool:n,left:r})}function o(o,s,c){return s.length?t`<ul class="filaments" aria-label=${o.t(`spools.needed`)}>
${s.map(s=>t`<li>
<span class="swatches"
>${e(s.color)}<span
>${[s.name??s.type,i(o,s),s.nozzle?o.t(`spools.nozzle_${s.nozzle}`):``].filter(Boolean).join(` · `)}</span
></span
>
${c?n(s.fits.some(e=>e.is_enough)?`mdi:check`:`mdi:printer-3d-nozzle-alert`,o.t(`spools.fitting`),s.fits.map(e=>a(o,e)).join(`, `)||o.t(`spools.none`)):r}
</li>`)}
</ul>`:r}var s=[`timelapse`,`vibration_cali`,`layer_inspect`,`use_ams`],c=[`bed_leveling`,`flow_cali`,`nozzle_offset_cali`];function l(e,n,r){let i=(i,a)=>t`<div class="field">
<label for=${i}>${e.t(`option.${i}`)}</label>
<select
id=${i}
@change=${e=>{let t=a[e.target.selectedIndex-1],o={...n};t?o[i]=t[1]:delete o[i],r(o)}}
>
<option ?selected=${n[i]===void 0}>${e.t(`option.as_sliced`)}</option>
${a.map(([e,r])=>t`<option ?selected=${n[i]===r}>${e}</option>`)}
</select>
</div>`,a=e.t(`option.off`),o=e.t(`option.on`);return t`<div class="options">
${s.map(e=>i(e,[[a,!1],[o,!0]]))}
${c.map(t=>i(t,[[a,`off`],[o,`on`],[e.t(`option.auto`),`auto`]]))}
</div>`}var u=[`printer`,`match_color`,`any_color`,`exact_preset`];function d(e,n,r,i){return t`<div class="field">
<label for="filament-rule">${e.t(`spools.rule`)}</label>
<select
id="filament-rule"
@change=${e=>i(e.target.value,r)}
>
${u.map(r=>t`<option value=${r} ?selected=${r===n}>
${e.t(`spools.rule_${r}`)}
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
<span>${e.t(`spools.anyway`)}</span>
</label>
</div>`}function f(e){if(!e)return``;let t=new Date(e),n=e=>String(e).padStart(2,`0`);return`${[t.getFullYear(),n(t.getMonth()+1),n(t.getDate())].join(`-`)}T${n(t.getHours())}:${n(t.getMinutes())}`}function p(e){return e?new Date(e).toISOString():null}function m(e,t=``){return e!==``&&e!==t&&new Date(e).getTime()<Date.now()}function h(e,n){let{id:i,label:a,value:o}=n,s=m(o,n.before);return t`<div class="field">
<label for=${i}>${a}</label>
<input
id=${i}
type="datetime-local"
aria-invalid=${s}
aria-describedby=${s?`${i}-over`:r}
.value=${o}
@input=${e=>n.set(e.target.value)}
/>
${s?t`<span id="${i}-over" class="problem">${e.t(`timing.over`)}</span>`:r}
</div>`}var g=50;function _(e){let t=e?.quiet_hours,n=e?.sun;return{onlyWhile:e?.only_while??``,unknown:e?.only_while_unknown??`hold`,cheapestBefore:f(e?.cheapest_before??null),quiet:{from:t?.from??``,until:t?.until??``,schedule:t?.schedule??``,scope:t?.scope??`begin`,unknown:t?.unknown??`hold`},sun:{sensor:n?.sensor??``,limit:n?String(n.limit):``,hysteresis:String(n?.hysteresis??g),unknown:n?.unknown??`hold`}}}function v({quiet:e}){let t=e.schedule.trim();return!e.from&&!e.until&&!t?null:{from:e.from||null,until:e.until||null,schedule:t||null,scope:e.scope,unknown:e.unknown}}function y({sun:e}){let t=e.sensor.trim();return t?{sensor:t,limit:Number(e.limit)||0,hysteresis:Number(e.hysteresis)||0,unknown:e.unknown}:null}function b(e,t){return JSON.stringify(e)===JSON.stringify(t)}function x(e,t){return{...t.onlyWhile.trim()===e.onlyWhile?{}:{only_while:t.onlyWhile.trim()},...t.unknown===e.unknown?{}:{only_while_unknown:t.unknown},...t.cheapestBefore===e.cheapestBefore?{}:{cheapest_before:p(t.cheapestBefore)},...b(v(e),v(t))?{}:{quiet_hours:v(t)},...b(y(e),y(t))?{}:{sun:y(t)}}}function S(e,t){return m(t.cheapestBefore,e.cheapestBefore)}function C({id:e,label:n,value:i,set:a},o,s=``){return t`<div class="field">
<label for=${e}>${n}</label>
<input
id=${e}
type=${o}
placeholder=${s||r}
min=${o===`number`?0:r}
autocapitalize="off"
spellcheck="false"
.value=${i}
@input=${e=>a(e.target.value)}
/>
</div>`}function w({id:e,label:n,value:r,set:i},a){return t`<div class="field">
<label for=${e}>${n}</label>
<select
id=${e}
@change=${e=>i(e.target.value)}
>
${a.map(([e,n])=>t`<option value=${e} ?selected=${e===r}>${n}</option>`)}
</select>
</div>`}function T(e){return[[`hold`,e.t(`timing.unknown_hold`)],[`let_go`,e.t(`timing.unknown_let_go`)]]}function E(e,n,i,a=_(null)){return t`${h(e,{id:`cheapest-before`,label:e.t(`timing.cheapest_before`),value:n.cheapestBefore,before:a.cheapestBefore,set:e=>i({...n,cheapestBefore:e})})}${C({id:`only-while`,label:e.t(`timing.only_while`),value:n.onlyWhile,set:e=>i({...n,onlyWhile:e})},`text`,`binary_sensor.…`)}${n.onlyWhile.trim()?w({id:`only-while-unknown`,label:e.t(`timing.unknown`),value:n.unknown,set:e=>i({...n,unknown:e})},T(e)):r}${D(e,n,i)}${O(e,n,i)}`}function D(e,n,i){let{quiet:a}=n,o=e=>i({...n,quiet:{...a,...e}}),s=t=>({id:`quiet-${t}`,label:e.t(`timing.quiet_${t}`),value:a[t],set:e=>o({[t]:e})});return t`<fieldset class="rule">
<legend>${e.t(`timing.quiet`)}</legend>
${C(s(`from`),`time`)}${C(s(`until`),`time`)}
${C(s(`schedule`),`text`,`schedule.…`)}
${v(n)?w({id:`quiet-scope`,label:e.t(`timing.quiet_scope`),value:a.scope,set:e=>o({scope:e})},[[`begin`,e.t(`timing.quiet_begin`)],[`run`,e.t(`timing.quiet_run`)]]):r}
${a.schedule.trim()?w({id:`quiet-unknown`,label:e.t(`timing.quiet_unknown`),value:a.unknown,set:e=>o({unknown:e})},T(e)):r}
</fieldset>`}function O(e,n,r){let{sun:i}=n,a=e=>r({...n,sun:{...i,...e}}),o=C({id:`sun-sensor`,label:e.t(`timing.sun`),value:i.sensor,set:e=>a({sensor:e})},`text`,`sensor.…`);if(!i.sensor.trim())return o;let s=t=>({id:`sun-${t}`,label:e.t(`timing.sun_${t}`),value:i[t],set:e=>a({[t]:e})});return t`${o}${C(s(`limit`),`number`)}${C(s(`hysteresis`),`number`)}
${w({id:`sun-unknown`,label:e.t(`timing.sun_unknown`),value:i.unknown,set:e=>a({unknown:e})},T(e))}`}function k(e,r){let{only_while:i,cheapest_before:a,quiet_hours:o,sun:s}=r,c=(e,t,r)=>n(e,t,r?`${t}: ${r}`:null),l=o?.from&&o.until?`${o.from}–${o.until}`:null;return t`${c(`mdi:toggle-switch-outline`,e.t(`queue.only_while`),i)}
${c(`mdi:cash-clock`,e.t(`timing.cheapest_before`),a&&e.format.moment(a))}
${c(`mdi:sleep`,e.t(`timing.quiet`),o?[l,o.schedule,e.t(`timing.quiet_${o.scope}`)].filter(Boolean).join(`, `):null)}
${c(`mdi:solar-power`,e.t(`queue.sun`),s?`${s.sensor}, ${e.format.number(s.limit)} W`:null)}`}export{E as a,m as c,d,l as f,k as i,p as l,S as n,_ as o,o as p,x as r,f as s,b as t,h as u};