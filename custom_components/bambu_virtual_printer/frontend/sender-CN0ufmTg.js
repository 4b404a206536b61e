import{B as e,H as t,M as n,m as r,o as i}from"./shared-BcSZPcl1.js";function a(e,t){return[t.grams===null?``:e.t(`spools.grams`,{grams:e.format.number(t.grams,1)}),t.meters===null?``:e.t(`spools.meters`,{meters:e.format.number(t.meters,2)})].filter(Boolean).join(`, `)}function o(e,t){let n=e.t(`spools.at`,{printer:t.printer,place:t.place});if(t.left_g===null)return n;let r=e.format.number(t.left_g,0);return e.t(t.is_enough?`spools.left`:`spools.too_little`,{spool:n,left:r})}function s(n,s,c){return s.length?t`<ul class="filaments" aria-label=${n.t(`spools.needed`)}>
${s.map(s=>t`<li>
<span class="swatches"
>${i(s.color)}<span
>${[s.name??s.type,a(n,s),s.nozzle?n.t(`spools.nozzle_${s.nozzle}`):``].filter(Boolean).join(` · `)}</span
></span
>
${c?r(s.fits.some(e=>e.is_enough)?`mdi:check`:`mdi:printer-3d-nozzle-alert`,n.t(`spools.fitting`),s.fits.map(e=>o(n,e)).join(`, `)||n.t(`spools.none`)):e}
</li>`)}
</ul>`:e}var c=[`timelapse`,`vibration_cali`,`layer_inspect`,`use_ams`],l=[`bed_leveling`,`flow_cali`,`nozzle_offset_cali`];function u(e,n,r){let i=(i,a)=>t`<div class="field">
<label for=${i}>${e.t(`option.${i}`)}</label>
<select
id=${i}
@change=${e=>{let t=a[e.target.selectedIndex-1],o={...n};t?o[i]=t[1]:delete o[i],r(o)}}
>
<option ?selected=${n[i]===void 0}>${e.t(`option.as_sliced`)}</option>
${a.map(([e,r])=>t`<option ?selected=${n[i]===r}>${e}</option>`)}
</select>
</div>`,a=e.t(`option.off`),o=e.t(`option.on`);return t`<div class="options">
${c.map(e=>i(e,[[a,!1],[o,!0]]))}
${l.map(t=>i(t,[[a,`off`],[o,`on`],[e.t(`option.auto`),`auto`]]))}
</div>`}var d=[`printer`,`match_color`,`any_color`,`exact_preset`];function f(e,n,r,i){return t`<div class="field">
<label for="filament-rule">${e.t(`spools.rule`)}</label>
<select
id="filament-rule"
@change=${e=>i(e.target.value,r)}
>
${d.map(r=>t`<option value=${r} ?selected=${r===n}>
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
</div>`}function p(e){if(!e)return``;let t=new Date(e),n=e=>String(e).padStart(2,`0`);return`${[t.getFullYear(),n(t.getMonth()+1),n(t.getDate())].join(`-`)}T${n(t.getHours())}:${n(t.getMinutes())}`}function m(e){return e?new Date(e).toISOString():null}function h(e,t=``){return e!==``&&e!==t&&new Date(e).getTime()<Date.now()}function g(n,r){let{id:i,label:a,value:o}=r,s=h(o,r.before);return t`<div class="field">
<label for=${i}>${a}</label>
<input
id=${i}
type="datetime-local"
aria-invalid=${s}
aria-describedby=${s?`${i}-over`:e}
.value=${o}
@input=${e=>r.set(e.target.value)}
/>
${s?t`<span id="${i}-over" class="problem">${n.t(`timing.over`)}</span>`:e}
</div>`}var _=50;function v(e){let t=e?.quiet_hours,n=e?.sun;return{onlyWhile:e?.only_while??``,unknown:e?.only_while_unknown??`hold`,cheapestBefore:p(e?.cheapest_before??null),quiet:{from:t?.from??``,until:t?.until??``,schedule:t?.schedule??``,scope:t?.scope??`begin`,unknown:t?.unknown??`hold`},sun:{sensor:n?.sensor??``,limit:n?String(n.limit):``,hysteresis:String(n?.hysteresis??_),unknown:n?.unknown??`hold`}}}function y({quiet:e}){let t=e.schedule.trim();return!e.from&&!e.until&&!t?null:{from:e.from||null,until:e.until||null,schedule:t||null,scope:e.scope,unknown:e.unknown}}function b({sun:e}){let t=e.sensor.trim();return t?{sensor:t,limit:Number(e.limit)||0,hysteresis:Number(e.hysteresis)||0,unknown:e.unknown}:null}function x(e,t){return JSON.stringify(e)===JSON.stringify(t)}function S(e,t){return{...t.onlyWhile.trim()===e.onlyWhile?{}:{only_while:t.onlyWhile.trim()},...t.unknown===e.unknown?{}:{only_while_unknown:t.unknown},...t.cheapestBefore===e.cheapestBefore?{}:{cheapest_before:m(t.cheapestBefore)},...x(y(e),y(t))?{}:{quiet_hours:y(t)},...x(b(e),b(t))?{}:{sun:b(t)}}}function C(e,t){return h(t.cheapestBefore,e.cheapestBefore)}function w({id:n,label:r,value:i,set:a},o,s=``){return t`<div class="field">
<label for=${n}>${r}</label>
<input
id=${n}
type=${o}
placeholder=${s||e}
min=${o===`number`?0:e}
autocapitalize="off"
spellcheck="false"
.value=${i}
@input=${e=>a(e.target.value)}
/>
</div>`}function T({id:e,label:n,value:r,set:i},a){return t`<div class="field">
<label for=${e}>${n}</label>
<select
id=${e}
@change=${e=>i(e.target.value)}
>
${a.map(([e,n])=>t`<option value=${e} ?selected=${e===r}>${n}</option>`)}
</select>
</div>`}function E(e){return[[`hold`,e.t(`timing.unknown_hold`)],[`let_go`,e.t(`timing.unknown_let_go`)]]}function D(n,r,i,a=v(null)){return t`${g(n,{id:`cheapest-before`,label:n.t(`timing.cheapest_before`),value:r.cheapestBefore,before:a.cheapestBefore,set:e=>i({...r,cheapestBefore:e})})}${w({id:`only-while`,label:n.t(`timing.only_while`),value:r.onlyWhile,set:e=>i({...r,onlyWhile:e})},`text`,`binary_sensor.…`)}${r.onlyWhile.trim()?T({id:`only-while-unknown`,label:n.t(`timing.unknown`),value:r.unknown,set:e=>i({...r,unknown:e})},E(n)):e}${O(n,r,i)}${k(n,r,i)}`}function O(n,r,i){let{quiet:a}=r,o=e=>i({...r,quiet:{...a,...e}}),s=e=>({id:`quiet-${e}`,label:n.t(`timing.quiet_${e}`),value:a[e],set:t=>o({[e]:t})});return t`<fieldset class="rule">
<legend>${n.t(`timing.quiet`)}</legend>
${w(s(`from`),`time`)}${w(s(`until`),`time`)}
${w(s(`schedule`),`text`,`schedule.…`)}
${y(r)?T({id:`quiet-scope`,label:n.t(`timing.quiet_scope`),value:a.scope,set:e=>o({scope:e})},[[`begin`,n.t(`timing.quiet_begin`)],[`run`,n.t(`timing.quiet_run`)]]):e}
${a.schedule.trim()?T({id:`quiet-unknown`,label:n.t(`timing.quiet_unknown`),value:a.unknown,set:e=>o({unknown:e})},E(n)):e}
</fieldset>`}function k(e,n,r){let{sun:i}=n,a=e=>r({...n,sun:{...i,...e}}),o=w({id:`sun-sensor`,label:e.t(`timing.sun`),value:i.sensor,set:e=>a({sensor:e})},`text`,`sensor.…`);if(!i.sensor.trim())return o;let s=t=>({id:`sun-${t}`,label:e.t(`timing.sun_${t}`),value:i[t],set:e=>a({[t]:e})});return t`${o}${w(s(`limit`),`number`)}${w(s(`hysteresis`),`number`)}
${T({id:`sun-unknown`,label:e.t(`timing.sun_unknown`),value:i.unknown,set:e=>a({unknown:e})},E(e))}`}function A(e,n){let{only_while:i,cheapest_before:a,quiet_hours:o,sun:s}=n,c=(e,t,n)=>r(e,t,n?`${t}: ${n}`:null),l=o?.from&&o.until?`${o.from}–${o.until}`:null;return t`${c(`mdi:toggle-switch-outline`,e.t(`queue.only_while`),i)}
${c(`mdi:cash-clock`,e.t(`timing.cheapest_before`),a&&e.format.moment(a))}
${c(`mdi:sleep`,e.t(`timing.quiet`),o?[l,o.schedule,e.t(`timing.quiet_${o.scope}`)].filter(Boolean).join(`, `):null)}
${c(`mdi:solar-power`,e.t(`queue.sun`),s?`${s.sensor}, ${e.format.number(s.limit)} W`:null)}`}function j(i,a){let o=i.t(`fact.intent_print`);return t`${r(`mdi:account-outline`,i.t(`fact.sender`),a.sender)}
${r(`mdi:home-import-outline`,i.t(`fact.instance`),a.instance??``)}
${a.intent===`print`?t`<span class="fact" title=${o}
>${n(`mdi:play-circle-outline`)}<span class="visually-hidden">${o}</span></span
>`:e}`}function M(e){return e.sender||e.source_ip}export{S as a,v as c,m as d,g as f,s as h,C as i,p as l,u as m,M as n,A as o,f as p,x as r,D as s,j as t,h as u};