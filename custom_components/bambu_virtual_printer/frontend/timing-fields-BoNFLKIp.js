import{c as e,ct as t,g as n,ot as r}from"./shared-DPcjTYk3.js";function i(e,t){return[t.grams===null?``:e.t(`spools.grams`,{grams:e.format.number(t.grams,1)}),t.meters===null?``:e.t(`spools.meters`,{meters:e.format.number(t.meters,2)})].filter(Boolean).join(`, `)}function a(e,t){let n=e.t(`spools.at`,{printer:t.printer,place:t.place});if(t.left_g===null)return n;let r=e.format.number(t.left_g,0);return e.t(t.is_enough?`spools.left`:`spools.too_little`,{spool:n,left:r})}function o(o,s,c){return s.length?t`<ul class="filaments" aria-label=${o.t(`spools.needed`)}>
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
</div>`}function f({format:e},t,n=``){return t!==``&&t!==n&&Date.parse(e.fromField(t)??``)<Date.now()}function p(e,n){let{id:i,label:a,value:o}=n,s=f(e,o,n.before);return t`<div class="field">
<label for=${i}>${a}</label>
<input
id=${i}
type="datetime-local"
max="9999-12-31T23:59"
aria-invalid=${s}
aria-describedby=${s?`${i}-over`:r}
.value=${o}
@input=${e=>n.set(e.target.value)}
/>
${s?t`<span id="${i}-over" class="problem">${e.t(`timing.over`)}</span>`:r}
</div>`}var m=50;function h(e,t){let n=e?.quiet_hours,r=e?.sun;return{onlyWhile:e?.only_while??``,unknown:e?.only_while_unknown??`hold`,cheapestBefore:t?.format.toField(e?.cheapest_before)??``,quiet:{from:n?.from??``,until:n?.until??``,schedule:n?.schedule??``,scope:n?.scope??`begin`,unknown:n?.unknown??`hold`},sun:{sensor:r?.sensor??``,limit:r?String(r.limit):``,hysteresis:String(r?.hysteresis??m),unknown:r?.unknown??`hold`}}}function g({quiet:e}){let t=e.schedule.trim();return!e.from&&!e.until&&!t?null:{from:e.from||null,until:e.until||null,schedule:t||null,scope:e.scope,unknown:e.unknown}}function _({sun:e}){let t=e.sensor.trim();return t?{sensor:t,limit:Number(e.limit)||0,hysteresis:Number(e.hysteresis)||0,unknown:e.unknown}:null}function v(e,t){return JSON.stringify(e)===JSON.stringify(t)}function y(e,t,n){return{...n.onlyWhile.trim()===t.onlyWhile?{}:{only_while:n.onlyWhile.trim()},...n.unknown===t.unknown?{}:{only_while_unknown:n.unknown},...n.cheapestBefore===t.cheapestBefore?{}:{cheapest_before:e.format.fromField(n.cheapestBefore)},...v(g(t),g(n))?{}:{quiet_hours:g(n)},...v(_(t),_(n))?{}:{sun:_(n)}}}function b(e,t,n){return f(e,n.cheapestBefore,t.cheapestBefore)}function x({id:e,label:n,value:i,set:a},o,s=``){return t`<div class="field">
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
</div>`}function S({id:e,label:n,value:r,set:i},a){return t`<div class="field">
<label for=${e}>${n}</label>
<select
id=${e}
@change=${e=>i(e.target.value)}
>
${a.map(([e,n])=>t`<option value=${e} ?selected=${e===r}>${n}</option>`)}
</select>
</div>`}function C(e){return[[`hold`,e.t(`timing.unknown_hold`)],[`let_go`,e.t(`timing.unknown_let_go`)]]}function w(e,n,i,a=h(null)){return t`${p(e,{id:`cheapest-before`,label:e.t(`timing.cheapest_before`),value:n.cheapestBefore,before:a.cheapestBefore,set:e=>i({...n,cheapestBefore:e})})}${x({id:`only-while`,label:e.t(`timing.only_while`),value:n.onlyWhile,set:e=>i({...n,onlyWhile:e})},`text`,`binary_sensor.…`)}${n.onlyWhile.trim()?S({id:`only-while-unknown`,label:e.t(`timing.unknown`),value:n.unknown,set:e=>i({...n,unknown:e})},C(e)):r}${T(e,n,i)}${E(e,n,i)}`}function T(e,n,i){let{quiet:a}=n,o=e=>i({...n,quiet:{...a,...e}}),s=t=>({id:`quiet-${t}`,label:e.t(`timing.quiet_${t}`),value:a[t],set:e=>o({[t]:e})});return t`<fieldset class="rule">
<legend>${e.t(`timing.quiet`)}</legend>
${x(s(`from`),`time`)}${x(s(`until`),`time`)}
${x(s(`schedule`),`text`,`schedule.…`)}
${g(n)?S({id:`quiet-scope`,label:e.t(`timing.quiet_scope`),value:a.scope,set:e=>o({scope:e})},[[`begin`,e.t(`timing.quiet_begin`)],[`run`,e.t(`timing.quiet_run`)]]):r}
${a.schedule.trim()?S({id:`quiet-unknown`,label:e.t(`timing.quiet_unknown`),value:a.unknown,set:e=>o({unknown:e})},C(e)):r}
</fieldset>`}function E(e,n,r){let{sun:i}=n,a=e=>r({...n,sun:{...i,...e}}),o=x({id:`sun-sensor`,label:e.t(`timing.sun`),value:i.sensor,set:e=>a({sensor:e})},`text`,`sensor.…`);if(!i.sensor.trim())return o;let s=t=>({id:`sun-${t}`,label:e.t(`timing.sun_${t}`),value:i[t],set:e=>a({[t]:e})});return t`${o}${x(s(`limit`),`number`)}${x(s(`hysteresis`),`number`)}
${S({id:`sun-unknown`,label:e.t(`timing.sun_unknown`),value:i.unknown,set:e=>a({unknown:e})},C(e))}`}function D(e,r){let{only_while:i,cheapest_before:a,quiet_hours:o,sun:s}=r,c=(e,t,r)=>n(e,t,r?`${t}: ${r}`:null),l=o?.from&&o.until?`${o.from}–${o.until}`:null;return t`${c(`mdi:toggle-switch-outline`,e.t(`queue.only_while`),i)}
${c(`mdi:cash-clock`,e.t(`timing.cheapest_before`),a&&e.format.moment(a))}
${c(`mdi:sleep`,e.t(`timing.quiet`),o?[l,o.schedule,e.t(`timing.quiet_${o.scope}`)].filter(Boolean).join(`, `):null)}
${c(`mdi:solar-power`,e.t(`queue.sun`),s?`${s.sensor}, ${e.format.number(s.limit)} W`:null)}`}export{w as a,p as c,o as d,D as i,d as l,b as n,h as o,y as r,f as s,v as t,l as u};