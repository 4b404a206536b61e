import{at as e,c as t,g as n,st as r}from"./shared-CThElaYT.js";function i(e,t){return[t.grams===null?``:e.t(`spools.grams`,{grams:e.format.number(t.grams,1)}),t.meters===null?``:e.t(`spools.meters`,{meters:e.format.number(t.meters,2)})].filter(Boolean).join(`, `)}function a(e,t){let n=e.t(`spools.at`,{printer:t.printer,place:t.place});if(t.left_g===null)return n;let r=e.format.number(t.left_g,0);return e.t(t.is_enough?`spools.left`:`spools.too_little`,{spool:n,left:r})}function o(o,s,c){return s.length?r`<ul class="filaments" aria-label=${o.t(`spools.needed`)}>
${s.map(s=>r`<li>
<span class="swatches"
>${t(s.color)}<span
>${[s.name??s.type,i(o,s),s.nozzle?o.t(`spools.nozzle_${s.nozzle}`):``].filter(Boolean).join(` · `)}</span
></span
>
${c?n(s.fits.some(e=>e.is_enough)?`mdi:check`:`mdi:printer-3d-nozzle-alert`,o.t(`spools.fitting`),s.fits.map(e=>a(o,e)).join(`, `)||o.t(`spools.none`)):e}
</li>`)}
</ul>`:e}var s=[`timelapse`,`vibration_cali`,`layer_inspect`,`use_ams`],c=[`bed_leveling`,`flow_cali`,`nozzle_offset_cali`];function l(e,t,n){let i=(i,a)=>r`<div class="field">
<label for=${i}>${e.t(`option.${i}`)}</label>
<select
id=${i}
@change=${e=>{let r=a[e.target.selectedIndex-1],o={...t};r?o[i]=r[1]:delete o[i],n(o)}}
>
<option ?selected=${t[i]===void 0}>${e.t(`option.as_sliced`)}</option>
${a.map(([e,n])=>r`<option ?selected=${t[i]===n}>${e}</option>`)}
</select>
</div>`,a=e.t(`option.off`),o=e.t(`option.on`);return r`<div class="options">
${s.map(e=>i(e,[[a,!1],[o,!0]]))}
${c.map(t=>i(t,[[a,`off`],[o,`on`],[e.t(`option.auto`),`auto`]]))}
</div>`}var u=[`printer`,`match_color`,`any_color`,`exact_preset`];function d(e,t,n,i){return r`<div class="field">
<label for="filament-rule">${e.t(`spools.rule`)}</label>
<select
id="filament-rule"
@change=${e=>i(e.target.value,n)}
>
${u.map(n=>r`<option value=${n} ?selected=${n===t}>
${e.t(`spools.rule_${n}`)}
</option>`)}
</select>
</div>
<div class="field">
<label class="choice">
<input
type="checkbox"
.checked=${n}
@change=${e=>i(t,e.target.checked)}
/>
<span>${e.t(`spools.anyway`)}</span>
</label>
</div>`}function f(e){if(!e)return``;let t=new Date(e),n=e=>String(e).padStart(2,`0`);return`${[t.getFullYear(),n(t.getMonth()+1),n(t.getDate())].join(`-`)}T${n(t.getHours())}:${n(t.getMinutes())}`}function p(e){return e?new Date(e).toISOString():null}function m(e,t=``){return e!==``&&e!==t&&new Date(e).getTime()<Date.now()}function h(t,n){let{id:i,label:a,value:o}=n,s=m(o,n.before);return r`<div class="field">
<label for=${i}>${a}</label>
<input
id=${i}
type="datetime-local"
aria-invalid=${s}
aria-describedby=${s?`${i}-over`:e}
.value=${o}
@input=${e=>n.set(e.target.value)}
/>
${s?r`<span id="${i}-over" class="problem">${t.t(`timing.over`)}</span>`:e}
</div>`}var g=50;function _(e){let t=e?.quiet_hours,n=e?.sun;return{onlyWhile:e?.only_while??``,unknown:e?.only_while_unknown??`hold`,cheapestBefore:f(e?.cheapest_before??null),quiet:{from:t?.from??``,until:t?.until??``,schedule:t?.schedule??``,scope:t?.scope??`begin`,unknown:t?.unknown??`hold`},sun:{sensor:n?.sensor??``,limit:n?String(n.limit):``,hysteresis:String(n?.hysteresis??g),unknown:n?.unknown??`hold`}}}function v({quiet:e}){let t=e.schedule.trim();return!e.from&&!e.until&&!t?null:{from:e.from||null,until:e.until||null,schedule:t||null,scope:e.scope,unknown:e.unknown}}function y({sun:e}){let t=e.sensor.trim();return t?{sensor:t,limit:Number(e.limit)||0,hysteresis:Number(e.hysteresis)||0,unknown:e.unknown}:null}function b(e,t){return JSON.stringify(e)===JSON.stringify(t)}function x(e,t){return{...t.onlyWhile.trim()===e.onlyWhile?{}:{only_while:t.onlyWhile.trim()},...t.unknown===e.unknown?{}:{only_while_unknown:t.unknown},...t.cheapestBefore===e.cheapestBefore?{}:{cheapest_before:p(t.cheapestBefore)},...b(v(e),v(t))?{}:{quiet_hours:v(t)},...b(y(e),y(t))?{}:{sun:y(t)}}}function S(e,t){return m(t.cheapestBefore,e.cheapestBefore)}function C({id:t,label:n,value:i,set:a},o,s=``){return r`<div class="field">
<label for=${t}>${n}</label>
<input
id=${t}
type=${o}
placeholder=${s||e}
min=${o===`number`?0:e}
autocapitalize="off"
spellcheck="false"
.value=${i}
@input=${e=>a(e.target.value)}
/>
</div>`}function w({id:e,label:t,value:n,set:i},a){return r`<div class="field">
<label for=${e}>${t}</label>
<select
id=${e}
@change=${e=>i(e.target.value)}
>
${a.map(([e,t])=>r`<option value=${e} ?selected=${e===n}>${t}</option>`)}
</select>
</div>`}function T(e){return[[`hold`,e.t(`timing.unknown_hold`)],[`let_go`,e.t(`timing.unknown_let_go`)]]}function E(t,n,i,a=_(null)){return r`${h(t,{id:`cheapest-before`,label:t.t(`timing.cheapest_before`),value:n.cheapestBefore,before:a.cheapestBefore,set:e=>i({...n,cheapestBefore:e})})}${C({id:`only-while`,label:t.t(`timing.only_while`),value:n.onlyWhile,set:e=>i({...n,onlyWhile:e})},`text`,`binary_sensor.…`)}${n.onlyWhile.trim()?w({id:`only-while-unknown`,label:t.t(`timing.unknown`),value:n.unknown,set:e=>i({...n,unknown:e})},T(t)):e}${D(t,n,i)}${O(t,n,i)}`}function D(t,n,i){let{quiet:a}=n,o=e=>i({...n,quiet:{...a,...e}}),s=e=>({id:`quiet-${e}`,label:t.t(`timing.quiet_${e}`),value:a[e],set:t=>o({[e]:t})});return r`<fieldset class="rule">
<legend>${t.t(`timing.quiet`)}</legend>
${C(s(`from`),`time`)}${C(s(`until`),`time`)}
${C(s(`schedule`),`text`,`schedule.…`)}
${v(n)?w({id:`quiet-scope`,label:t.t(`timing.quiet_scope`),value:a.scope,set:e=>o({scope:e})},[[`begin`,t.t(`timing.quiet_begin`)],[`run`,t.t(`timing.quiet_run`)]]):e}
${a.schedule.trim()?w({id:`quiet-unknown`,label:t.t(`timing.quiet_unknown`),value:a.unknown,set:e=>o({unknown:e})},T(t)):e}
</fieldset>`}function O(e,t,n){let{sun:i}=t,a=e=>n({...t,sun:{...i,...e}}),o=C({id:`sun-sensor`,label:e.t(`timing.sun`),value:i.sensor,set:e=>a({sensor:e})},`text`,`sensor.…`);if(!i.sensor.trim())return o;let s=t=>({id:`sun-${t}`,label:e.t(`timing.sun_${t}`),value:i[t],set:e=>a({[t]:e})});return r`${o}${C(s(`limit`),`number`)}${C(s(`hysteresis`),`number`)}
${w({id:`sun-unknown`,label:e.t(`timing.sun_unknown`),value:i.unknown,set:e=>a({unknown:e})},T(e))}`}function k(e,t){let{only_while:i,cheapest_before:a,quiet_hours:o,sun:s}=t,c=(e,t,r)=>n(e,t,r?`${t}: ${r}`:null),l=o?.from&&o.until?`${o.from}–${o.until}`:null;return r`${c(`mdi:toggle-switch-outline`,e.t(`queue.only_while`),i)}
${c(`mdi:cash-clock`,e.t(`timing.cheapest_before`),a&&e.format.moment(a))}
${c(`mdi:sleep`,e.t(`timing.quiet`),o?[l,o.schedule,e.t(`timing.quiet_${o.scope}`)].filter(Boolean).join(`, `):null)}
${c(`mdi:solar-power`,e.t(`queue.sun`),s?`${s.sensor}, ${e.format.number(s.limit)} W`:null)}`}export{E as a,m as c,d,l as f,k as i,p as l,S as n,_ as o,o as p,x as r,f as s,b as t,h as u};